// Answers kept across requests, bounded in bytes: whole replies by call, and each object that a list carried by its id.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Call, Members, Reply, ScopeKey, Success } from '../rest/call.ts'
import type { Kind } from '../rest/endpoint.ts'
import { callKey, listedKey } from './cache-key.ts'
import { ANY_FRESH, decideUse } from './decide-use.ts'
import type { Wanted } from './decide-use.ts'
import { createDrops, isTouched } from './drops.ts'
import type { Mark, ReadName } from './drops.ts'
import type { Shown, Touch } from './invalidation.ts'
import { decideAge, decideLifetime, decideRefusalLifetime } from './lifetimes.ts'
import type { Age, Lifetime } from './lifetimes.ts'
import type { CallName } from './saved-reply.ts'

export interface Cached {
  readonly key: string
  readonly reply: Reply
  readonly age: Exclude<Age, 'forgotten'>
  readonly ageMs: number
  readonly lifetime: Lifetime
}

export interface CacheReads {
  read(call: Call): Cached | null
  /** The members that a list, or the answer to a write, carried of this object, if fresh: maybe not all that there are. */
  readListed(scope: ScopeKey, kind: Kind, id: string, wanted?: Wanted): Members | null
}

export interface Cache extends CacheReads {
  /** What is found by this key. */
  readBy(key: string): Cached | null
  /** The same without a trace: what is only looked at stays no longer for it. */
  readonly glance: CacheReads
  /**
   * Keeps successes, and for a short while 403 and 404. Anything else is never kept, nor is what a write has made
   * untrue since `begun`, the moment before it was asked for.
   */
  store(call: Call, reply: Reply, begun?: Mark): void
  /** Keeps what a write was answered with, to be found as if a list had shown it. */
  show(scope: ScopeKey, kind: Kind, shown: Shown, reply: Success): void
  /** Forgets what a write has made untrue, at every age, absences too. */
  drop(scope: ScopeKey, touches: readonly Touch[]): void
  /** Forgets everything: something has become untrue, and nobody knows what. */
  dropAll(): void
  /** The ids that cached lists show. */
  idsListed(scope: ScopeKey, touch: Touch): readonly string[]
  /** What is held now; the bytes are an estimate, the one that `maxBytes` bounds. */
  size(): { readonly bytes: number; readonly entries: number }
  /** To tell later whether something was dropped in between. */
  mark(): Mark
  /** What was asked for and answered with a success, as it is found by its call. */
  entries(): readonly Entry[]
  /** Puts such an answer back as it was, if it is not forgotten by now; what is there already stays. */
  restore(entry: Entry): void
  isOutdated(call: Call, since: Mark): boolean
}

export interface Entry {
  readonly call: CallName
  readonly reply: Success
}

/** A listed object is found in its list, so that it leaves with it: held by itself it would be memory nobody counts. */
type Kept =
  | {
      readonly is: 'reply'
      readonly reply: Reply
      readonly lifetime: Lifetime
      readonly read: ReadName
      /** What names the call besides; null where a write was answered with it. */
      readonly asked: Pick<Call, 'endpoint' | 'query'> | null
    }
  | { readonly is: 'listed'; readonly listKey: string; readonly index: number }

const readName = ({ scope, endpoint, path }: CallName): ReadName => ({
  scope: scope.key,
  operation: endpoint.operation,
  path,
})

/** Without what else a call holds: its request would be kept as long as the answer. */
const askedBy = ({ endpoint, query }: CallName): Pick<Call, 'endpoint' | 'query'> => ({ endpoint, query })

/** Parsed objects take about three times the bytes of their JSON (hidden classes, boxed strings, arrays). */
const BYTES_PER_JSON_BYTE = 3
/** Key, entry and list links of one entry. */
const ENTRY_BYTES = 400

/**
 * Reads never wait. Keys begin with the scope, so nothing is ever found with another credential. Values are shared
 * by all who read them and must not be changed. The least recently used leave when `maxBytes` is reached.
 */
export function createCache({ maxBytes, clock }: { maxBytes: number; clock: Clock }): Cache {
  const entries = new LRUCache<string, Kept>({ maxSize: Math.max(1, maxBytes), sizeCalculation })
  const drops = createDrops()

  function readBy(key: string, find: (key: string) => Kept | undefined): Cached | null {
    const entry = find(key)
    if (entry?.is !== 'reply') return null
    const { reply, lifetime } = entry
    const ageMs = clock.monotonicMs() - reply.answeredAtMs
    const age = decideAge(ageMs, lifetime)
    return age === 'forgotten' ? null : { key, reply, age, ageMs, lifetime }
  }

  function readsBy(find: (key: string) => Kept | undefined): CacheReads {
    return {
      read: (call) => readBy(callKey(call), find),
      readListed(scope, kind, id, wanted = ANY_FRESH) {
        const place = find(listedKey(scope, kind, id))
        const list = place?.is === 'listed' ? find(place.listKey) : place
        if (list?.is !== 'reply' || !list.reply.isSuccess) return null
        const ageMs = clock.monotonicMs() - list.reply.answeredAtMs
        if (decideUse({ ...list, ageMs }, wanted) !== 'fresh') return null
        const key = place?.is === 'listed' ? place.listKey : listedKey(scope, kind, id)
        const { reply, lifetime, read } = list
        const { answeredAtMs } = reply
        wanted.tellUsed?.({ key, operation: read.operation, isListed: true, answeredAtMs, lifetime })
        if (place?.is !== 'listed') return list.reply.value as Members
        const members = itemsOf(list.reply)[place.index]
        // A newer answer to the same call may hold another object there.
        return members && String(members['id']) === id ? members : null
      },
    }
  }

  return {
    ...readsBy((key) => entries.get(key)),
    readBy: (key) => readBy(key, (name) => entries.get(name)),
    glance: readsBy((key) => entries.peek(key)),
    store(call, reply, begun) {
      const { kind } = call.endpoint
      const read = readName(call)
      if (begun !== undefined && drops.haveTouched(read, begun)) return
      const key = callKey(call)
      const known = entries.peek(key)
      if (reply.isSuccess) {
        if (!hasSameItems(known, reply)) entries.delete(nextPageKey(call))
        const lifetime = decideLifetime(kind, reply.value)
        entries.set(key, { is: 'reply', reply, lifetime, read, asked: askedBy(call) })
        storeListed(call, key, reply)
        return
      }
      const lifetime = decideRefusalLifetime(reply.status, call.endpoint)
      if (lifetime) entries.set(key, { is: 'reply', reply, lifetime, read, asked: askedBy(call) })
    },
    show(scope, kind, { read, key }, reply) {
      const lifetime = decideLifetime(kind, reply.value)
      entries.set(listedKey(scope, kind, key), {
        is: 'reply',
        reply,
        lifetime,
        read: { scope, ...read },
        asked: null,
      })
    },
    drop(scope, touches) {
      if (touches.length === 0) return
      drops.add(scope, touches)
      // Writes are few, at most one for each slot of the budget: looking at every entry costs milliseconds.
      for (const [key, entry] of entries.entries())
        if (entry.is === 'reply' && isTouched(entry.read, scope, touches)) entries.delete(key)
    },
    dropAll() {
      drops.addAll()
      entries.clear()
    },
    idsListed(scope, touch) {
      return [...entries.values()].flatMap((entry) =>
        entry.is === 'reply' && entry.reply.isSuccess && isTouched(entry.read, scope, [touch])
          ? itemsOf(entry.reply).flatMap(({ id }) =>
              typeof id === 'string' || typeof id === 'number' ? [String(id)] : [],
            )
          : [],
      )
    },
    size: () => ({ bytes: entries.calculatedSize, entries: entries.size }),
    mark: drops.mark,
    entries: () =>
      [...entries.values()].flatMap((entry) => {
        if (entry.is !== 'reply' || !entry.asked || !entry.reply.isSuccess) return []
        const { scope, path } = entry.read
        return [{ call: { scope: { key: scope }, path, ...entry.asked }, reply: entry.reply }]
      }),
    restore({ call, reply }) {
      const lifetime = decideLifetime(call.endpoint.kind, reply.value)
      const isForgotten = decideAge(clock.monotonicMs() - reply.answeredAtMs, lifetime) === 'forgotten'
      const key = callKey(call)
      if (isForgotten || entries.has(key)) return
      entries.set(key, { is: 'reply', reply, lifetime, read: readName(call), asked: askedBy(call) })
      storeListed(call, key, reply)
    },
    isOutdated: (call, since) => drops.haveTouched(readName(call), since),
  }

  function storeListed({ endpoint: { kind }, scope }: CallName, listKey: string, list: Success): void {
    itemsOf(list).forEach(({ id }, index) => {
      // What has no id can't be looked up.
      if (typeof id !== 'string' && typeof id !== 'number') return
      entries.set(listedKey(scope.key, kind, String(id)), { is: 'listed', listKey, index })
    })
  }
}

/**
 * A page that changed has pushed items over its end or pulled some in: the next one, read earlier, no longer fits
 * behind it, and what crossed the border would be lost or shown twice.
 */
const nextPageKey = (call: Call): string =>
  callKey({ ...call, query: { ...call.query, page: String(Number(call.query['page'] ?? 1) + 1) } })

function hasSameItems(known: Kept | undefined, reply: Success): boolean {
  const before = known?.is === 'reply' && known.reply.isSuccess ? itemsOf(known.reply) : []
  const after = itemsOf(reply)
  return before.length === after.length && after.every(({ id }, index) => id === before[index]?.['id'])
}

const itemsOf = ({ value }: Success): readonly Members[] =>
  Array.isArray(value) ? (value as readonly Members[]) : []

function sizeCalculation(entry: Kept, key: string): number {
  const keyBytes = ENTRY_BYTES + key.length
  if (entry.is === 'listed') return keyBytes
  const { reply } = entry
  const bodyBytes = reply.isSuccess
    ? reply.bytes
    : reply.messages.reduce((sum, { length }) => sum + length, 0)
  return keyBytes + bodyBytes * BYTES_PER_JSON_BYTE
}
