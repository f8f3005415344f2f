// Records below which project and design an object is, learned from answers, because many reads name neither in their route.
import { LRUCache } from 'lru-cache'
import type { Answer } from '../rest/answer.ts'
import { isOf } from '../rest/scope.ts'
import type { Owner, ScopeKey } from '../rest/scope.ts'
import { listKeys, withKey, withoutKey } from './few-keys.ts'
import type { Keys } from './few-keys.ts'
import {
  aboveIn,
  isNothing,
  isOwnRead,
  itemsNamedIn,
  NOTHING,
  onlyAbove,
  ownNameOf,
  PARENTS,
} from './parents.ts'
import type { Above, Asked } from './parents.ts'

export interface Lineage {
  /** Learns the parents of the objects in an answer that is stored or shown. */
  learn(scope: ScopeKey, asked: Asked, answer: Answer): void
  /** Takes the parents of the object from another process. */
  take(scope: ScopeKey, asked: Asked, above: Above): void
  /** Forgets the parents of the object, if this is its own read: it may have other parents now. */
  forget(scope: ScopeKey, asked: Asked): void
  /** The scopes of the owner whose answers have shown parents of the object. */
  scopesOf(owner: Owner, asked: Asked): readonly ScopeKey[]
  /** Forgets everything, because an unknown part has changed. */
  clear(): void
  /** An estimate of the memory in use. */
  bytes(): number
  /** The known parents of the object, from earlier answers and from this one. */
  aboveOf(scope: ScopeKey, asked: Asked, answer?: Answer): Above
}

export interface LineageListener {
  /** Called when other parents of the object are known, or none; its id is in lower case. */
  changed(scope: ScopeKey, name: string, id: string): void
  /** Called when no parents are known any more. */
  cleared(): void
}

const NOBODY: LineageListener = { changed: () => {}, cleared: () => {} }

/** The memory of one object besides its texts: entry, list links, arrays and place in the index. */
const OBJECT_BYTES = 350
/** The header of one text. */
const TEXT_BYTES = 16
/** Objects are hardly ever moved; one that was seen below more parents may be below any. */
export const MAX_PARENTS = 4

/** One object for all look-ups, so that lru-cache makes none for each. */
const GETTING = {}

/** Null: below so many that it may be below any. */
type Known = { readonly [Name in (typeof PARENTS)[number]]?: readonly string[] | null | undefined }

/**
 * A late answer can name a former parent, so parents are added and never replaced until the object is forgotten. An
 * object that is evicted at `maxBytes` has unknown parents: that costs calls, but no answer becomes wrong.
 */
export function createLineage(maxBytes: number, listener: LineageListener = NOBODY): Lineage {
  const { objects, scopesWith, notify, clear } = createObjects(maxBytes, listener)

  function add(scope: ScopeKey, name: string, id: string, above: Above): void {
    // A list may have thousands of objects without parents, such as users.
    if (isNothing(above)) return
    const { project_id, design_id } = above
    const key = keyOf(scope, name, id)
    const known = objects.get(key, GETTING)
    const projectIds = joined(known?.project_id, project_id)
    const designIds = joined(known?.design_id, design_id)
    // Most answers show the known parents, or none.
    if (projectIds === known?.project_id && designIds === known?.design_id) return
    objects.set(key, { project_id: projectIds, design_id: designIds })
    notify(key)
  }

  function projectsOf(scope: ScopeKey, designIds: readonly string[]): readonly string[] | undefined {
    const each = designIds.map((id) => objects.peek(keyOf(scope, 'design_id', id), GETTING)?.project_id)
    return each.every((ids) => ids !== undefined && ids !== null) ? each.flat() : undefined
  }

  return {
    learn(scope, asked, answer) {
      const [asking, askedId] = ownNameOf(asked)
      if (askedId !== undefined) add(scope, asking, askedId, aboveIn(asking, answer))
      for (const [name, id, above] of itemsNamedIn(asked, answer)) add(scope, name, id, above)
    },
    take(scope, asked, above) {
      const [name, id] = ownNameOf(asked)
      if (id !== undefined) add(scope, name, id, onlyAbove(name, above))
    },
    forget(scope, asked) {
      const [name, id] = ownNameOf(asked)
      if (isOwnRead(asked.endpoint) && id !== undefined) objects.delete(keyOf(scope, name, id))
    },
    scopesOf: (owner, asked) => onlyOf(owner, scopesWith(...ownNameOf(asked))),
    clear,
    bytes: () => objects.calculatedSize,
    aboveOf(scope, asked, answer) {
      const [name, id] = ownNameOf(asked)
      if (id === undefined || name === 'project_id') return NOTHING
      const known = objects.peek(keyOf(scope, name, id), GETTING) ?? NOTHING
      const shown = answer ? aboveIn(name, answer) : NOTHING
      const direct = joined(known.project_id, shown.project_id)
      if (name === 'design_id') return direct ? { project_id: direct } : NOTHING
      const designIds = joined(known.design_id, shown.design_id)
      const through = designIds ? projectsOf(scope, designIds) : undefined
      const projectIds = direct === null ? null : joined(direct, through)
      if (!projectIds && !designIds) return NOTHING
      return { project_id: projectIds ?? undefined, design_id: designIds ?? undefined }
    },
  }
}

/** Usually none. */
const onlyOf = (owner: Owner, scopes: readonly ScopeKey[]): readonly ScopeKey[] =>
  scopes.length === 0 ? scopes : scopes.filter((scope) => isOf(scope, owner))

function createObjects(maxBytes: number, listener: LineageListener) {
  let isClearing = false
  const notify = (key: string): void => {
    const [, name = '', ...id] = key.split(' ')
    listener.changed(scopeIn(key), name, id.join(' '))
  }
  /**
   * By the name and the id of an object: an event concerns all scopes of a tenant, but few of them have seen its
   * object.
   */
  const scopes = new Map<string, Keys>()
  const objects = new LRUCache<string, Known>({
    maxSize: Math.max(1, maxBytes),
    sizeCalculation,
    onInsert: (_, key, reason) => {
      if (reason === 'add') scopes.set(objectIn(key), withKey(scopes.get(objectIn(key)), scopeIn(key)))
    },
    dispose: (_, key, reason) => {
      if (reason === 'set') return
      const left = withoutKey(scopes.get(objectIn(key)), scopeIn(key))
      if (left === undefined) scopes.delete(objectIn(key))
      else scopes.set(objectIn(key), left)
    },
    // Called after the removal, because the listener reads the parents that are known then.
    disposeAfter: (_, key, reason) => {
      if (reason !== 'set' && !isClearing) notify(key)
    },
  })
  return {
    objects,
    /** A replica that nobody has asked for objects has no parents of any, and makes no text for each touch. */
    scopesWith: (name: string, id = ''): readonly ScopeKey[] =>
      scopes.size === 0 ? [] : (listKeys(scopes.get(`${name} ${id.toLowerCase()}`)) as readonly ScopeKey[]),
    notify,
    clear(): void {
      isClearing = true
      objects.clear()
      isClearing = false
      listener.cleared()
    },
  }
}

const sizeCalculation = (known: Known, key: string): number =>
  PARENTS.flatMap((name) => known[name] ?? []).reduce(
    (bytes, id) => bytes + TEXT_BYTES + id.length,
    OBJECT_BYTES + TEXT_BYTES + key.length,
  )

/** Aurora accepts its ids in upper and lower case. */
const keyOf = (scope: ScopeKey, name: string, id: string): string => `${scope} ${name} ${id.toLowerCase()}`

const scopeIn = (key: string): ScopeKey => key.slice(0, key.indexOf(' ')) as ScopeKey
const objectIn = (key: string): string => key.slice(key.indexOf(' ') + 1)

function joined(
  known: readonly string[] | null | undefined,
  added: readonly string[] | undefined,
): readonly string[] | null | undefined {
  if (known === null || added === undefined) return known
  if (known && added.every((id) => known.includes(id.toLowerCase()))) return known
  const ids = [...new Set([...(known ?? []), ...added.map((id) => id.toLowerCase())])]
  return ids.length > MAX_PARENTS ? null : ids
}
