// A stream of answers to one request: what executes the request makes the answers, and http/ writes them on the connection.

/**
 * `caller`: it may not read this any longer, in the name in which it began. `room`: there is no memory for its answers, as the last
 * one says. `fault`: the gateway is at fault, as the last one says. `shutdown`: what makes the answers ends.
 */
export type BrokenOff = 'caller' | 'room' | 'fault' | 'shutdown'

/** The client that reads the stream. */
export interface StreamReader {
  /** False while an answer waits to be taken. None may be given meanwhile: `resume` is called when the client has taken it. */
  isFree(): boolean
  /** A whole GraphQL response, as JSON. Streams of one question may share its bytes, so nobody changes them. */
  next(response: Uint8Array): void
  /** The operation has ended: nothing more comes, and no other stream of it would bring more. */
  complete(): void
  /** Nothing more comes, though the operation has not ended. */
  breakOff(why: BrokenOff): void
}

export interface AnswerStream {
  readonly kind: 'stream'
  /** Called once at most. Answers may be given at once, during the call. */
  start(reader: StreamReader): void
  /** The client has taken the last answer. What changed meanwhile is given as one answer, the latest. */
  resume(): void
  /**
   * The client has left, or may not read any longer. The reader is not called afterwards. A stream that is refused, for example because
   * its caller has too many, is stopped without having been started.
   */
  stop(): void
}

export const isStream = (answered: object): answered is AnswerStream =>
  'kind' in answered && answered.kind === 'stream'
