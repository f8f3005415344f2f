// Serves one request on its connection: makes its record, gets the answer, writes it, and reports the outcome.

import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import { createRequestRecord } from '../telemetry/request-record.ts'
import type { RequestRecord, Served } from '../telemetry/request-record.ts'
import { answer } from './answer.ts'
import type { AnswerOptions } from './answer-options.ts'
import { isBytes, sizeOf } from './bytes-answer.ts'
import type { Answer } from './bytes-answer.ts'
import type { Exchange } from './exchange.ts'
import { readFields } from './fields.ts'
import { faultOfHead } from './head-faults.ts'
import { readRequestId } from './headers.ts'
import type { HttpLimits } from './limits.ts'
import { pathOf } from './request-for-gateway.ts'
import type { Refusal } from './refusal.ts'
import { isStreamed } from './stream-answer.ts'
import type { StreamAnswer } from './stream-answer.ts'
import { turnAway } from './turn-away.ts'
import { NOBODY } from './unread-answers.ts'
import { writeBytes } from './write-bytes.ts'
import { writeResponse } from './write-response.ts'
import type { WriteOptions } from './write-response.ts'
import type { Streamed, StreamOptions } from './stream-writing.ts'
import { writeStream } from './write-stream.ts'

export interface ServeExchangeOptions {
  readonly answerOptions: AnswerOptions
  readonly clock: Clock
  readonly limits: HttpLimits
  /** Makes the ids of errors, and of requests whose clients sent none. */
  readonly newId: () => string
  /** Whether the server drains, so that each connection closes after its answer. */
  isClosing(): boolean
  /** 0 to 1; spreads the heartbeats and ends of streams. */
  readonly random: () => number
  readonly onStream?: StreamOptions['onStream']
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
  /** The fault in its head, if there is one. */
  readonly fault: Refusal | null
  readonly beganAtMs: number
  status: number | null
}

/**
 * Returns a promise only if something has to be awaited: a known answer is written in the turn in which its request was
 * read.
 */
export function createServeExchange(options: ServeExchangeOptions): ServeExchange {
  const { answerOptions, clock, limits, newId, isClosing } = options
  const stream = createWriteStream(options)
  /** The connections that have to end because of a faulty head: the bytes behind it may be the body of that request. */
  const faults = new WeakMap<Socket, Refusal>()

  const report = (serving: Serving, bytes: number, stream?: Served['stream']): void => {
    serving.exchange.unread.release()
    options.onServed?.(
      servedOf(serving, { bytes, stream, durationMs: clock.monotonicMs() - serving.beganAtMs }),
    )
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
    const writing = { requestId: record.id, isLast: isClosing() || serving.fault !== null, clock, limits }
    if (isBytes(answered)) return writeBytes(exchange, answered, writing, (bytes) => report(serving, bytes))
    if (isStreamed(answered))
      return stream(exchange, { answered, ...writing }, ({ bytes, ...ended }) =>
        report(serving, bytes, ended),
      )
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
    const fault = faults.get(incoming.socket) ?? faultOfHead(incoming)
    if (fault) faults.set(incoming.socket, fault)
    const beganAtMs = clock.monotonicMs()
    const serving: Serving = { exchange, record, path, fault, beganAtMs, status: null }
    try {
      const asked = fault
        ? refuseHead(serving, fault, answerOptions)
        : answer(exchange, serving, answerOptions)
      if (!(asked instanceof Promise)) return write(serving, asked)
      void asked
        .then((answered) => write(serving, answered))
        .catch((error: unknown) => breakOff(serving, error))
    } catch (error) {
      breakOff(serving, error)
    }
  }
}

function refuseHead(
  { exchange: { incoming }, record }: Serving,
  fault: Refusal,
  options: AnswerOptions,
): Response {
  const head = { method: incoming.method ?? '' }
  return turnAway({ record, fields: readFields(incoming), head }, fault, options)
}

function servedOf(
  { exchange: { incoming, outgoing }, record, path, status }: Serving,
  { stream, ...measured }: Pick<Served, 'bytes' | 'durationMs'> & { stream: Served['stream'] | undefined },
): Served {
  return {
    record,
    method: incoming.method ?? '',
    path,
    status: record.refusedWith ?? status,
    ...measured,
    isCutShort: !outgoing.writableFinished,
    ...(stream && { stream }),
  }
}

/** Streams share one object with everything that is the same for all of them. */
function createWriteStream({ answerOptions, clock, limits, newId, random, onStream }: ServeExchangeOptions) {
  const common: StreamOptions = {
    streams: answerOptions.streams,
    clock,
    limits,
    random,
    authenticate: answerOptions.checkCaller.identify,
    onFault(error, requestId) {
      const errorId = newId()
      answerOptions.onError(error, errorId, requestId)
      return errorId
    },
    onStream,
  }
  return (
    exchange: Exchange,
    { answered, requestId, isLast }: StreamWriting,
    onOver: (streamed: Streamed) => void,
  ): void => writeStream({ exchange, answered, requestId, isLast, onOver }, common)
}

interface StreamWriting extends Pick<WriteOptions, 'requestId' | 'isLast'> {
  readonly answered: StreamAnswer
}

/** The memory of an exchange with its headers on both sides, without the body of its answer. */
const EXCHANGE_BYTES = 4 * 1024

function holdOwn({ unread }: Exchange, answered: Answer): void {
  if (!unread.isHeld()) unread.hold({ bytes: EXCHANGE_BYTES + sizeOf(answered), ...NOBODY })
}
