// Writes the large parts of an answer in turns of the event loop, and refuses an answer that is larger than allowed.
import type { ExecutionResult } from 'graphql'
import { findLarge, writeInTurns, writeLarge } from '../../answers/in-turns.ts'
import type { Turns } from '../../answers/in-turns.ts'
import { AnswerTooLargeError } from '../../exchange/answer-too-large.ts'
import { merge } from '../../merge.ts'
import { whenThere } from '../../turns/at-once.ts'
import type { Soon } from '../../turns/at-once.ts'
import { UNITS_PER_TURN } from '../../turns/pace.ts'
import type { GraphQLContext } from '../context.ts'
import { orTooLarge, refuseLarge } from './refuse-large.ts'

/** `stringify` writes the result; without it, the result is written as any JSON. */
export type Written = ExecutionResult & {
  /** The text of `data`, if it is large. */
  readonly dataText?: string
  stringify?: (result: ExecutionResult) => string
}

/** The turns of the request: other callers have turns between them, and they end when the client leaves. */
export const turnsOf = ({ pace }: Pick<GraphQLContext, 'pace'>): Turns => ({
  nextTurn: () => pace.wait(UNITS_PER_TURN),
})

/** The result with the text of its data, if that is large; without data, if it is too large. */
export function writeData(result: Written, context: GraphQLContext, maxBytes: number): Soon<Written> {
  const { data, errors = [] } = result
  if (!data) return result
  const bytes = errors.length * BYTES_PER_ERROR
  if (bytes > maxBytes)
    return refuseLarge(result, context, new AnswerTooLargeError('text', { maxBytes, bytes }))
  const large = findLarge(data)
  if (!large) return result
  return orTooLarge(
    async () =>
      withTexts(result, { dataText: await writeLarge(data, large, { maxBytes, ...turnsOf(context) }) }),
    (error) => refuseLarge(result, context, error),
  )
}

/** The least number of bytes that an error has. */
const BYTES_PER_ERROR = 150

/** How many errors are written at once. An answer may have thousands, which are written in turns. */
const MAX_ERRORS_AT_ONCE = 250

/** To be called when the errors do not change any more. */
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
  return merge(result, dataText === undefined ? { stringify } : { dataText, stringify })
}
