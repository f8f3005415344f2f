// Refuses an answer that is larger than allowed, whether its execution has ended or not.
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import { GatewayError, OUTCOME_WORDS } from '../../errors/errors.ts'
import type { WriteOutcome } from '../../errors/errors.ts'
import { AnswerTooLargeError } from '../../exchange/answer-too-large.ts'
import type { Soon } from '../../turns/at-once.ts'
import type { GraphQLContext } from '../context.ts'

export async function orTooLarge<Value>(
  write: () => Soon<Value>,
  otherwise: (error: AnswerTooLargeError) => Value,
): Promise<Value> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof AnswerTooLargeError) return otherwise(error)
    throw error
  }
}

/** `isWritten`: whether all writes of a mutation were begun and none has failed, as far as the result shows. */
interface Refused {
  readonly isWritten: boolean
}

/** A client that sent a mutation must be told whether it was carried out. */
export function refuseLarge(
  { errors, isWritten = errors === undefined }: Pick<ExecutionResult, 'errors'> & Partial<Refused>,
  { record }: Pick<GraphQLContext, 'record'>,
  { excess, maxBytes, bytes }: AnswerTooLargeError,
): ExecutionResult {
  const outcome: WriteOutcome | null =
    record.operation?.type === 'mutation' ? (isWritten ? 'DONE' : 'UNKNOWN') : null
  const words = [WORDS[excess](maxBytes), ...(outcome ? [OUTCOME_WORDS[outcome]] : [])].join(' ')
  const details = {
    // The client gets no figures of the room, because other requests use most of it.
    ...(excess === 'room' ? { retryInMs: ROOM_MS } : { limit: maxBytes, actual: bytes }),
    ...(outcome && { outcome }),
  }
  const originalError = new GatewayError(
    excess === 'room' ? 'RATE_LIMITED' : 'QUERY_REJECTED',
    words,
    details,
  )
  return { errors: [new GraphQLError(words, { originalError })] }
}

/** The same time as for other refusals of a full gateway: most answers are made in less. */
const ROOM_MS = 1_000

const WORDS: Readonly<Record<AnswerTooLargeError['excess'], (maxBytes: number) => string>> = {
  text: (maxBytes) => `An answer may have ${maxBytes} bytes: this one has more.`,
  memory: (maxBytes) => `An answer may take ${maxBytes} bytes of memory: this one takes more.`,
  room: () => 'Other large answers are being made: there is no room for this one now.',
}
