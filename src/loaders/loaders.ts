// The complete list of what one request can load, on one screen; whatever costs a call is here.
import type { Cache } from '../cache/cache.ts'
import type { Members, Upstream } from '../rest/call.ts'
import { ENDPOINTS } from '../rest/endpoints.ts'
import type { Endpoint } from '../rest/endpoints.ts'
import { createAsk } from './ask.ts'
import type { RequestTerms } from './ask.ts'
import { createObject } from './aurora-object.ts'
import type { AuroraObject } from './aurora-object.ts'
import { createByKey } from './by-key.ts'
import type { ByKey } from './by-key.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { readSlice, readWhole } from './listing.ts'
import { createOnce } from './once.ts'

export interface Loaders {
  readonly project: ByKey
  readonly design: ByKey
  readonly user: ByKey
  readonly team: ByKey
  readonly partner: ByKey
  /** By `design id/financing id`: Aurora has financings under their design only. */
  readonly financing: ByKey
  tenant(): Promise<AuroraObject>
  /** Newest first. */
  projects(slice: { first: number; after: string | null }): Promise<ListSlice>
  users(): Promise<readonly AuroraObject[]>
  teams(): Promise<readonly AuroraObject[]>
  partners(): Promise<readonly AuroraObject[]>
  designsOf(projectId: string): Promise<readonly AuroraObject[]>
  financingsOf(designId: string): Promise<readonly AuroraObject[]>
  /** Null where the project has none. */
  consumptionProfileOf(projectId: string): Promise<AuroraObject | null>
  summaryOf(designId: string): Promise<AuroraObject>
  /** Null where the design has no price. */
  pricingOf(designId: string): Promise<AuroraObject | null>
}

export interface ListSlice {
  readonly edges: readonly { readonly cursor: string; readonly node: AuroraObject }[]
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

export interface LoadersOptions {
  readonly terms: RequestTerms
  readonly upstream: Upstream
  readonly cache: Cache
  /** Of every paged list: one size for all, so that slices share pages. */
  readonly pageSize: number
}

/** What the list of users carries by the contract; anything else is on the single user only. */
const LISTED_USER = ['id', 'email', 'first_name', 'last_name', 'account_status']
const LISTED_NAME = ['id', 'name']
/** Lists of designs and summaries carry sizes; the single design need not. */
const SIZES: ReadonlySet<string> = new Set(['system_size_stc', 'system_size_ptc', 'system_size_ac'])

export function createLoaders({ terms, upstream, cache, pageSize }: LoadersOptions): Loaders {
  const ask = createAsk(terms, { upstream, cache })
  const once = createOnce()

  const readPage = (endpoint: Endpoint, path: Readonly<Record<string, string>>, page: number) =>
    ask.list(endpoint, path, { page: String(page + 1), per_page: String(pageSize) })

  /** Read once per request, however many fields want it. */
  const readAll = (endpoint: Endpoint, path: Readonly<Record<string, string>> = {}) =>
    once(`${endpoint.operation} ${JSON.stringify(path)}`, () =>
      endpoint.isPaged
        ? readWhole((page) => readPage(endpoint, path, page), pageSize)
        : ask.list(endpoint, path),
    )

  const readOne = async (endpoint: Endpoint, path: Readonly<Record<string, string>>): Promise<Members> =>
    (await ask.object(endpoint, path)) ?? {}

  /** An object of which there is one per parent, so the parent's id is its key. */
  const onlyOne = (endpoint: Endpoint, parent: 'project_id' | 'design_id', key: string) =>
    once(`${endpoint.operation} ${key}`, async () => {
      const known = await ask.object(endpoint, { [parent]: key })
      return known && createObject({ kind: endpoint.kind, key, known, complete: null })
    })

  const project = createByKey({
    kind: 'project',
    readListed: (id, members) => ask.readListed('project', id, members),
    retrieve: (id) => readOne(ENDPOINTS.retrieveProject, { project_id: id }),
  })
  const design = createByKey({
    kind: 'design',
    readListed: (id, members) => ask.readListed('design', id, members),
    retrieve: (id) => readOne(ENDPOINTS.retrieveDesign, { design_id: id }),
    elsewhere: async (id, member) => (SIZES.has(member) ? (await summaryOf(id)).get(member) : undefined),
  })
  const user = createByKey({
    kind: 'user',
    readListed: (id, members) => ask.readListed('user', id, members),
    retrieve: (id) => readOne(ENDPOINTS.retrieveUser, { user_id: id }),
    shortList: { carries: LISTED_USER, read: () => readAll(ENDPOINTS.listUsers) },
  })
  const team = createByKey({
    kind: 'team',
    readListed: (id, members) => ask.readListed('team', id, members),
    retrieve: null,
    shortList: { carries: LISTED_NAME, read: () => readAll(ENDPOINTS.listTeams) },
  })
  const partner = createByKey({
    kind: 'partner',
    readListed: (id, members) => ask.readListed('partner', id, members),
    retrieve: null,
    shortList: { carries: LISTED_NAME, read: () => readAll(ENDPOINTS.listPartners) },
  })
  const financing = createByKey({
    kind: 'financing',
    readListed: () => null,
    retrieve: async (key) => {
      const [designId = '', ...rest] = key.split('/')
      const path = { design_id: designId, financing_id: rest.join('/') }
      return { design_id: designId, ...(await readOne(ENDPOINTS.retrieveFinancing, path)) }
    },
  })

  const summaryOf = async (designId: string): Promise<AuroraObject> => {
    const summary = await onlyOne(ENDPOINTS.retrieveDesignSummary, 'design_id', designId)
    return summary ?? createObject({ kind: 'designSummary', key: designId, known: {}, complete: null })
  }

  const whole = async (endpoint: Endpoint, objects: ByKey): Promise<readonly AuroraObject[]> =>
    (await readAll(endpoint)).map((item) => objects.refer(String(item['id']), item))

  return {
    project,
    design,
    user,
    team,
    partner,
    financing,
    tenant: () =>
      once('tenant', async () => {
        const known = { id: terms.scope.tenantId, ...(await readOne(ENDPOINTS.retrieveTenant, {})) }
        return createObject({ kind: 'tenant', key: terms.scope.tenantId, known, complete: null })
      }),
    async projects({ first, after }) {
      const position = after === null ? null : decodeCursor(terms.scope.key, after)
      const page = (number: number) => readPage(ENDPOINTS.listProjects, {}, number)
      const { items, hasNext } = await readSlice({ first, after: position }, page, pageSize)
      const edges = items.map(({ members, position: at }) => ({
        cursor: encodeCursor(terms.scope.key, at),
        node: project.refer(at.id, members),
      }))
      return { edges, hasNext, hasPrevious: position !== null }
    },
    users: () => whole(ENDPOINTS.listUsers, user),
    teams: () => whole(ENDPOINTS.listTeams, team),
    partners: () => whole(ENDPOINTS.listPartners, partner),
    async designsOf(projectId) {
      const items = await readAll(ENDPOINTS.listDesigns, { project_id: projectId })
      return items.map((item) => design.refer(String(item['id']), { project_id: projectId, ...item }))
    },
    async financingsOf(designId) {
      const items = await readAll(ENDPOINTS.listFinancings, { design_id: designId })
      return items.map((item) =>
        financing.refer(`${designId}/${String(item['id'])}`, { design_id: designId, ...item }),
      )
    },
    consumptionProfileOf: (projectId) =>
      onlyOne(ENDPOINTS.retrieveConsumptionProfile, 'project_id', projectId),
    summaryOf,
    pricingOf: (designId) => onlyOne(ENDPOINTS.retrieveDesignPricing, 'design_id', designId),
  }
}
