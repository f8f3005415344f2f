// Serves one request on its connection: makes its record, gets the answer, writes it, and reports how it went.

import type { Clock } from '../clock.ts'
import { createRequestRecord } from '../telemetry/request-record.ts'
import type { RequestRecord, Served } from '../telemetry/request-record.ts'
import { answer } from './answer.ts'
import type { AnswerOptions } from './answer-options.ts'
import { isBytes, sizeOf } from './bytes-answer.ts'
import type { Answer } from './bytes-answer.ts'
import type { Exchange } from './connections.ts'
import { readRequestId } from './headers.ts'
import type { HttpLimits } from './limits.ts'
import { pathOf } from './request-for-gateway.ts'
import { writeBytes } from './write-bytes.ts'
import { writeResponse } from './write-response.ts'

export interface ServeExchangeOptions {
  readonly answerOptions: AnswerOptions
  readonly clock: Clock
  readonly limits: HttpLimits
  /** Makes the ids of errors, and of requests whose clients sent none. */
  readonly newId: () => string
  /** Whether the server drains, so that each connection closes after its answer. */
  isClosing(): boolean
  /** Called once for each request, when the client has its answer or has left. */
  onServed?(served: Served): void
  /** Called after `onServed`. */
  onOver(): void
}

/** Never throws. */
export type ServeExchange = (exchange: Exchange) => void

interface Serving {
  readonly exchange: Exchange
  readonly record: RequestRecord
  readonly path: string | null
  readonly beganAtMs: number
  status: number | null
}

/** A promise only where something is waited for: what is known is written in the turn in which its request was read. */
export function createServeExchange(options: ServeExchangeOptions): ServeExchange {
  const { answerOptions, clock, limits, newId, isClosing } = options

  const report = ({ exchange, record, path, beganAtMs, status }: Serving, bytes: number): void => {
    const { incoming, outgoing, unread } = exchange
    unread.release()
    options.onServed?.({
      record,
      method: incoming.method ?? '',
      path,
      status,
      bytes,
      durationMs: clock.monotonicMs() - beganAtMs,
      isCutShort: !outgoing.writableFinished,
    })
    options.onOver()
  }
  const breakOff = (serving: Serving, error: unknown): void => {
    const { exchange, record } = serving
    // The answer had begun, so a closed connection is the only way left to show that it is not whole.
    if (!exchange.hasLeft) answerOptions.onError(error, newId(), record.id)
    exchange.incoming.socket.destroy()
    report(serving, 0)
  }
  const write = (serving: Serving, answered: Answer | null): void => {
    const { exchange, record } = serving
    if (answered === null) return report(serving, 0)
    serving.status = answered.status
    const writing = { requestId: record.id, isLast: isClosing(), clock, limits }
    if (isBytes(answered)) return writeBytes(exchange, answered, writing, (bytes) => report(serving, bytes))
    holdOwn(exchange, answered)
    void writeResponse(exchange, answered, writing).then(
      (bytes) => report(serving, bytes),
      (error: unknown) => breakOff(serving, error),
    )
  }
  return (exchange) => {
    const { incoming } = exchange
    const record = createRequestRecord(readRequestId(incoming) ?? newId())
    const path = pathOf(incoming.url ?? '')
    const serving: Serving = { exchange, record, path, beganAtMs: clock.monotonicMs(), status: null }
    try {
      const asked = answer(exchange, serving, answerOptions)
      if (!(asked instanceof Promise)) return write(serving, asked)
      void asked
        .then((answered) => write(serving, answered))
        .catch((error: unknown) => breakOff(serving, error))
    } catch (error) {
      breakOff(serving, error)
    }
  }
}

/** An exchange with its headers on both sides, beside the body of its answer. */
const EXCHANGE_BYTES = 4 * 1024

/** Refusals and other answers of the http room are counted under one name, since nobody may have proven another. */
function holdOwn({ unread }: Exchange, answered: Answer): void {
  if (!unread.isHeld()) unread.hold({ caller: '', bytes: EXCHANGE_BYTES + sizeOf(answered) })
}
