// Notifies listeners which objects have changed: those that were touched, and those whose new reads have other members.
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { kindRow } from '../aurora/kinds.ts'
import type { Kind } from '../aurora/kinds.ts'
import { READS } from '../aurora/reads.ts'
import type { ReadEndpoint } from '../aurora/reads.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import type { Call, Ids } from '../rest/call.ts'
import { isOf } from '../rest/scope.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Cache } from './cache.ts'
import type { Touch } from './invalidation.ts'

export interface ChangeListener {
  /** `key` names the object within its kind; null: any object of the kind may have changed. */
  changed(kind: Kind, key: string | null): void
  /** Called if anything may have changed. */
  changedAll(): void
}

export interface ChangeNotices {
  /**
   * `listener` is called during a change, so it must not use the cache. Returns the function that ends the listening.
   */
  listen(scope: ScopeKey, listener: ChangeListener): () => void
}

/** The same cache, which reports its changes. It costs nothing while there is no listener. */
export function withChangeNotices(cache: Cache): { readonly cache: Cache; readonly changes: ChangeNotices } {
  const listeners = new Map<ScopeKey, Set<ChangeListener>>()
  const notify = (scope: ScopeKey, found: readonly Found[]): void => {
    for (const listener of listeners.get(scope) ?? [])
      for (const { kind, key } of found) listener.changed(kind, key)
  }

  return {
    changes: {
      listen(scope, listener) {
        const known = listeners.get(scope) ?? new Set()
        listeners.set(scope, known.add(listener))
        return () => {
          known.delete(listener)
          if (known.size === 0 && listeners.get(scope) === known) listeners.delete(scope)
        }
      },
    },
    cache: {
      ...cache,
      store(call, answer, begun) {
        const { key: scope } = call.terms.scope
        const before = listeners.has(scope) ? cache.glance.read(call)?.answer : undefined
        cache.store(call, answer, begun)
        // An answer that was touched meanwhile was not stored.
        if (before && cache.glance.read(call)?.answer === answer)
          notify(scope, differencesOf(call, before, answer))
      },
      drop(scope, touches) {
        cache.drop(scope, touches)
        if (listeners.has(scope)) notify(scope, objectsOf(touches))
      },
      outdate(tenant, touches, happenedAtMs) {
        cache.outdate(tenant, touches, happenedAtMs)
        if (listeners.size === 0) return
        const found = objectsOf(touches)
        for (const scope of listeners.keys()) if (isOf(scope, tenant)) notify(scope, found)
      },
      doubtAll() {
        cache.doubtAll()
        for (const ofScope of listeners.values()) for (const listener of ofScope) listener.changedAll()
      },
    },
  }
}

interface Found {
  readonly kind: Kind
  readonly key: string | null
}

/** Touched lists name no object: if nothing else of the kind is touched, any object of it may have changed. */
function objectsOf(touches: readonly Touch[]): readonly Found[] {
  const found = touches.map(({ operation, path }): Found & { readonly isList: boolean } => {
    const endpoint: ReadEndpoint = READS[operation]
    const isList = endpoint.answers === 'list'
    return { kind: endpoint.kind, key: isList ? null : keyOf(endpoint, path), isList }
  })
  const named = new Set(found.filter(({ isList }) => !isList).map(({ kind }) => kind))
  return found.filter(({ isList, kind }) => !isList || !named.has(kind))
}

/** The key of the object that a read returns; null if the ids do not name it. The key of a tenant is empty. */
function keyOf({ kind, parameters }: Endpoint, path: Ids, query: Ids = {}): string | null {
  const { keyedBy } = kindRow(kind)
  const ids = parameters.map((name) => path[name])
  const jobId = query['job_id']
  if (jobId !== undefined) ids.push(jobId)
  const length = keyedBy === 'parent/id' ? 2 : keyedBy === 'tenant' ? 0 : 1
  return ids.length === length && ids.every((id) => id !== undefined) ? ids.join('/') : null
}

function differencesOf({ endpoint, path, query }: Call, before: Answer, after: Answer): readonly Found[] {
  const { kind, answers } = endpoint
  if (answers === 'list') return listDifferences({ endpoint, path }, itemsOf(before), itemsOf(after))
  return textOf(before) === textOf(after) ? [] : [{ kind, key: keyOf(endpoint, path, query) }]
}

const textOf = (answer: Answer): string => JSON.stringify(isReply(answer) ? answer.value : answer.status)

type Items = readonly Members[]

/** Objects that are new, gone or different. One list may be longer than the other. */
function listDifferences(
  { endpoint: { kind }, path }: Pick<Call, 'endpoint' | 'path'>,
  before: Items,
  after: Items,
): readonly Found[] {
  const parentId = Object.values(path)[0]
  const toKey = (id: string): string =>
    kindRow(kind).keyedBy === 'parent/id' && parentId !== undefined ? `${parentId}/${id}` : id
  const known = textsOf(before)
  const now = textsOf(after)
  const ids = [...new Set([...known.keys(), ...now.keys()])].filter((id) => known.get(id) !== now.get(id))
  return ids.map((id) => ({ kind, key: toKey(id) }))
}

const textsOf = (items: Items): ReadonlyMap<string, string> =>
  new Map(
    items.flatMap((item): [string, string][] => {
      const id = readAuroraId(item['id'])
      return id === null ? [] : [[id, JSON.stringify(item)]]
    }),
  )
