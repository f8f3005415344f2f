// Writes what is large of an answer in turns of the event loop, and refuses an answer that is larger than it may be.
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import { AnswerTooLargeError, findLarge, writeInTurns, writeLarge } from '../../answers/in-turns.ts'
import type { Turns } from '../../answers/in-turns.ts'
import { whenThere } from '../../turns/at-once.ts'
import type { Soon } from '../../turns/at-once.ts'
import { GatewayError, OUTCOME_WORDS } from '../../errors/errors.ts'
import type { WriteOutcome } from '../../errors/errors.ts'
import { UNITS_PER_TURN } from '../../turns/pace.ts'
import type { GraphQLContext } from '../context.ts'

/** `stringify` writes the result; without it, the result is written as any JSON. */
export type Written = ExecutionResult & {
  /** The text of `data`, where it is large. */
  readonly dataText?: string
  stringify?: (result: ExecutionResult) => string
}

/** The turns in which the request executes: those of other callers come between them, and a client that leaves ends them. */
export const turnsOf = ({ pace }: Pick<GraphQLContext, 'pace'>): Turns => ({
  nextTurn: () => pace.wait(UNITS_PER_TURN),
})

/** The result with the text of its data, if that is large; without data, if it is too large. */
export function writeData(result: Written, context: GraphQLContext, maxBytes: number): Soon<Written> {
  const { data, errors = [] } = result
  if (!data) return result
  if (errors.length * BYTES_PER_ERROR > maxBytes)
    return tooLarge(result, context, { maxBytes, actual: errors.length * BYTES_PER_ERROR })
  const large = findLarge(data)
  if (!large) return result
  return orTooLarge(
    async () =>
      withTexts(result, { dataText: await writeLarge(data, large, { ...turnsOf(context), maxBytes }) }),
    (actual) => tooLarge(result, context, { maxBytes, actual }),
  )
}

/** At the least. */
const BYTES_PER_ERROR = 150

/** So many are written at once. An answer may have thousands, which are written in turns. */
const MAX_ERRORS_AT_ONCE = 250

/** To be called when nothing of the errors changes any more. */
export function writeErrors(result: Written, context: GraphQLContext): Soon<Written> {
  const { errors = [] } = result
  if (errors.length <= MAX_ERRORS_AT_ONCE) return result
  return whenThere(writeInTurns(errors, turnsOf(context)), (errorsText) => withTexts(result, { errorsText }))
}

interface Texts {
  readonly dataText?: string
  readonly errorsText?: string
}

export function withTexts(result: Written, { dataText = result.dataText, errorsText }: Texts): Written {
  const stringify = ({ errors, data, extensions }: ExecutionResult): string => {
    const before = errors ? `"errors":${errorsText ?? JSON.stringify(errors)},` : ''
    return `{${before}"data":${dataText ?? JSON.stringify(data)},"extensions":${JSON.stringify(extensions)}}`
  }
  return { ...result, ...(dataText !== undefined && { dataText }), stringify }
}

/** `otherwise` gets how much was written of what is too large. */
export async function orTooLarge<Value>(
  write: () => Soon<Value>,
  otherwise: (bytes: number) => Value,
): Promise<Value> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof AnswerTooLargeError) return otherwise(error.bytes)
    throw error
  }
}

/** What is executed has been executed: a client that sent a mutation has to learn that. */
export function tooLarge(
  { errors }: ExecutionResult,
  { record }: Pick<GraphQLContext, 'record'>,
  { maxBytes, actual }: { readonly maxBytes: number; readonly actual: number },
): Written {
  const isWrite = record.operation?.type === 'mutation'
  const outcome: WriteOutcome | null = isWrite ? (errors ? 'UNKNOWN' : 'DONE') : null
  const words = `An answer may have ${maxBytes} bytes: this one has more.${outcome ? ` ${OUTCOME_WORDS[outcome]}` : ''}`
  const details = { limit: maxBytes, actual, ...(outcome && { outcome }) }
  const originalError = new GatewayError('QUERY_REJECTED', words, details)
  return { errors: [new GraphQLError(words, { originalError })] }
}
