// Ends every answer: presents its errors, and reports what it cost, saved and served stale, in its body and its header.
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import { writeInTurns } from '../../answers/in-turns.ts'
import { whenThere } from '../../at-once.ts'
import type { Soon } from '../../at-once.ts'
import type { Clock } from '../../clock.ts'
import type { FieldWriter } from '../../plain-exchange.ts'
import type { GraphQLContext } from '../context.ts'
import type { PresentError } from '../present-error.ts'
import { createRateLimitFields } from './rate-limit-fields.ts'
import type { RateLimitState } from './rate-limit-fields.ts'

export interface PresentedResultOptions {
  readonly presentError: PresentError
  readonly clock: Clock
}

export interface PresentResult {
  /** `gone` is read only where there are errors. */
  present(result: ExecutionResult, context: GraphQLContext, gone: () => AbortSignal): Soon<ExecutionResult>
  writeFields(headers: FieldWriter, context: GraphQLContext): void
}

export function createPresentResult({ presentError, clock }: PresentedResultOptions): PresentResult {
  /** What the body reports, so that the header reports the same. The page of the editor is no answer and has no entry. */
  const reported = new WeakMap<object, RateLimitState>()

  function describe(
    result: ExecutionResult,
    {
      context,
      gone,
      wholeAtMs,
    }: { context: GraphQLContext; gone: () => AbortSignal; wholeAtMs: number | null },
  ): ExecutionResult {
    const state = { windowMs: context.budget.windowMs, ...context.budget.state() }
    reported.set(context, state)
    const extensions = {
      ...result.extensions,
      upstream: describeUpstream(context.tally, state, clock),
      ...(context.staleReport.isWanted && { freshness: context.staleReport.entries() }),
    }
    if (!result.errors) return { ...result, extensions }
    const hasData = result.data !== undefined && result.data !== null
    const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
    const circumstances = { hasData, wholeAtMs, now, requestId: context.record.id, gone: gone() }
    const shown = hasData ? result.errors : result.errors.slice(0, MAX_REQUEST_ERRORS)
    return { ...result, errors: shown.map((error) => presentError(error, circumstances)), extensions }
  }

  return {
    present(executed, context, gone) {
      const rejection = context.plan.rejection()
      // A rejected request gets no data at all, even if the cache has answered some of its fields in the meantime.
      const result = rejection
        ? { errors: [new GraphQLError(rejection.message, { originalError: rejection })] }
        : executed
      // Where the budget refused nothing there is nothing to wait for.
      const wholeAtMs = context.tally.refused === 0 ? null : context.plan.wholeAtMs()
      return whenThere(wholeAtMs, (atMs) => writeErrors(describe(result, { context, gone, wholeAtMs: atMs })))
    },
    writeFields(headers, context) {
      const state = reported.get(context)
      if (!state) return
      const fields = createRateLimitFields(state, clock.monotonicMs())
      headers.set('ratelimit-policy', fields['RateLimit-Policy'])
      headers.set('ratelimit', fields.RateLimit)
      const { preferredWaitMs } = context
      // RFC 7240, 2 and 3: the answer may differ without the preference, and the applied wait is reported.
      headers.append('vary', 'Prefer')
      if (preferredWaitMs !== null)
        headers.set('preference-applied', `wait=${Math.floor(preferredWaitMs / 1000)}`)
    },
  }
}

/** So many are written at once. An answer may have thousands, which are written in turns. */
const MAX_ERRORS_AT_ONCE = 250

function writeErrors(result: ExecutionResult): Soon<ExecutionResult> {
  if ((result.errors?.length ?? 0) <= MAX_ERRORS_AT_ONCE) return result
  return whenThere(writeInTurns(result), (text) => Object.assign(result, { stringify: () => text }))
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
