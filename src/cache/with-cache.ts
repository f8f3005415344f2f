// First station of the middle: fresh is served, stale is served and refreshed behind, kept is served in bad times.
import type { Clock } from '../clock.ts'
import { GatewayError, isGatewayError } from '../errors/errors.ts'
import { fromReply } from '../errors/from-reply.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { Emit } from '../telemetry/events.ts'
import { ANY_FRESHNESS, createTally } from '../rest/call.ts'
import type { Call, Failure, Reply, Upstream } from '../rest/call.ts'
import type { Cache } from './cache.ts'
import { callKey } from './cache-key.ts'
import { hasEnded } from './lifetimes.ts'
import { touchesOfEnd } from './with-invalidation.ts'

/** Where an older copy is a better answer than the failure. What Aurora refuses (401, 403, 404, …) is an answer. */
const BAD_TIMES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RATE_LIMITED',
  'UPSTREAM_ERROR',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID',
])

/** What takes the place of an older copy as a success would. */
const NEWS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['FORBIDDEN', 'NOT_FOUND'])

export interface WithCacheOptions {
  readonly cache: Cache
  readonly clock: Clock
  readonly emit: Emit
  /** Of a refresh behind a stale answer, for which nobody waits. */
  readonly refreshTimeoutMs: number
}

/**
 * Keeps what comes back. Stands inside the flight, so that nobody finds neither the flight nor what it brought.
 * An answer by which a job is first known to have ended also drops what the job has changed.
 */
export const withStore =
  (next: Upstream, cache: Cache): Upstream =>
  async (call) => {
    const begun = cache.mark()
    const reply = await next(call)
    const ended = reply.isSuccess && !isKnownToHaveEnded(call, cache) ? touchesOfEnd(call, reply, cache) : []
    cache.store(call, reply, begun)
    cache.drop(call.scope.key, ended)
    return reply
  }

function isKnownToHaveEnded(call: Call, cache: Cache): boolean {
  const known = cache.read(call)?.reply
  return known?.isSuccess === true && hasEnded(known.value)
}

/**
 * Serves what is known and asks `next` for the rest. A stale or kept answer adds to the
 * tally's `stale`, a fresh one to its `cache`. Rejections of `next` pass through where no older copy is kept.
 */
export function withCache(
  next: Upstream,
  { cache, clock, emit, refreshTimeoutMs }: WithCacheOptions,
): Upstream {
  const refreshing = new Set<string>()

  /** Takes a slot only if one is free at this moment: whoever waits for an answer goes first. */
  function refresh(call: Call): void {
    const key = callKey(call)
    if (refreshing.has(key)) return
    refreshing.add(key)
    const unwatched: Call = {
      ...call,
      callClass: 'revalidation',
      freshness: ANY_FRESHNESS,
      signal: new AbortController().signal,
      deadlineAtMs: clock.monotonicMs() + refreshTimeoutMs,
      maxWaitMs: 0,
      tally: createTally(),
    }
    const tellFailure = (code: ErrorCode): void =>
      emit('revalidationFailed', { operation: call.endpoint.operation, code })
    next(unwatched)
      .then(
        (reply) => {
          // A 403 or 404 is news: it has taken the place of the stale copy.
          if (!reply.isSuccess && !NEWS.has(codeOf(call, reply))) tellFailure(codeOf(call, reply))
        },
        (error: unknown) => tellFailure(isGatewayError(error) ? error.code : 'INTERNAL_SERVER_ERROR'),
      )
      .finally(() => refreshing.delete(key))
  }

  function serve(call: Call, reply: Reply, by: 'cache' | 'stale'): Reply {
    call.tally.saved[by] += 1
    emit('saved', { operation: call.endpoint.operation, by })
    return reply
  }

  return async (call) => {
    const cached = cache.read(call)
    if (cached?.age === 'fresh') return serve(call, cached.reply, 'cache')
    if (cached?.age === 'stale') {
      if (!call.freshness.isCacheOnly) call.afterwards(() => refresh(call))
      return serve(call, cached.reply, 'stale')
    }
    if (call.freshness.isCacheOnly) throw notCached(call)
    if (cached === null) return next(call)
    const outcome = await next(call).catch((error: unknown) => {
      if (isGatewayError(error) && BAD_TIMES.has(error.code)) return null
      throw error
    })
    const isBad = outcome === null || (!outcome.isSuccess && BAD_TIMES.has(codeOf(call, outcome)))
    return isBad ? serve(call, cached.reply, 'stale') : outcome
  }
}

const notCached = ({ endpoint: { method, route } }: Call): GatewayError =>
  new GatewayError('NOT_CACHED', `${method} ${route} is not in the cache, and only that was asked for.`)

const codeOf = ({ endpoint }: Call, reply: Failure): ErrorCode => fromReply({ ...endpoint, ...reply }).code
