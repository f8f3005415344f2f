// Serves fresh answers, serves stale ones and revalidates them afterwards (stale-while-revalidate), and serves old ones if Aurora fails.
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, isAbsence, isGatewayError, isServedStale, staleReasonOf } from '../errors/errors.ts'
import type { Emit } from '../telemetry/events.ts'
import { countSaved } from '../rest/accounting.ts'
import { refusalOf } from '../rest/attempt-error.ts'
import { withTerms } from '../rest/call.ts'
import type { Call, Ids, Layer, Reply, Upstream } from '../rest/call.ts'
import type { StaleReason } from '../rest/freshness.ts'
import { createLaterTerms } from '../rest/spare-terms.ts'
import type { Terms, UsedReply } from '../rest/terms.ts'
import { toRefusalError } from '../rest/refusal-error.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer, AnswerAtOnce, AnswerById } from '../rest/answer.ts'
import type { Cached } from './cache-reads.ts'
import type { Cache } from './cache.ts'
import { lifetimeOf } from './decide-lifetime.ts'
import { usedAs } from './used-as.ts'
import { decideUse, isAskedSince, isAtHand, toUnconfirmed } from './decide-use.ts'
import type { Use } from './decide-use.ts'

export interface WithCacheOptions {
  readonly cache: Cache
  readonly clock: Clock
  readonly emit: Emit
  /** The time limit of a revalidation, which no client waits for. */
  readonly refreshTimeoutMs: number
}

/**
 * Serves what is cached and as new as the request accepts, and passes the other calls on. A fresh answer adds to the
 * tally's `cache`, any other to its `stale`. A rejection passes through if no older copy may be served.
 */
export const withCache =
  (options: WithCacheOptions): Layer =>
  (next) => {
    const { cache, clock, emit } = options
    const uses = createUse(emit)
    const { use } = uses
    const serveCached = createServeCached(uses, createRevalidate(next, options))

    /** `older` is served, marked as stale, if no call is left or Aurora fails. */
    async function fetchNew(call: Call, older: Cached | null): Promise<Reply> {
      // Read before a flight is joined: the flight may be from before a write whose notice comes here later.
      const isConfirmed = cache.isConfirmed()
      const noteFetched = (answer: Answer): void => {
        const isFresh = isConfirmed || isAskedSince(answer, call.terms)
        // Only a joined call was sent before this request began, and it was counted when it was joined.
        const used = toUsed(call, answer, cache)
        noteUsed(call, isFresh ? used : toUnconfirmed(used), isFresh ? null : 'UNCONFIRMED')
      }
      try {
        const joined = await next(call)
        const reply = isTooOld(call, joined, clock.monotonicMs()) ? await next(call) : joined
        noteFetched(reply)
        return reply
      } catch (error) {
        if (older && isServedStale(error)) return toReply(call, use(call, older, staleReasonOf(error)))
        const refusal = refusalOf(error)
        if (refusal) noteFetched(refusal)
        throw error
      }
    }

    /**
     * Nothing is awaited between the look at the cache and the call, so that no other call can have stored the answer
     * meanwhile.
     */
    function fetchUnless(call: Call, cached: Cached | null): Promise<Reply> {
      const isKept = cached !== null && decideUse(cached, call.terms) !== 'none'
      return fetchNew(call, isKept ? cached : null)
    }

    async function fetchAdmitted(call: Call, admission: Promise<void>): Promise<Reply> {
      await admission
      // Another call may have stored the answer meanwhile.
      const cached = cache.read(call)
      return serveCached(call, cached) ?? fetchUnless(call, cached)
    }

    return (call) => {
      try {
        const { freshness, admitCalls } = call.terms
        const cached = cache.read(call)
        const served = serveCached(call, cached)
        if (served) return Promise.resolve(served)
        if (freshness.isCacheOnly) throw notCached(call)
        const admission = admitCalls?.() ?? null
        return admission === null ? fetchUnless(call, cached) : fetchAdmitted(call, admission)
      } catch (error) {
        return Promise.reject(error)
      }
    }
  }

/** Null if no cached answer is as new as the request demands. */
const createServeCached =
  ({ use, useYoung }: ReturnType<typeof createUse>, revalidate: ReturnType<typeof createRevalidate>) =>
  (call: Call, cached: Cached | null): Reply | null => {
    if (!cached) return null
    const how = decideUse(cached, call.terms)
    const young = useYoung(call, cached, how)
    if (young) return toReply(call, young)
    if (how !== 'revalidated') return null
    const isRefreshed = !call.terms.freshness.isCacheOnly
    if (isRefreshed) call.terms.afterwards(() => revalidate(call))
    return toReply(call, use(call, cached, isRefreshed ? 'REVALIDATING' : 'ACCEPTED'))
  }

/**
 * Answers a read for which neither another replica nor Aurora is needed, and counts it as the line does. The line would
 * do the same, with a promise for each of its layers. Null: the call has to go through the line.
 */
export function createAnswerAtOnce({ cache, emit }: Pick<WithCacheOptions, 'cache' | 'emit'>): AnswerAtOnce {
  const { useYoung } = createUse(emit)
  const answerAtOnce = (call: Call): Answer | null => {
    const cached = cache.read(call)
    return cached && isAtHand(cached) ? useYoung(call, cached, decideUse(cached, call.terms)) : null
  }
  return Object.assign(answerAtOnce, {
    byId(terms: Terms, endpoint: Endpoint, query: Ids): AnswerById {
      // Whether an answer is new enough for a request that names an age is decided by `decideUse`.
      if (terms.freshness.maxAgeMs !== null) return () => null
      const readFresh = cache.freshOf(terms.scope.key, endpoint, query)
      const saved = { operation: endpoint.operation, by: 'cache' } as const
      return (id) => {
        const fresh = readFresh(id)
        if (fresh === null) return null
        countSaved(emit, terms, saved)
        terms.onUsed(usedAs('asked', fresh, endpoint))
        return fresh.answer
      }
    },
  })
}

/** The functions that count a cached answer as used, and return it. */
function createUse(emit: Emit) {
  function use(call: Call, cached: Cached, stale: StaleReason | null): Answer {
    const { endpoint, terms } = call
    countSaved(emit, terms, { operation: endpoint.operation, by: stale === null ? 'cache' : 'stale' })
    const used = usedAs('asked', cached, endpoint)
    // If an answer is marked as stale and is in doubt, no 304 may confirm it to a client whose copy has no mark.
    noteUsed(call, stale !== null && cached.doubt !== null ? toUnconfirmed(used) : used, stale)
    return cached.answer
  }
  return {
    use,
    /** Null if the answer is not as new as the request demands, or has to be refreshed for the next one. */
    useYoung(call: Call, cached: Cached, how: Use): Answer | null {
      if (how === 'fresh') return use(call, cached, null)
      if (how === 'unconfirmed') return use(call, cached, 'UNCONFIRMED')
      return how === 'accepted' ? use(call, cached, 'ACCEPTED') : null
    },
  }
}

function toReply({ endpoint }: Call, answer: Answer): Reply {
  if (isReply(answer)) return answer
  throw toRefusalError(endpoint, answer)
}

/** A call that was under way may have returned an answer that another replica had read before this request began. */
function isTooOld({ endpoint, terms }: Call, reply: Reply, nowMs: number): boolean {
  const lifetime = lifetimeOf(endpoint, reply)
  if (lifetime === null || reply.answeredAtMs >= terms.begunAtMs) return false
  const ageMs = nowMs - reply.answeredAtMs
  return decideUse({ answer: reply, ageMs, lifetime }, terms) !== 'fresh'
}

/**
 * Fetches an answer again for the next request. It takes a slot only if one is free at once, because waiting clients go
 * first.
 */
function createRevalidate(next: Upstream, { clock, emit, refreshTimeoutMs }: WithCacheOptions) {
  const underWay = new Set<string>()
  return (call: Call): void => {
    const { key, endpoint } = call
    if (underWay.has(key)) return
    underWay.add(key)
    const later = createLaterTerms({ nowMs: clock.monotonicMs(), timeoutMs: refreshTimeoutMs })
    next(withTerms(call, later))
      .catch((error: unknown) => {
        // A 403 or 404 has taken the place of the stale copy, so it is a success of the revalidation.
        if (isAbsence(error)) return
        const code = isGatewayError(error) ? error.code : 'INTERNAL_SERVER_ERROR'
        emit('revalidationFailed', { operation: endpoint.operation, code, record: call.terms.record })
      })
      .finally(() => underWay.delete(key))
  }
}

function noteUsed({ terms }: Call, used: UsedReply, stale: StaleReason | null): void {
  terms.onUsed(used)
  const { operation, answeredAtMs } = used
  if (stale !== null) terms.onStale({ operation, answeredAtMs, reason: stale })
}

/** An answer that is not cached has no age, so it counts as stale at once. */
function toUsed(call: Call, answer: Answer, { glance }: Cache): UsedReply {
  const { key, endpoint } = call
  const cached = glance.read(call)
  // The entry has the right lifetime, which is shorter just after an event, and makes later look-ups unnecessary.
  if (cached?.answer === answer) return usedAs('asked', cached, endpoint)
  return {
    key,
    operation: endpoint.operation,
    isListed: false,
    answeredAtMs: answer.answeredAtMs,
    lifetime: lifetimeOf(endpoint, answer) ?? UNCACHED,
    answer: new WeakRef(answer),
  }
}

const UNCACHED = { freshMs: 0, staleMs: 0, keptMs: 0 } as const

const notCached = ({ endpoint: { method, route } }: Call): GatewayError =>
  new GatewayError('NOT_CACHED', 'This is not in the cache, and only a cached answer was asked for.', {
    upstream: { method, route },
  })
