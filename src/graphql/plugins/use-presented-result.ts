// Ends every answer: presents its errors, and reports what it cost, saved and served stale, in its body and its header.
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Clock } from '../../clock.ts'
import type { GraphQLContext } from '../context.ts'
import type { PresentError } from '../present-error.ts'
import { createRateLimitFields } from './rate-limit-fields.ts'
import type { RateLimitState } from './rate-limit-fields.ts'

export interface PresentedResultOptions {
  readonly presentError: PresentError
  readonly clock: Clock
}

export function usePresentedResult({
  presentError,
  clock,
}: PresentedResultOptions): Plugin<object, GraphQLContext> {
  /** What the body reports, so that the header reports the same. The page of the editor is no answer and has no entry. */
  const reported = new WeakMap<object, RateLimitState>()

  const present = async (
    executed: ExecutionResult,
    context: GraphQLContext,
    gone: AbortSignal,
  ): Promise<ExecutionResult> => {
    const rejection = context.plan.rejection()
    // A rejected request gets no data at all, even if the cache has answered some of its fields in the meantime.
    const result = rejection
      ? { errors: [new GraphQLError(rejection.message, { originalError: rejection })] }
      : executed
    const wholeAtMs = await context.plan.wholeAtMs()
    const hasData = result.data !== undefined && result.data !== null
    const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
    const state = { windowMs: context.budget.windowMs, ...context.budget.state() }
    reported.set(context, state)
    return {
      ...result,
      ...(result.errors && {
        errors: (hasData ? result.errors : result.errors.slice(0, MAX_REQUEST_ERRORS)).map((error) =>
          presentError(error, { hasData, wholeAtMs, now, requestId: context.record.id, gone }),
        ),
      }),
      extensions: {
        ...result.extensions,
        upstream: describeUpstream(context.tally, state, clock),
        ...(context.staleReport.isWanted && { freshness: context.staleReport.entries() }),
      },
    }
  }

  return {
    async onResultProcess({ request, result, setResult, serverContext }) {
      if (Symbol.asyncIterator in result) return
      if (Array.isArray(result)) return
      setResult(await present(result as ExecutionResult, serverContext, request.signal))
    },
    onResponse({ response: { headers }, serverContext }) {
      const state = reported.get(serverContext)
      if (!state) return
      const fields = { ...createRateLimitFields(state, clock.monotonicMs()) }
      for (const [name, value] of Object.entries(fields)) headers.set(name, value)
      const { preferredWaitMs } = serverContext
      // RFC 7240, 2 and 3: the answer may differ without the preference, and the applied wait is reported.
      headers.append('Vary', 'Prefer')
      if (preferredWaitMs !== null)
        headers.set('Preference-Applied', `wait=${Math.floor(preferredWaitMs / 1000)}`)
    },
  }
}

/**
 * The bound for a document that is rejected as a whole: the first twenty errors show its author how to correct the rest.
 * Errors beside data have no bound, because each explains why one field is null.
 */
const MAX_REQUEST_ERRORS = 20

/** The format is described in docs/budget.md; `resetAt` is null while no slot is held. */
export function describeUpstream(
  tally: GraphQLContext['tally'],
  { limit, remaining, resetAtMs }: RateLimitState,
  clock: Clock,
) {
  const resetAt =
    resetAtMs === null ? null : new Date(clock.wallMs() + resetAtMs - clock.monotonicMs()).toISOString()
  return {
    calls: tally.calls,
    saved: { ...tally.saved },
    limit,
    remaining,
    resetAt,
    queuedMs: Math.round(tally.queuedMs),
    ...(tally.unnotified > 0 && { unnotified: tally.unnotified }),
  }
}
