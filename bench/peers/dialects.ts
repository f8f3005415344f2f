// What each schema calls the same screen: its documents, and how its answer becomes the common form that is compared.
import { isDeepStrictEqual } from 'node:util'
import { expectProject } from './aurora-data.ts'
import type { ExpectedProject } from './aurora-data.ts'

/** `screen`: 20 projects with owners, designs, summaries and prices. `list`: 20 with owners. `detail`: one project. */
export type QueryKind = 'screen' | 'list' | 'detail'

export interface Question {
  readonly kind: QueryKind
  /** Of a detail. */
  readonly project?: number
  /** Of a list; 1 if absent. */
  readonly page?: number
  /** Where page 2 begins, for a schema that pages by cursors. */
  readonly cursor?: string | null
}

export type DialectName = 'plain' | 'tailcall' | 'hive' | 'ours'

/** A project in any of the schemas: what one of them lacks is absent. */
export interface ShownProject {
  readonly id?: string
  readonly auroraId?: string
  readonly name?: string
  readonly owner?: {
    readonly name?: string
    readonly firstName?: string
    readonly lastName?: string
    readonly email?: string
  } | null
  readonly designs?: readonly ShownDesign[] | null
}

interface ShownDesign {
  readonly id?: string
  readonly auroraId?: string
  readonly name?: string
  readonly summary?: {
    readonly systemSizeStc?: number | null
    readonly system_size_stc?: number | null
    readonly annualProductionKwh?: number | null
    readonly annual_production_kwh?: number | null
    readonly energyProduction?: { readonly annual?: number | null } | null
  } | null
  readonly pricing?: { readonly systemPrice?: number | null; readonly system_price?: number | null } | null
}

type Shown = readonly (ShownProject | null | undefined)[] | null | undefined

export interface ShownData {
  readonly projects?:
    Shown | { readonly nodes?: Shown; readonly pageInfo?: { readonly endCursor?: string | null } }
  readonly project?: ShownProject | null
  readonly listProjects?: { readonly projects?: Shown } | null
  readonly getProject?: { readonly project?: ShownProject | null } | null
}

export interface ShownAnswer {
  readonly data?: ShownData | null
  readonly errors?: readonly unknown[]
}

interface Dialect {
  readonly documents: Readonly<Record<QueryKind, string>>
  variables(question: Question): Record<string, unknown>
  /** The projects of an answer's data, as this schema shows them. */
  findProjects(data: ShownData): Shown
}

const PLAIN_DESIGNS =
  'designs { id name summary { systemSizeStc annualProductionKwh } pricing { systemPrice } }'
const PLAIN_PROJECT = `id name owner { name email } ${PLAIN_DESIGNS}`
const HIVE_PROJECT =
  'id name owner { name email } designs { id name summary { system_size_stc annual_production_kwh } pricing { system_price } }'
const OUR_OWNER = 'id auroraId name owner { firstName lastName email }'
const OUR_PROJECT = `${OUR_OWNER} designs { id auroraId name summary { systemSizeStc energyProduction { annual } } pricing { systemPrice } }`
const SCREEN_SIZE = 20

/** `Array.isArray` leaves read-only lists as they are, so it does not narrow these. */
const isList = (projects: ShownData['projects']): projects is NonNullable<Shown> => Array.isArray(projects)

const plain = (idType: string): Dialect => ({
  documents: {
    screen: `query Screen($n: Int) { projects(first: $n) { ${PLAIN_PROJECT} } }`,
    list: 'query List($n: Int, $page: Int) { projects(first: $n, page: $page) { id name owner { name email } } }',
    detail: `query Detail($id: ${idType}!) { project(id: $id) { ${PLAIN_PROJECT} } }`,
  },
  variables: ({ kind, project = 0, page = 1 }) =>
    kind === 'detail' ? { id: `p${project}` } : { n: SCREEN_SIZE, ...(kind === 'list' && { page }) },
  findProjects: ({ projects, project }) => (isList(projects) ? projects : [project]),
})

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  plain: plain('ID'),
  tailcall: plain('String'),
  hive: {
    documents: {
      screen: `query Screen($n: Int) { listProjects(page: 1, per_page: $n) { projects { ${HIVE_PROJECT} } } }`,
      list: 'query List($n: Int, $page: Int) { listProjects(page: $page, per_page: $n) { projects { id name owner { name email } } } }',
      detail: `query Detail($id: String!) { getProject(project_id: $id) { project { ${HIVE_PROJECT} } } }`,
    },
    variables: plain('String').variables,
    findProjects: (data) => data.listProjects?.projects ?? [data.getProject?.project],
  },
  ours: {
    documents: {
      screen: `query Screen($n: Int) { projects(first: $n) { nodes { ${OUR_PROJECT} } } }`,
      list: `query List($n: Int, $after: String) { projects(first: $n, after: $after) { nodes { ${OUR_OWNER} } pageInfo { endCursor } } }`,
      detail: `query Detail($id: ID!) { project(id: $id) { ${OUR_PROJECT} } }`,
    },
    variables: ({ kind, project = 0, page = 1, cursor = null }) =>
      kind === 'detail'
        ? { id: `p${project}` }
        : { n: SCREEN_SIZE, ...(kind === 'list' && { after: page > 1 ? cursor : null }) },
    findProjects: ({ projects, project }) => (projects && !isList(projects) ? projects.nodes : [project]),
  },
}

/** `__N__` in the body of a new document: the sender puts another number there each time. */
export const NUMBER_MARK = '__N__'

export function makeBody(dialect: DialectName, question: Question): string {
  const { documents, variables } = DIALECTS[dialect]
  return JSON.stringify({ query: documents[question.kind], variables: variables(question) })
}

/** The screen as a document that no server has cached: another operation name and another alias in each request. */
export function makeNewDocumentBody(dialect: DialectName): string {
  const body = makeBody(dialect, { kind: 'screen' })
  return body
    .replace('query Screen', `query Screen${NUMBER_MARK}`)
    .replace('owner {', `name${NUMBER_MARK}: name owner {`)
}

/** One project in the common form; whatever a schema names otherwise is renamed, whatever it adds is left out. */
function toCommonForm(project: ShownProject): unknown {
  const { owner, designs } = project
  return {
    id: project.auroraId ?? project.id,
    name: project.name,
    owner: owner && {
      name: owner.name ?? `${owner.firstName} ${owner.lastName}`,
      email: owner.email,
    },
    ...(designs !== undefined && {
      designs: designs?.map(({ id, auroraId, name, summary, pricing }) => ({
        id: auroraId ?? id,
        name,
        summary: summary && {
          systemSizeStc: summary.systemSizeStc ?? summary.system_size_stc,
          annualProductionKwh:
            summary.annualProductionKwh ?? summary.annual_production_kwh ?? summary.energyProduction?.annual,
        },
        pricing: pricing && { systemPrice: pricing.systemPrice ?? pricing.system_price },
      })),
    }),
  }
}

export function expectProjects({ kind, project = 0, page = 1 }: Question): readonly ExpectedProject[] {
  if (kind === 'detail') return [expectProject(project, true)]
  const first = (page - 1) * SCREEN_SIZE
  return Array.from({ length: SCREEN_SIZE }, (_, index) => expectProject(first + index, kind === 'screen'))
}

/**
 * `full`: all that was asked for, and no error. `partial`, `failed`: some or nothing of it, with errors. `silent`:
 * something is missing and no error says so. `wrong`: everything is there, and some of it is not what Aurora sent.
 */
export type Verdict = 'full' | 'partial' | 'failed' | 'silent' | 'wrong'

export function judgeAnswer(dialect: DialectName, question: Question, answer: ShownAnswer): Verdict {
  const { data = null, errors = [] } = answer
  const projects = data && DIALECTS[dialect].findProjects(data)
  const found = projects?.filter((project) => project !== null && project !== undefined) ?? []
  const hasErrors = errors.length > 0
  if (found.length === 0) return hasErrors || data === null ? 'failed' : 'silent'
  const common = found.map(toCommonForm)
  if (isDeepStrictEqual(common, expectProjects(question))) return hasErrors ? 'partial' : 'full'
  if (hasErrors) return 'partial'
  return hasHole(common) ? 'silent' : 'wrong'
}

/** Where the next page begins, for a schema that pages by cursors. */
export function findCursor({ data }: ShownAnswer): string | null {
  const projects = data?.projects
  return (projects && !isList(projects) && projects.pageInfo?.endCursor) || null
}

const hasHole = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'object' && Object.values(value).some(hasHole)) ||
  (Array.isArray(value) && value.length === 0)
