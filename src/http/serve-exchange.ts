// Serves one request on its connection: makes its record, gets the answer, writes it, and reports how it went.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { createRequestRecord } from '../telemetry/request-record.ts'
import type { Served } from '../telemetry/request-record.ts'
import { answer } from './answer.ts'
import type { AnswerOptions } from './answer.ts'
import { isBytes, sizeOf } from './bytes-answer.ts'
import type { Answer } from './bytes-answer.ts'
import type { Connections, Exchange } from './connections.ts'
import { readRequestId } from './headers.ts'
import type { HttpLimits } from './limits.ts'
import { pathOf } from './request-for-gateway.ts'
import { writeBytes } from './write-bytes.ts'
import { writeResponse } from './write-response.ts'

export interface ServeExchangeOptions {
  readonly answerOptions: AnswerOptions
  readonly connections: Connections
  readonly clock: Clock
  readonly limits: HttpLimits
  /** Makes the ids of errors, and of requests whose clients sent none. */
  readonly newId: () => string
  /** Whether the server drains, so that each connection closes after its answer. */
  isClosing(): boolean
  /** Called once for each request, when the client has its answer or has left. */
  onServed?(served: Served): void
}

/** Never rejects. */
export type ServeExchange = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

export function createServeExchange(options: ServeExchangeOptions): ServeExchange {
  const { answerOptions, connections, clock, limits, newId, isClosing } = options
  return async (incoming, outgoing) => {
    const exchange = connections.begin(incoming, outgoing)
    const beganAtMs = clock.monotonicMs()
    const path = pathOf(incoming.url ?? '')
    const record = createRequestRecord(readRequestId(incoming) ?? newId())
    let status: number | null = null
    let bytes = 0
    try {
      const asked = answer(exchange, { record, path }, answerOptions)
      const answered = asked instanceof Promise ? await asked : asked
      status = answered?.status ?? null
      if (answered) holdOwn(exchange, answered)
      const writing = { requestId: record.id, isLast: isClosing(), clock, limits }
      if (answered)
        bytes = isBytes(answered)
          ? await writeBytes(exchange, answered, writing)
          : await writeResponse(exchange, answered, writing)
    } catch (error) {
      // The answer had begun, so a closed connection is the only way left to show that it is not whole.
      if (!exchange.hasLeft) answerOptions.onError(error, newId(), record.id)
      incoming.socket.destroy()
    }
    exchange.unread.release()
    options.onServed?.({
      record,
      method: incoming.method ?? '',
      path,
      status,
      bytes,
      durationMs: clock.monotonicMs() - beganAtMs,
      isCutShort: !outgoing.writableFinished,
    })
  }
}

/** An exchange with its headers on both sides, beside the body of its answer. */
const EXCHANGE_BYTES = 4 * 1024

/** Refusals and other answers of the http room are counted under one name, since nobody may have proven another. */
function holdOwn({ unread }: Exchange, answered: Answer): void {
  if (!unread.isHeld()) unread.hold({ caller: '', bytes: EXCHANGE_BYTES + sizeOf(answered) })
}
