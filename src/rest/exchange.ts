// Sends one request and collects the bytes of its answer, up to a bound, without a stream or a signal between.
import type { Dispatcher } from 'undici'
import { assertReadable, ReplyTooLargeError } from './read-bytes.ts'
import type { AnswerHeaders } from './read-bytes.ts'

export interface Exchange {
  /** The bytes of the answer as they were sent. Rejects where no whole answer came. */
  readonly body: Promise<Buffer>
  /** Something of the request may have been written: before, it is certain that nothing was sent. */
  hasBegun: boolean
  /** Null until the headers of the answer have come. */
  status: number | null
  headers: AnswerHeaders
  /** Rejects with the reason, and closes the connection, where the answer is not whole yet: false where it is. */
  abort(reason: unknown): boolean
}

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher
  readonly request: Dispatcher.DispatchOptions
  /** The bound of the body of an answer with this status. */
  readonly maxBytesOf: (status: number) => number
}

export function openExchange({ dispatcher, request, maxBytesOf }: ExchangeOptions): Exchange {
  const chunks: Buffer[] = []
  let size = 0
  let maxBytes = 0
  let controller: Dispatcher.DispatchController | null = null
  /** Set once; what comes later is left out. */
  let ended: { readonly reason: unknown } | null = null
  const { promise: body, resolve, reject } = createDeferred()

  function abort(reason: unknown): boolean {
    if (ended) return false
    ended = { reason }
    reject(reason)
    controller?.abort(toError(reason))
    return true
  }

  const exchange: Exchange = { body, hasBegun: false, status: null, headers: {}, abort }
  dispatcher.dispatch(request, {
    onRequestStart(given) {
      if (ended) return given.abort(toError(ended.reason))
      controller = given
      exchange.hasBegun = true
    },
    onResponseStart(_, status, headers) {
      // An interim answer (RFC 9110, 15.2).
      if (status < 200) return
      exchange.status = status
      exchange.headers = headers
      maxBytes = maxBytesOf(status)
      try {
        assertReadable(headers, maxBytes)
      } catch (error) {
        abort(error)
      }
    },
    onResponseData(_, chunk) {
      if (ended) return
      size += chunk.length
      if (size > maxBytes) abort(new ReplyTooLargeError(`more than ${maxBytes} bytes`))
      else chunks.push(chunk)
    },
    onResponseEnd() {
      if (ended) return
      ended = { reason: null }
      const [first] = chunks
      resolve(first && chunks.length === 1 ? first : Buffer.concat(chunks, size))
    },
    onResponseError(_, error) {
      if (ended) return
      ended = { reason: error }
      reject(error)
    },
  })
  return exchange
}

function createDeferred() {
  let settle: { resolve(bytes: Buffer): void; reject(reason: unknown): void } | null = null
  const promise = new Promise<Buffer>((resolve, reject) => void (settle = { resolve, reject }))
  return {
    promise,
    resolve: (bytes: Buffer) => settle?.resolve(bytes),
    reject: (reason: unknown) => settle?.reject(reason),
  }
}

const toError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('nobody waits for it')
