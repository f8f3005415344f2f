// Refuses a GraphQL request: counts the refusal, and gives it in a form that its client reads.

import { randomUUID } from 'node:crypto'
import type { FieldReader } from '../callers/caller.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { AnswerOptions } from './answer-options.ts'
import type { Head } from './heads.ts'
import { toRouter, unexpected } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { refuse } from './refuse.ts'

interface TurnedAway {
  readonly fields: FieldReader
  readonly head: Pick<Head, 'method'>
  readonly record: RequestRecord
}

export function turnAway(
  { record, fields, head }: TurnedAway,
  refusal: Refusal,
  options: Pick<AnswerOptions, 'onTurnedAway'>,
): Response {
  options.onTurnedAway?.(refusal)
  record.refusedWith = refusal.status
  const shown = record.isOfRouter ? toRouter(refusal) : refusal
  return refuse(shown, { method: head.method, fields })
}

export function refuseFault(
  error: unknown,
  { record, fields, head }: TurnedAway,
  { onError }: Pick<AnswerOptions, 'onError'>,
): Response {
  const errorId = randomUUID()
  onError(error, errorId, record.id)
  const refusal = unexpected(errorId)
  record.refusedWith = refusal.status
  return refuse(refusal, { method: head.method, fields })
}
