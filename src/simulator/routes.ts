// The operations that the simulator answers, as a table; a new one is a new row.

import type { DataSet, DesignRecord, Project } from './data.ts'
import { UPSTREAM_CANARY } from './faults.ts'
import { createPage, hasBadPaging } from './paging.ts'
import { flattenProject, type JsonObject, renamePricing, retime, type Shape, thin } from './shape.ts'

export interface Operation {
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As in the contract, with the names of its ids in braces. */
  readonly path: string
  readonly answer: (request: OperationRequest) => Answer
}

export interface OperationRequest {
  /** Empty for those that the path does not hold. */
  readonly ids: Ids
  readonly query: URLSearchParams
  readonly data: DataSet
  readonly shape: Shape
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

const NO_IDS = { tenant_id: '', user_id: '', project_id: '', design_id: '', financing_id: '' }

type Ids = Readonly<typeof NO_IDS>

export const OPERATIONS: readonly Operation[] = [
  read('retrieveVersions', '/versions', () => ok({ versions: ['2018.01', '2022.09', '2024.05'] })),
  read('retrieveTenant', '/tenants/{tenant_id}', ({ data }) => ok({ tenant: data.tenant })),
  read('listTeams', '/tenants/{tenant_id}/teams', ({ data }) => ok({ teams: data.teams })),
  read('listPartners', '/tenants/{tenant_id}/partners', ({ data }) => ok({ partners: data.partners })),
  read('listRoles', '/tenants/{tenant_id}/roles', ({ data }) => ok({ roles: data.roles })),

  read('listUsers', '/tenants/{tenant_id}/users', ({ data, query, shape }) => {
    const partners = query.getAll('partner_id')
    const users = data.users
      .filter(({ partner_ids }) => partners.length === 0 || partner_ids.some((id) => partners.includes(id)))
      .map(({ id, email, first_name, last_name, account_status }) => {
        return { id, email, first_name, last_name, account_status }
      })
    return ok({ users: shape.userPaging === 'honoured' ? createPage(users, query) : users })
  }),
  read('retrieveUser', '/tenants/{tenant_id}/users/{user_id}', ({ ids, data }) =>
    found('user', data.user(ids.user_id)),
  ),

  read('listProjects', '/tenants/{tenant_id}/projects', ({ data, query, shape }) => {
    const page = createPage(data.projects, query)
    return ok({
      projects: page.map((project) =>
        shape.listedProjects === 'thin' ? thin(project) : presentProject(project, shape),
      ),
    })
  }),
  read('retrieveProject', '/tenants/{tenant_id}/projects/{project_id}', ({ ids, data, shape }) => {
    const project = data.project(ids.project_id)
    return found('project', project && presentProject(project, shape))
  }),
  read(
    'retrieveConsumptionProfile',
    '/tenants/{tenant_id}/projects/{project_id}/consumption_profile',
    ({ ids, data }) => {
      if (!data.project(ids.project_id)) return refuse(404, 'Project not found')
      const profile = data.profile(ids.project_id)
      // The one text that clients rely on, so it stands alone.
      return profile
        ? ok({ consumption_profile: profile })
        : say(404, 'Consumption profile is not filled out')
    },
  ),

  read('listDesigns', '/tenants/{tenant_id}/projects/{project_id}/designs', ({ ids, data, query, shape }) => {
    if (!data.project(ids.project_id)) return refuse(404, 'Project not found')
    const page = createPage(data.designsOf(ids.project_id), query)
    return ok({
      designs: page.map(({ design }) => {
        const timed = present(design, shape)
        return shape.listedDesigns === 'thin' ? thin(timed) : timed
      }),
    })
  }),
  read('retrieveDesign', '/tenants/{tenant_id}/designs/{design_id}', ({ ids, data, shape }) => {
    const record = data.design(ids.design_id)
    return found('design', record && presentDesign(record, shape))
  }),
  read(
    'retrieveDesignSummary',
    '/tenants/{tenant_id}/designs/{design_id}/summary',
    ({ ids, data, shape }) => {
      const record = data.design(ids.design_id)
      return found('design', record && presentSummary(record, shape))
    },
  ),
  read(
    'retrieveDesignPricing',
    '/tenants/{tenant_id}/designs/{design_id}/pricing',
    ({ ids, data, shape }) => {
      const pricing: JsonObject | undefined = data.design(ids.design_id)?.pricing
      if (!pricing) return refuse(404, 'Design not found')
      const named = shape.pricingNames === 'older' ? renamePricing(pricing) : pricing
      return ok(shape.barePricing ? named : { pricing: named })
    },
  ),
  read('listFinancings', '/tenants/{tenant_id}/designs/{design_id}/financings', ({ ids, data }) =>
    found(
      'financings',
      data.design(ids.design_id)?.financings.map(({ id, name, selected_in_sales_mode }) => {
        return { id, name, selected_in_sales_mode }
      }),
    ),
  ),
  read(
    'retrieveFinancing',
    '/tenants/{tenant_id}/designs/{design_id}/financings/{financing_id}',
    ({ ids, data }) =>
      found(
        'financing',
        data.design(ids.design_id)?.financings.find(({ id }) => id === ids.financing_id),
      ),
  ),
]

export interface Match {
  readonly operation: Operation
  readonly ids: Ids
}

/** Matches a path without its /v2 prefix. To Aurora a wrong path and a wrong verb are the same, so also here. */
export function createRouter(operations: readonly Operation[]) {
  const routes = operations.map((operation) => ({ operation, pattern: toPattern(operation.path) }))
  return (method: string, path: string): Match | undefined => {
    for (const { operation, pattern } of routes) {
      const found = operation.method === method ? pattern.exec(path) : null
      if (found) return { operation, ids: { ...NO_IDS, ...found.groups } }
    }
    return undefined
  }
}

/** What every operation is checked for before it is asked. */
export function answerOperation({ operation, ids }: Match, request: Omit<OperationRequest, 'ids'>): Answer {
  if (ids.tenant_id !== '' && ids.tenant_id !== request.data.tenant.id) return refuse(404, 'Tenant not found')
  if (hasBadPaging(request.query)) return refuse(400, 'page and per_page must be whole numbers from 1')
  return operation.answer({ ids, ...request })
}

/** An error whose text no client needs: it carries the canary, which may never come out of a gateway. */
export function refuse(status: number, message: string): Answer {
  return say(status, `${message} (${UPSTREAM_CANARY})`)
}

function say(status: number, message: string): Answer {
  return { status, body: { errors: [{ message }] } }
}

function ok(body: JsonObject): Answer {
  return { status: 200, body }
}

function found(wrapper: string, value: unknown): Answer {
  return value === undefined ? refuse(404, `No such ${wrapper}`) : ok({ [wrapper]: value })
}

function read(operationId: string, path: string, answer: Operation['answer']): Operation {
  return { operationId, method: 'GET', path, answer }
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

function presentProject(project: Project, shape: Shape): JsonObject {
  return shape.flatProjects ? flattenProject(project) : project
}

function present<T extends Parameters<typeof retime>[0]>(design: T, shape: Shape): T {
  return shape.designTimestamps === 'aurora' ? retime(design) : design
}

function presentDesign({ design }: DesignRecord, shape: Shape): JsonObject {
  const { system_size_stc, system_size_ptc, system_size_ac, ...rest } = present(design, shape)
  return shape.designSizes ? { ...rest, system_size_stc, system_size_ptc, system_size_ac } : rest
}

function presentSummary({ summary, isSimulated }: DesignRecord, shape: Shape): JsonObject {
  const { energy_production, ...rest } = present(summary, shape)
  const energy =
    shape.energyProduction === 'as-simulated' ? (isSimulated ? 'present' : 'absent') : shape.energyProduction
  return {
    ...rest,
    arrays: shape.arraysAsText ? JSON.stringify(rest.arrays) : rest.arrays,
    ...{
      present: { energy_production },
      absent: {},
      null: { energy_production: null },
      empty: { energy_production: {} },
    }[energy],
  }
}
