// Finds cached answers by their questions, so that a write looks only at those that it may have touched.
import { tenantOf } from '../rest/scope.ts'
import type { ScopeKey, TenantKey } from '../rest/scope.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { READS } from '../aurora/reads.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { createByParent } from './by-parent.ts'
import type { ByParent } from './by-parent.ts'
import { listKeys, withKey, withoutKey } from './few-keys.ts'
import type { Keys } from './few-keys.ts'
import type { HeldAnswer } from './held.ts'
import type { Touch } from './invalidation.ts'
import { PARENTS } from './parents.ts'
import type { Lineage, LineageListener } from './lineage.ts'
import type { Above, Asked } from './parents.ts'

/** An item of a list leaves with its list, and is not indexed by itself. */
export type Indexed = Pick<HeldAnswer, 'is' | 'scope' | 'asked' | 'answer'> | { readonly is: 'listed' }

export interface AskedIndex {
  add(key: string, held: Indexed): void
  remove(key: string, held: Indexed): void
  /** The keys of all answers that the touch may concern, and of some others. */
  find(scope: ScopeKey, touch: Touch): readonly string[]
  /** The scopes of the tenant with cached answers that the touch may concern. */
  scopesWith(tenant: TenantKey, touch: Touch): readonly ScopeKey[]
  /**
   * Finds the key of an answer to the operation, for an id as answers spell it; undefined if there are several, or
   * none. The id exists as a text already, so no text has to be written and hashed, as for the key of a call.
   */
  keysOf(scope: ScopeKey, operation: string): (id: string) => string | undefined
  /** To be notified of parents that become known. */
  readonly lineage: LineageListener
}

type ById = Map<string, Keys>
type ParentName = keyof Above

/** The answers to one operation. */
interface Group {
  readonly endpoint: Endpoint
  readonly byId: ById
  /** One index for each kind of parent that the route does not name itself. */
  readonly byParent: ReadonlyMap<ParentName, ByParent>
}

type Groups = Map<string, Group>

/**
 * Groups answers by scope and operation, then by the first id of the route, which is that of the object; and groups the
 * objects by their parents.
 */
export function createAskedIndex(aboveOf: Lineage['aboveOf']): AskedIndex {
  const scopes = new Map<ScopeKey, Groups>()
  const holders = createHolders()
  return {
    add(key, held) {
      if (held.is !== 'answer') return
      const { scope, asked, answer } = held
      const group = openGroup(scopes, scope, asked.endpoint)
      const id = firstIdOf(asked)
      if (!group.byId.has(id)) holders.enter(scope, asked.endpoint.operation, id)
      group.byId.set(id, withKey(group.byId.get(id), key))
      if (group.byParent.size === 0) return
      if (showsParents(answer)) note(group, id, aboveOf(scope, asked, answer), projectsOf(scope, aboveOf))
      place(group, id, scope, aboveOf)
    },
    remove(key, held) {
      if (held.is !== 'answer') return
      const { operation } = held.asked.endpoint
      const groups = scopes.get(held.scope)
      const group = groups?.get(operation)
      if (!groups || !group) return
      const id = firstIdOf(held.asked)
      leaveGroup(group, id, key)
      if (!group.byId.has(id)) holders.leave(held.scope, operation, id)
      if (group.byId.size === 0) groups.delete(operation)
      if (groups.size === 0) scopes.delete(held.scope)
    },
    find(scope, { operation, path }) {
      const group = scopes.get(scope)?.get(operation)
      if (!group) return NONE
      const { byId } = group
      const [first = ''] = READS[operation].parameters
      const id = path[first]
      if (id === undefined) return findBelow(group, path)
      const own = listKeys(byId.get(id.toLowerCase()))
      return byId.has(NO_ID) ? [...own, ...listKeys(byId.get(NO_ID))] : own
    },
    scopesWith: holders.of,
    keysOf(scope, operation) {
      const find = (): ById | undefined => scopes.get(scope)?.get(operation)?.byId
      let byId = find()
      return (id) => {
        // After the last answer of a group has left, the next one begins another group.
        const keys = byId?.get(id) ?? (byId = find())?.get(id)
        return typeof keys === 'string' ? keys : undefined
      }
    },
    lineage: createPlacing(scopes, aboveOf),
  }
}

/** Keeps the index in agreement with the known parents of objects. */
const createPlacing = (
  scopes: ReadonlyMap<ScopeKey, Groups>,
  aboveOf: Lineage['aboveOf'],
): LineageListener => ({
  changed(scope, name, id) {
    for (const group of scopes.get(scope)?.values() ?? []) {
      if (group.byParent.size === 0) continue
      if (group.endpoint.parameters[0] === name && group.byId.has(id)) place(group, id, scope, aboveOf)
      if (name !== 'design_id') continue
      for (const below of group.byParent.get(name)?.notedBelow(id) ?? []) {
        note(group, below, { design_id: [id] }, projectsOf(scope, aboveOf))
        place(group, below, scope, aboveOf)
      }
    }
  },
  cleared() {
    for (const groups of scopes.values())
      for (const { byId, byParent } of groups.values())
        for (const objects of byParent.values()) for (const id of byId.keys()) objects.settle(id, false)
  },
})

/** For a read whose route has no id, such as a list of all projects. */
const NO_ID = ''
const NONE: readonly string[] = []

/** Aurora accepts its ids in upper and lower case. */
const firstIdOf = ({ endpoint: { parameters }, path }: Asked): string =>
  path[parameters[0] ?? '']?.toLowerCase() ?? NO_ID

/**
 * Without the object's own id, the touch concerns the objects below a parent, the lowest that it names, or all objects.
 */
function findBelow({ byId, byParent }: Group, path: Touch['path']): readonly string[] {
  for (const [name, objects] of byParent) {
    const parent = path[name]
    if (parent !== undefined)
      return objects.find(parent.toLowerCase()).flatMap((id) => listKeys(byId.get(id)))
  }
  return [...byId.values()].flatMap(listKeys)
}

type ProjectsOf = (designId: string) => readonly string[]

const projectsOf =
  (scope: ScopeKey, aboveOf: Lineage['aboveOf']): ProjectsOf =>
  (design_id) =>
    aboveOf(scope, { endpoint: READS.retrieveDesign, path: { design_id } }).project_id ?? NONE

/** An object of a design is below the projects of the design, too. */
function note(
  { byParent }: Group,
  id: string,
  { project_id = NONE, design_id = NONE }: Above,
  of: ProjectsOf,
): void {
  byParent.get('project_id')?.note(id, [...project_id, ...design_id.flatMap(of)])
  byParent.get('design_id')?.note(id, design_id)
}

/** Most answers do not, and then only the parents that are known already are noted. */
const showsParents = (answer: Answer): boolean =>
  isReply(answer) &&
  isMembers(answer.value) &&
  PARENTS.some((name) => (answer.value as Members)[name] !== undefined)

/** Notes the known parents of the object, beside those that its answers show. */
function place(group: Group, id: string, scope: ScopeKey, aboveOf: Lineage['aboveOf']): void {
  const { endpoint, byParent } = group
  const [first = ''] = endpoint.parameters
  const above = aboveOf(scope, { endpoint, path: { [first]: id } })
  note(group, id, above, projectsOf(scope, aboveOf))
  for (const [name, objects] of byParent) objects.settle(id, above[name] !== undefined)
}

function leaveGroup({ byId, byParent }: Group, id: string, key: string): void {
  const left = withoutKey(byId.get(id), key)
  if (left !== undefined) return void byId.set(id, left)
  if (!byId.delete(id)) return
  for (const objects of byParent.values()) objects.leave(id)
}

/**
 * Which scopes of a tenant hold answers to an operation, by the first id. An event concerns all scopes of the tenant,
 * hundreds if each caller brings a credential of its own, but few of them hold what it touches.
 */
function createHolders() {
  const tenants = new Map<TenantKey, Map<string, Holders>>()
  return {
    enter(scope: ScopeKey, operation: string, id: string): void {
      const tenant = tenantOf(scope)
      const operations = tenants.get(tenant) ?? new Map<string, Holders>()
      const holders: Holders = operations.get(operation) ?? { byId: new Map(), ids: new Map() }
      tenants.set(tenant, operations.set(operation, holders))
      holders.byId.set(id, withKey(holders.byId.get(id), scope))
      holders.ids.set(scope, (holders.ids.get(scope) ?? 0) + 1)
    },
    leave(scope: ScopeKey, operation: string, id: string): void {
      const tenant = tenantOf(scope)
      const operations = tenants.get(tenant)
      const holders = operations?.get(operation)
      if (!operations || !holders) return
      const { byId, ids } = holders
      const left = withoutKey(byId.get(id), scope)
      if (left === undefined) byId.delete(id)
      else byId.set(id, left)
      const count = (ids.get(scope) ?? 1) - 1
      if (count > 0) return void ids.set(scope, count)
      ids.delete(scope)
      if (ids.size === 0) operations.delete(operation)
      if (operations.size === 0) tenants.delete(tenant)
    },
    of(tenant: TenantKey, { operation, path }: Touch): readonly ScopeKey[] {
      const holders = tenants.get(tenant)?.get(operation)
      if (!holders) return []
      const { byId, ids } = holders
      const id = path[READS[operation].parameters[0] ?? '']
      if (id === undefined) return [...ids.keys()]
      const found: readonly string[] = [id.toLowerCase(), NO_ID].flatMap((each) => listKeys(byId.get(each)))
      return [...new Set(found)] as readonly string[] as readonly ScopeKey[]
    },
  }
}

interface Holders {
  readonly byId: Map<string, Keys>
  /** How many ids each scope has. */
  readonly ids: Map<ScopeKey, number>
}

function openGroup(scopes: Map<ScopeKey, Groups>, scope: ScopeKey, endpoint: Endpoint): Group {
  let groups = scopes.get(scope)
  if (!groups) scopes.set(scope, (groups = new Map<string, Group>()))
  let group = groups.get(endpoint.operation)
  if (!group)
    groups.set(endpoint.operation, (group = { endpoint, byId: new Map(), byParent: openParents(endpoint) }))
  return group
}

/** The lowest first. A project has no parent, and neither has what is read by a project's id or without an id. */
function openParents({ parameters: [first] }: Endpoint): Group['byParent'] {
  if (first === undefined || first === 'project_id') return new Map()
  const names = PARENTS.filter((name) => name !== first).toReversed()
  return new Map(names.map((name) => [name, createByParent()]))
}
