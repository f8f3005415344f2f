// One operation with the events that it leads to.

import type { Answer, OperationRequest } from '../operation.ts'
import { answerOperation } from '../routes.ts'
import type { Match } from '../routes.ts'
import type { SentEvent } from './events.ts'
import { watchWrite } from './events-of-writes.ts'

export interface Performed {
  readonly answer: Answer
  /** None if the operation was refused, or changes nothing that an event reports. */
  readonly events: readonly SentEvent[]
}

export function perform(match: Match, request: Omit<OperationRequest, 'ids'>): Performed {
  const eventsAfter = watchWrite(match.operation.operationId, { ...request, ids: match.ids })
  const answer = answerOperation(match, request)
  return { answer, events: answer.status < 300 ? eventsAfter(answer.body) : [] }
}
