// The end of every answer: its errors presented, what it cost, saved and showed stale told, in its body and its header.
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Clock } from '../clock.ts'
import type { GraphQLContext } from './context.ts'
import { createLimitFields } from './limit-fields.ts'
import type { LimitState } from './limit-fields.ts'
import type { PresentError } from './present-error.ts'

export interface OutcomeOptions {
  readonly presentError: PresentError
  readonly clock: Clock
}

export function useOutcome({ presentError, clock }: OutcomeOptions): Plugin<object, GraphQLContext> {
  /** What the body has told, for the header to tell the same. The editor's page is no answer and has none. */
  const told = new WeakMap<object, LimitState>()

  const conclude = async (executed: ExecutionResult, context: GraphQLContext): Promise<ExecutionResult> => {
    const rejection = context.plan.rejection()
    // What was answered from the cache meanwhile does not make half an answer of it.
    const result = rejection
      ? { errors: [new GraphQLError(rejection.message, { originalError: rejection })] }
      : executed
    const wholeAtMs = await context.plan.wholeAtMs()
    const hasData = result.data !== undefined && result.data !== null
    const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
    const state = { windowMs: context.budget.windowMs, ...context.budget.state() }
    told.set(context, state)
    return {
      ...result,
      ...(result.errors && {
        errors: (hasData ? result.errors : result.errors.slice(0, MAX_REQUEST_ERRORS)).map((error) =>
          presentError(error, { hasData, wholeAtMs, now, requestId: context.record.id }),
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
    async onResultProcess({ result, setResult, serverContext }) {
      if (Symbol.asyncIterator in result) return
      if (Array.isArray(result)) return
      setResult(await conclude(result as ExecutionResult, serverContext))
    },
    onResponse({ response: { headers }, serverContext }) {
      const state = told.get(serverContext)
      if (!state) return
      const fields = { ...createLimitFields(state, clock.monotonicMs()) }
      for (const [name, value] of Object.entries(fields)) headers.set(name, value)
      const { preferredWaitMs } = serverContext
      // RFC 7240, 2 and 3: how far the wish was granted, and that the answer may be another without it.
      headers.append('Vary', 'Prefer')
      if (preferredWaitMs !== null)
        headers.set('Preference-Applied', `wait=${Math.floor(preferredWaitMs / 1000)}`)
    },
  }
}

/**
 * Of a document that is refused as a whole: whoever mends twenty knows how. Errors beside data are all told, since each
 * says of one field why it is null.
 */
const MAX_REQUEST_ERRORS = 20

/** What docs/budget.md describes; `resetAt` is null while no slot is held. */
function describeUpstream(
  tally: GraphQLContext['tally'],
  { limit, remaining, resetAtMs }: LimitState,
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
  }
}
