// Sends one request and collects the bytes of its answer, up to a limit, without a stream or a signal in between.
import type { Dispatcher } from 'undici'
import { CollectedBytes } from './collected-bytes.ts'
import { assertReadable, ReplyTooLargeError } from './read-bytes.ts'
import type { AnswerHeaders } from './read-bytes.ts'

export interface Exchange {
  /** The bytes of the answer as they were sent. Rejects if no whole answer came. */
  readonly body: Promise<Buffer>
  /** Whether a part of the request may have been written; if not, nothing was sent. */
  readonly hasBegun: boolean
  /** Null until the headers of the answer have come. */
  readonly status: number | null
  readonly headers: AnswerHeaders
  /**
   * Rejects `body` with the reason, and closes the connection, unless the answer is whole already; returns whether it
   * did.
   */
  abort(reason: unknown): boolean
}

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher
  readonly request: Dispatcher.DispatchOptions
  /** The limit of the body of an answer with this status. */
  readonly maxBytesOf: (status: number) => number
  /**
   * Called when a connection is open and the request is about to be written; returns why it must not be written any
   * more, or null. After a standstill of the process, a ready connection may be noticed before a timer that is due.
   * Left out: it is never too late.
   */
  readonly isTooLate?: () => Error | null
}

/** RFC 9110, 15.3. */
export const isSuccess = (status: number): boolean => status >= 200 && status <= 299

export function openExchange(options: ExchangeOptions): Exchange {
  const exchange = new Collecting(options)
  options.dispatcher.dispatch(options.request, exchange)
  return exchange
}

const NO_HEADERS: AnswerHeaders = {}

/**
 * A class with the functions of undici on its prototype, because each call needs one, and it would otherwise be a dozen
 * closures.
 */
class Collecting implements Exchange, Dispatcher.DispatchHandler {
  readonly body: Promise<Buffer>
  hasBegun = false
  status: number | null = null
  headers: AnswerHeaders = NO_HEADERS
  /** Whether the exchange has ended: later bytes are ignored. */
  #hasEnded = false
  #reason: unknown = null
  #controller: Dispatcher.DispatchController | null = null
  readonly #bytes = new CollectedBytes()
  #maxBytes = 0
  readonly #maxBytesOf: (status: number) => number
  readonly #isTooLate: () => Error | null
  #resolve: (bytes: Buffer) => void = nothing
  #reject: (reason: unknown) => void = nothing

  constructor({ maxBytesOf, isTooLate = never }: Pick<ExchangeOptions, 'maxBytesOf' | 'isTooLate'>) {
    this.#maxBytesOf = maxBytesOf
    this.#isTooLate = isTooLate
    this.body = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  abort(reason: unknown): boolean {
    if (this.#hasEnded) return false
    this.#fail(reason)
    this.#controller?.abort(toError(reason))
    return true
  }

  onRequestStart(given: Dispatcher.DispatchController): void {
    if (!this.#hasEnded) {
      const late = this.#isTooLate()
      if (late) this.#fail(late)
    }
    if (this.#hasEnded) return given.abort(toError(this.#reason))
    this.#controller = given
    this.hasBegun = true
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    // An interim answer (RFC 9110, 15.2).
    if (status < 200) return
    this.status = status
    this.headers = headers
    this.#maxBytes = this.#maxBytesOf(status)
    try {
      assertReadable(headers, this.#maxBytes)
    } catch (error) {
      this.abort(error)
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#hasEnded) return
    this.#bytes.add(chunk)
    if (this.#bytes.size > this.#maxBytes)
      this.abort(new ReplyTooLargeError(`more than ${this.#maxBytes} bytes`))
  }

  onResponseEnd(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#resolve(this.#bytes.all())
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (!this.#hasEnded) this.#fail(error)
  }

  #fail(reason: unknown): void {
    this.#hasEnded = true
    this.#reason = reason
    this.#reject(reason)
  }
}

const nothing = (): void => {}
const never = (): null => null

const toError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('nobody waits for it')
