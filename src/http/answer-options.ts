// What answering a request needs: the parts of the http room, and the gateway behind it.

import type { AnswerStream } from '../exchange/answer-stream.ts'
import type { Caller } from '../callers/caller.ts'
import type { Clock } from '../clock.ts'
import type { PlainAnswer, PlainRequest } from '../exchange/plain-exchange.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { AnswerWebhook } from './answer-webhook.ts'
import type { Bodies } from './bodies.ts'
import type { CheckCaller } from './check-caller.ts'
import type { Compress, Encoding } from './compress.ts'
import type { Cors } from './cors.ts'
import type { Heads } from './heads.ts'
import type { KeptEncodings } from './kept-encodings.ts'
import type { KnownAnswers, Repeat } from './known-answers.ts'
import type { OpenStreams } from './open-streams.ts'
import type { Refusal } from './refusal.ts'
import type { Relief } from './relief.ts'
import type { Turns } from './turns.ts'

export interface AnswerOptions {
  /** Calls `onRepeatable` if an equal request can be given the same answer again. */
  handle(
    request: Request,
    caller: Caller,
    record: RequestRecord,
    onRepeatable?: (repeat: Repeat) => void,
  ): Promise<Response | AnswerStream>
  /**
   * As `handle`, for ordinary requests, without a web Request and Response. Left out or null: all requests go through
   * `handle`.
   */
  readonly handlePlain?:
    | ((
        request: PlainRequest,
        caller: Caller,
        record: RequestRecord,
        onRepeatable: (repeat: Repeat) => void,
      ) => Promise<Response | PlainAnswer | AnswerStream>)
    | null
  /** Whether the gateway can serve and the server is not draining. */
  isReady(): boolean
  /** Returns the caller, or the refusal if there is none. */
  readonly checkCaller: CheckCaller
  readonly cors: Cors
  readonly compress: Compress
  readonly heads: Heads
  readonly known: KnownAnswers
  readonly encodings: KeptEncodings
  /** The page of the query editor; null: there is none. */
  readonly page?: {
    open(): Promise<Response>
    /** A file of the page, by its name; null if there is none. */
    file(name: string, encoding: Encoding | null): Promise<Response | null>
  } | null
  /** Answers Aurora's webhooks. Left out: the server receives none. */
  readonly answerWebhook?: AnswerWebhook
  /** Called once for each error of which the client gets only the id. */
  onError(error: unknown, errorId: string, requestId: string): void
  /** Called for each GraphQL request that the http room refuses. */
  onTurnedAway?(refusal: Pick<Refusal, 'status' | 'code'>): void
  readonly bodies: Bodies
  readonly turns: Turns
  readonly streams: OpenStreams
  readonly trustedProxies?: number
  readonly clock: Clock
  /** Called for each request that is refused to keep memory for others. */
  onRelief(relief: Relief): void
}
