// The way of one request to the middle of the line: makes calls in its name, and returns values or rejects with typed errors.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Kind } from '../aurora/kinds.ts'
import { ownReadOf, tenantListOf } from '../aurora/reads.ts'
import { isReply, itemsOf } from '../cache/answer.ts'
import type { Cached, CacheReads } from '../cache/cache.ts'
import { isRateLimited } from '../errors/errors.ts'
import { countRefused, countSaved } from '../rest/accounting.ts'
import { isAttemptError, statusOf } from '../rest/attempt-error.ts'
import { callKey, createCall } from '../rest/call.ts'
import type { Ids, Reply, Upstream } from '../rest/call.ts'
import { assertUsableId } from '../rest/ids.ts'
import type { Terms } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import { covers } from './aurora-object.ts'
import { isReadable } from './listing.ts'

export interface Ask {
  /** Null where absence is ordinary for the endpoint. Rejects with a GatewayError. */
  object(endpoint: Endpoint, path: Ids, query?: Ids): Promise<Members | null>
  list(endpoint: Endpoint, path: Ids, query?: Ids): Promise<readonly Members[]>
  /**
   * A list that is only an aid: no items if Aurora refuses it, null if it fails. Rejects with RATE_LIMITED if no call is
   * left.
   */
  tryList(endpoint: Endpoint, query: Ids): Promise<readonly Members[] | null>
  /** What `tryList` would return at no cost; null if it would make a call. */
  peekList(endpoint: Endpoint, query: Ids): readonly Members[] | null
  /** `served` if reading this object would make no call, `old` if its copy would be served only while Aurora fails. */
  copyOf(endpoint: Endpoint, path: Ids): 'served' | 'old' | null
  /**
   * What lists, or the answer to a write, have shown of an object, in this request or in the cache; costs nothing. It counts
   * as a saved call where it has all of `members`: once for each object, since a second call would have joined the first.
   */
  readListed(kind: Kind, id: string, members: readonly string[]): Members | null
}

export interface AskOptions {
  readonly upstream: Upstream
  readonly cache: CacheReads
  /** Receives the calls that a cached list has spared; left out where nothing is really asked. */
  readonly emit?: Emit | undefined
}

export function createAsk(terms: Terms, { upstream, cache, emit }: AskOptions): Ask {
  const seen = createSeenObjects()

  async function send(endpoint: Endpoint, path: Ids, query: Ids = {}): Promise<Reply> {
    Object.values(path).forEach(assertUsableId)
    try {
      return await upstream(createCall(terms, { endpoint, path, query }))
    } catch (error) {
      if (isRateLimited(error)) countRefused(terms.tally)
      throw error
    }
  }

  async function sendList(endpoint: Endpoint, path: Ids, query?: Ids): Promise<readonly Members[]> {
    const items = itemsOf(await send(endpoint, path, query))
    seen.add(endpoint.kind, items)
    return items
  }

  const readCache = (endpoint: Endpoint, path: Ids, query: Ids): Cached | null => {
    const question = { endpoint, path, query }
    return cache.read({ ...question, key: callKey(terms.scope.key, question) })
  }

  /** What would be served without a call, and without waiting. */
  function peek(endpoint: Endpoint, path: Ids, query: Ids): Cached | null {
    // With `no-cache` a call would be made whatever is cached.
    if (terms.freshness.maxAgeMs === 0) return null
    const cached = readCache(endpoint, path, query)
    return cached === null || cached.age === 'kept' ? null : cached
  }

  return {
    async object(endpoint, path, query) {
      try {
        return (await send(endpoint, path, query)).value as Members | null
      } catch (error) {
        if (endpoint.mayBeAbsent && statusOf(error) === 404) return null
        throw error
      }
    },
    list: sendList,
    tryList: (endpoint, query) =>
      sendList(endpoint, {}, query).catch((error: unknown) => {
        // The reads that follow report their own failures; this one is the answer to no field.
        if (isRateLimited(error)) throw error
        return isRefused(error) ? [] : null
      }),
    peekList(endpoint, query) {
      const peeked = peek(endpoint, {}, query)
      if (peeked === null) return null
      const { key, answer, lifetime } = peeked
      const { answeredAtMs } = answer
      terms.onUsed({ key, operation: endpoint.operation, isListed: true, answeredAtMs, lifetime })
      return isReply(answer) ? itemsOf(answer) : []
    },
    copyOf(endpoint, path) {
      if (peek(endpoint, path, {})) return 'served'
      return readCache(endpoint, path, {}) ? 'old' : null
    },
    readListed(kind, id, members) {
      const here = seen.get(kind, id)
      if (here) return here
      const listed = cache.readListed(terms.scope.key, kind, id, terms)
      if (listed && covers(listed, members)) {
        countSaved(emit, terms, { operation: sparedBy(kind), by: 'listed' })
        seen.set(kind, id, listed)
      }
      return listed
    },
  }
}

/** Aurora answered, and with a status that is none of success. */
const isRefused = (error: unknown): boolean => isAttemptError(error) && error.refusal !== null

/** What a lookup in a cached list has spared: the read of the one object where Aurora has one, else that of the list. */
const sparedBy = (kind: Kind): string => (ownReadOf(kind) ?? tenantListOf(kind))?.operation ?? kind

/** The objects that lists of this request have shown. */
function createSeenObjects() {
  const seen = new Map<string, Members>()
  /** Lists in which nothing was looked up yet: most requests never look anything up. */
  const unindexed = new Map<Kind, (readonly Members[])[]>()
  const nameOf = (kind: Kind, id: string): string => `${kind}:${id}`

  return {
    add(kind: Kind, items: readonly Members[]): void {
      unindexed.set(kind, [...(unindexed.get(kind) ?? []), items])
    },
    set(kind: Kind, id: string, members: Members): void {
      seen.set(nameOf(kind, id), members)
    },
    get(kind: Kind, id: string): Members | undefined {
      const lists = unindexed.get(kind) ?? []
      for (const item of lists.flat().filter(isReadable)) seen.set(nameOf(kind, String(item['id'])), item)
      unindexed.delete(kind)
      return seen.get(nameOf(kind, id))
    },
  }
}
