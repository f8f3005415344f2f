// The end of every answer: its errors presented, and `extensions.upstream` telling what it cost and what was saved.
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Clock } from '../clock.ts'
import type { GraphQLContext } from './context.ts'
import type { PresentError } from './present-error.ts'

export interface OutcomeOptions {
  readonly presentError: PresentError
  readonly clock: Clock
}

export function useOutcome({ presentError, clock }: OutcomeOptions): Plugin<object, GraphQLContext> {
  const conclude = async (executed: ExecutionResult, context: GraphQLContext): Promise<ExecutionResult> => {
    const rejection = context.plan.rejection()
    // What was answered from the cache meanwhile does not make half an answer of it.
    const result = rejection
      ? { errors: [new GraphQLError(rejection.message, { originalError: rejection })] }
      : executed
    const wholeAtMs = await context.plan.wholeAtMs()
    const hasData = result.data !== undefined && result.data !== null
    const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
    return {
      ...result,
      ...(result.errors && {
        errors: result.errors.map((error) => presentError(error, { hasData, wholeAtMs, now })),
      }),
      extensions: { ...result.extensions, upstream: describeUpstream(context, clock) },
    }
  }

  return {
    async onResultProcess({ result, setResult, serverContext }) {
      if (Symbol.asyncIterator in result) return
      if (Array.isArray(result)) return
      setResult(await conclude(result as ExecutionResult, serverContext))
    },
  }
}

/** What docs/budget.md describes; `resetAt` is null while no slot is held. */
function describeUpstream({ tally, budget }: GraphQLContext, clock: Clock) {
  const { limit, remaining, resetAtMs } = budget.state()
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
