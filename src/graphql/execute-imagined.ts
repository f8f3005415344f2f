// Executes an operation for planning: the resolvers are real, but their loaders and writes reach only an imagined Aurora.
import { execute } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { NO_PARTS } from '../answers/parts.ts'
import type { ExecuteImagined, ImaginedExecution } from '../planning/planner.ts'
import { createRequestRecord } from '../telemetry/request-record.ts'
import type { GatewayError } from '../errors/errors.ts'
import { RequestContext } from './context.ts'
import type { GraphQLContext } from './context.ts'
import { executeOperation } from './execute.ts'
import { fromRequestError } from './present-error.ts'
import { createRepeatNotes } from './repeat-notes.ts'
import { NOTHING_STALE } from './stale-report.ts'

export const createExecuteImagined =
  (schema: GraphQLSchema): ExecuteImagined =>
  async ({ document, variables, operationName }, execution) => {
    const asked = {
      document,
      contextValue: contextOf(execution),
      ...(variables && { variableValues: variables }),
      ...(operationName && { operationName }),
    }
    const result = await (executeOperation(schema, asked) ?? execute({ schema, ...asked }))
    // Without data nothing was executed, so the error concerns the whole request. Errors of fields are expected here: the
    // same fields would fail in the real execution.
    const [error] = result.errors ?? []
    if (error && result.data === undefined) throw fromRequestError(error, 'BAD_USER_INPUT')
  }

/** Nothing that a resolver can reach from here has an effect outside the dry run. */
const contextOf = (execution: ImaginedExecution): GraphQLContext => {
  const given = {
    record: createRequestRecord('imagined'),
    write: execution.write,
    describe: ({ code, message }: GatewayError) => ({ message, extensions: { code } }),
    isReadOnly: false,
    parts: NO_PARTS,
    repeat: createRepeatNotes(),
    tally: execution.tally,
    preferredWaitMs: null,
    staleReport: { ...NOTHING_STALE, isWanted: execution.isTraced },
    budget: {
      windowMs: 0,
      toTime: () => '',
      state: () => ({ limit: 0, remaining: 0, resetAtMs: null }),
      forecast: () => 0,
      comeBackAt: () => 0,
    },
    plan: execution.plan,
    pace: execution.pace,
    stream: null,
    known: null,
    gather: execution.gather,
  }
  return new RequestContext(given, execution.loaders)
}
