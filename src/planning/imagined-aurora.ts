// An imagined Aurora for dry runs: answers calls from the cache or with imagined replies, and records those it would get.
import type { Members } from '../aurora/body.ts'
import { isRead } from '../aurora/endpoint.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import type { CacheReads } from '../cache/cache-reads.ts'
import { decideUse } from '../cache/decide-use.ts'
import type { Use } from '../cache/decide-use.ts'
import { createDrops } from '../cache/drops.ts'
import type { Drops } from '../cache/drops.ts'
import type { Mark } from '../cache/read-name.ts'
import type { ChangedCache } from '../cache/with-invalidation.ts'
import { GatewayError } from '../errors/errors.ts'
import type { Call, Ids, Reply, Upstream } from '../rest/call.ts'
import { toRefusalError } from '../rest/refusal-error.ts'
import type { Alike } from './alike.ts'
import type { Bounds } from './bounds.ts'
import { createImaginedLists } from './imagined-lists.ts'
import type { ImaginedLists, ImaginedListsOptions } from './imagined-lists.ts'
import type { ImaginedReplies } from './imagined-replies.ts'
import { createTurns } from './turns.ts'
import type { Making } from './turns.ts'

export interface ImaginedCall {
  readonly endpoint: Endpoint
  /** The place in the answer that needed the call first; null if paths are not traced. */
  readonly path: readonly (string | number)[] | null
  /** Whether the cache answers it, or will soon, so that it would not be made. */
  readonly isCached: boolean
  /** How many real calls it stands for: the calls for equal objects are one call here. */
  readonly count: number
}

export interface ImaginedAurora {
  readonly upstream: Upstream
  /** The true cache. Reads do not count as uses, and imagined answers hide what is in it. */
  readonly cache: CacheReads & ChangedCache
  /** Each different call once, in the order of the requests for it. */
  readonly calls: readonly ImaginedCall[]
  /** Whether a call of this operation and path got an imagined answer. */
  isImagined(endpoint: Endpoint, path: Ids): boolean
}

type ReadCache = { readonly glance: CacheReads } & Pick<ChangedCache, 'nameOf'>

export interface ImaginedAuroraOptions extends Pick<ImaginedListsOptions, 'foundShare'> {
  readonly cache: ReadCache
  readonly replies: ImaginedReplies
  readonly currentPath: () => readonly (string | number)[] | null
  /** Calls that are under way already: their answers need no further call. */
  readonly underWay?: Iterable<Call>
  /** Left out or null: each object is executed by itself. */
  readonly alike?: Alike | null
  /** When the bounds are passed, no call is answered any more. */
  readonly bounds: Bounds
}

/** Nothing here affects the cache, other requests or the counters. */
export function createImaginedAurora(options: ImaginedAuroraOptions): ImaginedAurora {
  const { cache, replies, alike = null } = options
  const record = createRecord(options)
  const turns = createTurns(options.bounds)
  const lists = createImaginedLists(options)
  const asked = new Map<string, { readonly mark: Mark; readonly result: Promise<Reply> }>()
  const imagined = new Set<string>()
  const drops = createDrops()
  const isTouched = (call: Call, since: Mark): boolean =>
    drops.haveTouched(cache.nameOf(call.terms.scope.key, call), since)

  async function read(call: Call): Promise<Reply> {
    const cached = isTouched(call, 0) ? null : readCached(call, cache)
    if (cached === null && call.terms.freshness.isCacheOnly)
      throw new GatewayError('NOT_CACHED', 'Not in the cache.')
    const covered = alike?.covered(call.path) ?? null
    record.add(call, { isInCache: cached !== null, count: covered?.length ?? 1 })
    if (cached === null) imagined.add(nameOf(call))
    return turns.answer(() => answering(call, { cached, covered, replies, lists }))
  }

  return {
    calls: record.calls,
    isImagined(endpoint, path) {
      // Some of the objects may have the parts in the cache, and others not.
      if (alike?.covered(path)) alike.giveUp()
      return imagined.has(nameOf({ endpoint, path }))
    },
    async upstream(call) {
      call.terms.signal.throwIfAborted()
      if (!isRead(call.endpoint)) {
        alike?.giveUp()
        record.add(call, { isInCache: false, count: 1 })
        return turns.answer(() => imagining(call, replies))
      }
      const earlier = asked.get(call.key)
      if (earlier && !isTouched(call, earlier.mark)) return earlier.result
      const result = read(call)
      asked.set(call.key, { mark: drops.mark(), result })
      return result
    },
    cache: createImaginedCache(options, lists, drops),
  }
}

function* imagining(call: Call, replies: ImaginedReplies): Making<Reply> {
  return toReply(call, yield* replies.reply(call))
}

interface Answered {
  readonly cached: Answer | null
  readonly covered: readonly string[] | null
  readonly replies: ImaginedReplies
  readonly lists: ImaginedLists
}

function* answering(call: Call, { cached, covered, replies, lists }: Answered): Making<Reply> {
  const imagined = cached ?? (yield* covered ? replies.replyForAll(call, covered) : replies.reply(call))
  const reply = toReply(call, imagined)
  return call.endpoint.answers === 'list' ? lists.fill(call, reply, cached === null) : reply
}

const nameOf = ({ endpoint, path }: Pick<Call, 'endpoint' | 'path'>): string =>
  [endpoint.operation, ...Object.values(path)].join(' ')

/** The recorded calls, limited in number. */
function createRecord({ currentPath, underWay, bounds }: ImaginedAuroraOptions) {
  const underWayKeys = new Set([...(underWay ?? [])].map(({ key }) => key))
  const calls: ImaginedCall[] = []
  return {
    calls,
    add(call: Call, { isInCache, count }: { isInCache: boolean; count: number }): void {
      if (bounds.isPassed()) return
      const isCached = isInCache || (isRead(call.endpoint) && underWayKeys.has(call.key))
      const counted = isCached ? count : bounds.spend(count)
      calls.push({ endpoint: call.endpoint, path: currentPath(), isCached, count: counted })
    },
  }
}

const createImaginedCache = (
  { cache: { glance, nameOf }, alike }: ImaginedAuroraOptions,
  lists: ImaginedLists,
  drops: Drops,
): ImaginedAurora['cache'] => {
  const shown = new Map<string, Members>()
  return {
    read(question) {
      // Loaders decide by the number of wanted objects whether they read pages of a list instead.
      if (question.endpoint.answers === 'object' && alike?.covered(question.path)) alike.giveUp()
      const cached = glance.read(question)
      if (cached === null) lists.seek(question)
      return cached
    },
    readAside: glance.readAside,
    readListed: (scope, kind, id, terms) =>
      shown.get(`${kind}:${id}`) ?? glance.readListed(scope, kind, id, terms) ?? lists.find(kind, id),
    exists: glance.exists,
    isAbsent: glance.isAbsent,
    // No imagined call fails.
    readKept: () => null,
    mark: drops.mark,
    nameOf,
    haveTouched: drops.haveTouched,
    drop: drops.add,
    noteAbsence: () => {},
    show: (_scope, kind, { key }, reply) => void shown.set(`${kind}:${key}`, reply.value as Members),
  }
}

const SERVED: ReadonlySet<Use> = new Set<Use>(['fresh', 'unconfirmed', 'revalidated', 'accepted'])

function readCached(call: Call, { glance }: ReadCache): Answer | null {
  const cached = glance.read(call)
  return cached && SERVED.has(decideUse(cached, call.terms)) ? cached.answer : null
}

function toReply({ endpoint }: Call, answer: Answer): Reply {
  if (isReply(answer)) return answer
  throw toRefusalError(endpoint, answer)
}
