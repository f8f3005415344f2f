// Serves one request on its connection: makes its record, gets the answer, writes it, and reports how it went.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { createRequestRecord } from '../telemetry/request-record.ts'
import type { Served } from '../telemetry/request-record.ts'
import { answer, readTarget } from './answer.ts'
import type { AnswerOptions } from './answer.ts'
import type { Connections, Exchange } from './connections.ts'
import { lengthOf, readRequestId } from './headers.ts'
import type { HttpLimits } from './limits.ts'
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
    const url = readTarget(incoming.url ?? '')
    const record = createRequestRecord(readRequestId(incoming) ?? newId())
    outgoing.setHeader('x-request-id', record.id)
    let status: number | null = null
    let bytes = 0
    try {
      const response = await answer(exchange, { record, url }, answerOptions)
      status = response?.status ?? null
      if (response) holdOwn(exchange, response)
      if (response) bytes = await writeResponse(exchange, response, { isLast: isClosing(), clock, limits })
    } catch (error) {
      // The answer had begun, so a closed connection is the only way left to show that it is not whole.
      if (!exchange.hasLeft) answerOptions.onError(error, newId(), record.id)
      incoming.socket.destroy()
    }
    exchange.unread.release()
    options.onServed?.({
      record,
      method: incoming.method ?? '',
      path: url?.pathname ?? null,
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
function holdOwn({ unread }: Exchange, response: Response): void {
  if (!unread.isHeld()) unread.hold({ caller: '', bytes: EXCHANGE_BYTES + lengthOf(response) })
}
