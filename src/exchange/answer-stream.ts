// A stream of answers to one request: what executes the request makes the answers, and http/ writes them on the connection.

/**
 * Why a stream ends before its operation. `caller`: the caller may no longer read it as the caller that it was. `room`:
 * there is no memory for its answers; the last answer reports this. `fault`: the gateway is at fault; the last answer
 * reports this. `shutdown`: the part that makes the answers ends.
 */
export type BrokenOff = 'caller' | 'room' | 'fault' | 'shutdown'

/** The client that reads the stream. */
export interface StreamReader {
  /**
   * False while an answer waits to be taken. No other answer may be given then; `resume` is called when the client has
   * taken it.
   */
  isFree(): boolean
  /** A whole GraphQL response, as JSON. Streams of one question may share its bytes, so they must not be changed. */
  next(response: Uint8Array): void
  /** To be called when the operation has ended: nothing more comes, also on a new stream of it. */
  complete(): void
  /** To be called when nothing more comes although the operation has not ended. */
  breakOff(why: BrokenOff): void
}

export interface AnswerStream {
  readonly kind: 'stream'
  /** Called once at most. Answers may be given at once, during the call. */
  start(reader: StreamReader): void
  /** Called when the client has taken the last answer. What changed meanwhile is given as one answer, the latest. */
  resume(): void
  /**
   * Called when the client has left or may no longer read. The reader must not be called afterwards. A stream that is
   * refused, for example because its caller has too many, is stopped without having been started.
   */
  stop(): void
}

export const isStream = (answered: object): answered is AnswerStream =>
  'kind' in answered && answered.kind === 'stream'
