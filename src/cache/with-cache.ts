// First station of the middle: fresh is served, stale is served and refreshed behind, kept is served in bad times.
import type { Clock } from '../clock.ts'
import { GatewayError, isGatewayError } from '../errors/errors.ts'
import { fromReply } from '../errors/from-reply.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { Emit } from '../telemetry/events.ts'
import { ANY_FRESHNESS } from '../rest/call.ts'
import type { Call, Failure, Reply, StaleReason, Upstream } from '../rest/call.ts'
import type { Cache } from './cache.ts'
import { callKey } from './cache-key.ts'
import { decideUse } from './decide-use.ts'
import { decideLifetime, decideRefusalLifetime, hasEnded } from './lifetimes.ts'
import { touchesOfEnd } from './with-invalidation.ts'
import { createTally } from '../telemetry/tally.ts'

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
 * Serves what is known and as new as the request wants it, and asks `next` for the rest. A fresh answer adds to the
 * tally's `cache`, any other to its `stale`. Rejections of `next` pass through where no older copy may be served.
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
      tellStale: () => {},
      tellUsed: () => {},
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

  function serve(call: Call, reply: Reply, stale: StaleReason | null = null): Reply {
    const { operation } = call.endpoint
    const by = stale === null ? 'cache' : 'stale'
    call.tally.saved[by] += 1
    emit('saved', { operation, by, record: call.record })
    tellUsed(call, reply)
    if (stale !== null) call.tellStale({ operation, answeredAtMs: reply.answeredAtMs, reason: stale })
    return reply
  }

  /** Null where what is known is not as new as the request wants it. */
  function serveKnown(call: Call): Reply | null {
    const cached = cache.read(call)
    const use = cached && decideUse(cached, call)
    if (cached && use === 'fresh') return serve(call, cached.reply)
    if (!cached || (use !== 'accepted' && use !== 'revalidated')) return null
    const isRefreshed = use === 'revalidated' && !call.freshness.isCacheOnly
    if (isRefreshed) call.afterwards(() => refresh(call))
    return serve(call, cached.reply, isRefreshed ? 'REVALIDATING' : 'ACCEPTED')
  }

  async function ask(call: Call): Promise<Reply> {
    const reply = await next(call)
    tellUsed(call, reply)
    return reply
  }

  return async (call) => {
    const known = serveKnown(call)
    if (known) return known
    if (call.freshness.isCacheOnly) throw notCached(call)
    if (call.admit) {
      await call.admit()
      // The flight that would have been joined may have landed meanwhile.
      const since = serveKnown(call)
      if (since) return since
    }
    const cached = cache.read(call)
    if (cached === null || decideUse(cached, call) === 'none') return ask(call)
    const outcome = await ask(call).catch((error: unknown) => {
      if (isGatewayError(error) && BAD_TIMES.has(error.code)) return error.code
      throw error
    })
    const isAnswer =
      typeof outcome !== 'string' && (outcome.isSuccess || !BAD_TIMES.has(codeOf(call, outcome)))
    if (isAnswer) return outcome
    return serve(call, cached.reply, outcome === 'RATE_LIMITED' ? 'RATE_LIMITED' : 'UPSTREAM_FAILED')
  }
}

/** What is not kept has no age that could be told. */
function tellUsed(call: Call, reply: Reply): void {
  const { endpoint, tellUsed: tell } = call
  const lifetime = reply.isSuccess
    ? decideLifetime(endpoint.kind, reply.value)
    : decideRefusalLifetime(reply.status, endpoint)
  const { answeredAtMs } = reply
  const { operation } = endpoint
  tell({ key: callKey(call), operation, isListed: false, answeredAtMs, lifetime: lifetime ?? UNKEPT })
}

const UNKEPT = { freshMs: 0, staleMs: 0, keptMs: 0 } as const

const notCached = ({ endpoint: { method, route } }: Call): GatewayError =>
  new GatewayError('NOT_CACHED', `${method} ${route} is not in the cache, and only that was asked for.`)

const codeOf = ({ endpoint }: Call, reply: Failure): ErrorCode => fromReply({ ...endpoint, ...reply }).code
