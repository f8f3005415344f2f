// Ends every answer: presents its errors, and reports what it cost, saved and served stale, in its body and its header.
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import { decideValidatedBy } from '../../answers/ages.ts'
import type { ValidatedBy } from '../../answers/ages.ts'
import { merge } from '../../merge.ts'
import { whenThere } from '../../turns/at-once.ts'
import type { Soon } from '../../turns/at-once.ts'
import type { Clock } from '../../clock.ts'
import type { FieldWriter } from '../../exchange/plain-exchange.ts'
import type { GraphQLContext } from '../context.ts'
import type { PresentError } from '../present-error.ts'
import { writeErrors } from './write-large.ts'
import { createRateLimitFields } from './rate-limit-fields.ts'
import type { RateLimitState } from './rate-limit-fields.ts'
import { tagsFor, UPSTREAM_FIELD, upstreamFieldOf } from './router-fields.ts'

export interface PresentedResultOptions {
  readonly presentError: PresentError
  readonly clock: Clock
  /** Whether answers report by what their freshness is proven: only if that may be something else than their age. */
  readonly showsValidation: boolean
}

export interface PresentResult {
  /** `gone` is read only if there are errors. */
  present(result: ExecutionResult, context: GraphQLContext, gone: () => AbortSignal): Soon<ExecutionResult>
  writeFields(headers: FieldWriter, context: GraphQLContext): void
}

export function createPresentResult(options: PresentedResultOptions): PresentResult {
  const { presentError, clock, showsValidation } = options
  /** What the body reports, so that the header reports the same. The page of the editor has no entry here. */
  const reported = new WeakMap<object, RateLimitState>()

  function describe(
    result: ExecutionResult,
    {
      context,
      gone,
      wholeAtMs,
    }: { context: GraphQLContext; gone: () => AbortSignal; wholeAtMs: number | null },
  ): ExecutionResult {
    const { tally, budget, staleReport } = context
    const state = { windowMs: budget.windowMs, ...budget.state() }
    reported.set(context, state)
    const validation = showsValidation ? validatedBy(context, clock) : null
    const extensions = {
      ...result.extensions,
      upstream: describeUpstream(tally, state, clock, validation),
      ...(staleReport.isWanted && { freshness: staleReport.entries() }),
      ...tagsFor(result, context),
    }
    if (!result.errors) return merge(result, { extensions })
    const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
    const shown = showErrors(result, context, (error, hasData) => {
      const { id: requestId, isOfRouter } = context.record
      return presentError(error, { hasData, wholeAtMs, now, requestId, isOfRouter, gone: gone() })
    })
    return merge(shown, { extensions })
  }

  return {
    present(executed, context, gone) {
      const rejection = context.plan.rejection()
      // A rejected request gets no data at all, even if the cache has answered some of its fields in the meantime.
      const result = rejection
        ? { errors: [new GraphQLError(rejection.message, { originalError: rejection })] }
        : executed
      // If the budget refused no call, there is nothing to wait for.
      const wholeAtMs = context.tally.refused === 0 ? null : context.plan.wholeAtMs()
      return whenThere(wholeAtMs, (atMs) =>
        writeErrors(describe(result, { context, gone, wholeAtMs: atMs }), context),
      )
    },
    writeFields(headers, context) {
      const state = reported.get(context)
      if (!state) return
      const fields = createRateLimitFields(state, clock.monotonicMs())
      headers.set('ratelimit-policy', fields['RateLimit-Policy'])
      headers.set('ratelimit', fields.RateLimit)
      const { preferredWaitMs, record, tally } = context
      if (record.isOfRouter) headers.set(UPSTREAM_FIELD, upstreamFieldOf(tally, state, clock.monotonicMs()))
      // RFC 7240, 2 and 3: the answer may differ without the preference, and the applied wait is reported.
      headers.append('vary', 'Prefer')
      if (preferredWaitMs !== null)
        headers.set('preference-applied', `wait=${Math.floor(preferredWaitMs / 1000)}`)
    },
  }
}

function showErrors(
  result: ExecutionResult,
  { record }: GraphQLContext,
  show: (error: unknown, hasData: boolean) => GraphQLError,
): ExecutionResult {
  const hasData = result.data !== undefined && result.data !== null
  const all = result.errors ?? []
  const errors = (hasData ? all : all.slice(0, MAX_REQUEST_ERRORS)).map((error) => show(error, hasData))
  // Its status is 200, which an answer without `data` may not have (GraphQL over HTTP, 6.4.2).
  return merge(result, record.isOfRouter && !hasData ? { errors, data: null } : { errors })
}

/** A repeated answer has the parts of the remembered one. */
const validatedBy = ({ repeat, parts }: GraphQLContext, clock: Clock): ValidatedBy =>
  decideValidatedBy(repeat.answer?.parts ?? parts.all(), clock.monotonicMs())

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
  validatedBy: ValidatedBy | null = null,
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
    ...(validatedBy !== null && { validatedBy }),
  }
}
