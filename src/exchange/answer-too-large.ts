// The error for an answer that is larger than allowed, while it is made or written.

/**
 * - `text`: its text has more bytes than an answer may have
 * - `memory`: its objects take more memory than an answer may take
 * - `room`: all answers that are being made take more memory together than they may
 */
export type Excess = 'text' | 'memory' | 'room'

export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError'
  readonly excess: Excess
  readonly maxBytes: number
  /** The bytes that were counted until then. */
  readonly bytes: number

  constructor(excess: Excess, { maxBytes, bytes }: { readonly maxBytes: number; readonly bytes: number }) {
    super(`more than ${maxBytes} bytes of ${excess}`)
    this.excess = excess
    this.maxBytes = maxBytes
    this.bytes = bytes
  }
}
