// Makes the calls of one request; returns Aurora's answers, or rejects with typed errors.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Kind } from '../aurora/kinds.ts'
import type { Soon } from '../turns/at-once.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Cached, CacheReads } from '../cache/cache-reads.ts'
import { decideUse, isAskedSince, toUnconfirmed } from '../cache/decide-use.ts'
import type { Use } from '../cache/decide-use.ts'
import { usedAs } from '../cache/used-as.ts'
import { isRateLimited } from '../errors/errors.ts'
import type { GatewayError } from '../errors/errors.ts'
import { countSaved } from '../rest/accounting.ts'
import { refusalOf } from '../rest/attempt-error.ts'
import { createCall } from '../rest/call.ts'
import type { Ids } from '../rest/call.ts'
import type { Terms } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import { createListedObjects } from './listed-objects.ts'
import type { ListedOptions } from './listed-objects.ts'
import type { Glanced } from './pages.ts'
import { createSend } from './send.ts'
import type { Send, SendOptions } from './send.ts'

export interface Ask extends Send {
  /** The objects that this request has seen in lists. */
  readonly listed: Pick<ReturnType<typeof createListedObjects>, 'add' | 'seen' | 'learn'>
  /**
   * Reads a list that no field needs by itself: no items if Aurora refuses it, null if it fails. Rejects with
   * RATE_LIMITED if no call is left.
   */
  tryList(endpoint: Endpoint, query: Ids): Promise<readonly Members[] | null>
  /** What `tryList` would return at no cost; null if it would make a call. */
  peekList(endpoint: Endpoint, query: Ids): readonly Members[] | null
  /** The same for any list; counts as used by the answer only if `use` is called. */
  glanceList(endpoint: Endpoint, path: Ids, query: Ids): Glanced | null
  /** The same, only if it is fresh: it is not marked as stale, and causes no read. */
  glanceFresh(endpoint: Endpoint, query: Ids): Glanced | null
  /**
   * A fresh page of a list of the tenant as it was before single objects of it were touched. It counts as used by the
   * answer only if `use` is called, and may be used if these objects are read again.
   */
  glanceAside(endpoint: Endpoint, query: Ids): Glanced | null
  /** The cached list, of any age; null if none is cached. It must not be shown, because it may be too old. */
  heldList(endpoint: Endpoint, path: Ids, query: Ids): readonly Members[] | null
  /** When the cached list was answered; null if none is cached. Monotonic. */
  answeredAtMs(endpoint: Endpoint, path: Ids, query: Ids): number | null
  /** Whether the cached list is from before a change, so that it would be served only while Aurora fails. */
  isOutdated(endpoint: Endpoint, path: Ids, query: Ids): boolean
  /** Whether earlier answers to its own read show that the object exists, as `isKnown` of the cache; costs nothing. */
  isKnown(endpoint: Endpoint, path: Ids): boolean | null
  /** Whether Aurora has answered that there is no such object, and nothing has touched it since; costs nothing. */
  isAbsent(endpoint: Endpoint, path: Ids): boolean
  /** `served` if reading this object would make no call, `old` if its copy would be served only while Aurora fails. */
  copyOf(endpoint: Endpoint, path: Ids): 'served' | 'old' | null
  /**
   * What lists, or the answer to a write, have shown of an object, in this request or in the cache; costs nothing. It
   * counts as a saved call if it has all of `members`: once for each object, because a second call would have shared
   * the first.
   */
  readListed(kind: Kind, id: string, members: readonly string[]): Members | null
  /**
   * The same, when the object's own read has failed with `error`: as old as this request accepts it then. Reported as
   * stale; null if it lacks one of `members`.
   */
  readKept(kind: Kind, id: string, members: readonly string[], error: GatewayError): Members | null
}

/** Uses that are served at once. The other uses need a call, or a call that has failed. */
const SERVED: ReadonlySet<Use> = new Set<Use>(['fresh', 'unconfirmed', 'revalidated', 'accepted'])

export interface AskOptions extends ListedOptions, SendOptions {
  readonly cache: CacheReads
}

export function createAsk(terms: Terms, { upstream, answerAtOnce, cache, emit, watch }: AskOptions): Ask {
  const listed = createListedObjects(terms, { cache, emit, watch })

  const send = createSend(terms, { upstream, answerAtOnce })

  const noteItems = (endpoint: Endpoint, items: Soon<readonly Members[]>): Soon<readonly Members[]> => {
    if (items instanceof Promise) return items.then((late) => noteItems(endpoint, late))
    listed.add(endpoint.kind, items)
    return items
  }
  const sendList: Ask['list'] = (endpoint, path, query) =>
    noteItems(endpoint, send.list(endpoint, path, query))

  const readCache = (endpoint: Endpoint, path: Ids, query: Ids): Cached | null =>
    cache.read(createCall(terms, { endpoint, path, query }))

  /** The cached answer, if it would be served without a call and without waiting. */
  function peek(endpoint: Endpoint, path: Ids, query: Ids): Cached | null {
    const cached = readCache(endpoint, path, query)
    return cached && SERVED.has(decideUse(cached, terms)) ? cached : null
  }

  function glanceList(endpoint: Endpoint, path: Ids, query: Ids): Glanced | null {
    const peeked = peek(endpoint, path, query)
    return peeked && toGlanced(peeked, endpoint, { terms, emit })
  }

  // Member by member, because each request makes one, and a spread takes several times as long.
  const { object, objectAtOnce, objectAt } = send
  return {
    object,
    objectAtOnce,
    objectAt,
    listed,
    list: sendList,
    listAt: (...asked) => noteItems(asked[0], send.listAt(...asked)),
    tryList: (endpoint, query) => orNull(() => sendList(endpoint, {}, query)),
    peekList(endpoint, query) {
      const glanced = glanceList(endpoint, {}, query)
      glanced?.use()
      return glanced?.items ?? null
    },
    glanceList,
    glanceFresh: (endpoint, query) => toFresh(readCache(endpoint, {}, query), endpoint, { terms, emit }),
    glanceAside: (endpoint, query) =>
      toFresh(cache.readAside(createCall(terms, { endpoint, path: {}, query })), endpoint, { terms, emit }),
    heldList: (endpoint, path, query) => heldItems(readCache(endpoint, path, query)),
    answeredAtMs: (endpoint, path, query) => readCache(endpoint, path, query)?.answer.answeredAtMs ?? null,
    isOutdated: (endpoint, path, query) => readCache(endpoint, path, query)?.isOutdated === true,
    isKnown: (endpoint, path) => cache.exists(createCall(terms, { endpoint, path, query: {} }), terms),
    isAbsent: (endpoint, path) => cache.isAbsent(createCall(terms, { endpoint, path, query: {} })),
    copyOf: (endpoint, path) => decideCopy(readCache(endpoint, path, {}), terms),
    readListed: listed.read,
    readKept: listed.readKept,
  }
}

async function orNull(read: () => Soon<readonly Members[]>): Promise<readonly Members[] | null> {
  try {
    return await read()
  } catch (error) {
    return unlessRateLimited(error)
  }
}

const toFresh = (
  cached: Cached | null,
  endpoint: Endpoint,
  { terms, emit }: { readonly terms: Terms; readonly emit: Emit | undefined },
): Glanced | null =>
  cached && decideUse(cached, terms) === 'fresh' ? toGlanced(cached, endpoint, { terms, emit }) : null

const heldItems = (cached: Cached | null): readonly Members[] | null =>
  cached && isReply(cached.answer) ? itemsOf(cached.answer) : null

function decideCopy(cached: Cached | null, terms: Terms): 'served' | 'old' | null {
  const use = cached === null ? 'none' : decideUse(cached, terms)
  if (use === 'none') return null
  return SERVED.has(use) ? 'served' : 'old'
}

function toGlanced(
  cached: Cached,
  { operation }: Endpoint,
  { terms, emit }: { readonly terms: Terms; readonly emit: Emit | undefined },
): Glanced {
  const { answer } = cached
  const { answeredAtMs } = answer
  const used = usedAs('listed', cached, { operation })
  // The list is used as it is, even if it is in doubt, because this look-up causes no read.
  const isUnconfirmed = cached.doubt !== null && !isAskedSince(answer, terms)
  return {
    items: itemsOf(answer),
    isRefused: !isReply(answer),
    use() {
      terms.onUsed(isUnconfirmed ? toUnconfirmed(used) : used)
      if (!isUnconfirmed) return
      countSaved(emit, terms, { operation, by: 'stale' })
      terms.onStale({ operation, answeredAtMs, reason: 'UNCONFIRMED' })
    },
  }
}

/** No field waits for this list. Later reads report their own failures. */
function unlessRateLimited(error: unknown): readonly Members[] | null {
  if (isRateLimited(error)) throw error
  return refusalOf(error) ? [] : null
}
