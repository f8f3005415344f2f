// One request to a server beside Aurora, such as an identity provider. Its answer is limited in bytes, and no redirect is followed.
import type { Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import { openExchange } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import { decompress } from './read-bytes.ts'

export interface OneRequest {
  readonly dispatcher: Dispatcher
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Aborts the request; the promise rejects with its reason. */
  readonly signal: AbortSignal
}

export interface WholeAnswer {
  readonly status: number
  /** The bytes after decompression. */
  readonly bytes: Buffer
}

/** Rejects if no whole answer came, and with a ReplyTooLargeError for a body of more than `maxBytes`. */
export async function readAnswer(request: OneRequest, maxBytes: number): Promise<WholeAnswer> {
  const exchange = send(request, () => maxBytes)
  const bytes = await decompress(await exchange.body, maxBytes)
  return { status: exchange.status ?? 0, bytes }
}

/** Such servers answer with a line or two. The connection of a longer answer is closed, and its status counts all the same. */
const MAX_UNREAD_BYTES = 16 * 1024
/** How long a body is awaited: one that is sent with its head has come by then. */
const MAX_UNREAD_MS = 1000

/**
 * Resolves as soon as the status is there, and rejects if none came. The body is not read: if it does not end soon, the
 * connection is closed.
 */
export const readStatus = (request: OneRequest, clock: Pick<Clock, 'after'>): Promise<number> =>
  new Promise((resolve, reject) => {
    const exchange = send(request, (status) => {
      resolve(status)
      clock.after(MAX_UNREAD_MS, () => void exchange.abort(new Error('the body did not end')))
      return MAX_UNREAD_BYTES
    })
    exchange.body.catch(reject)
  })

/** `fetch` of undici is not used: a fault inside the stream of its answer cannot be caught, and ends the process. */
function send(
  { dispatcher, url, signal, ...given }: OneRequest,
  maxBytesOf: (status: number) => number,
): Exchange {
  const { origin, pathname, search } = url
  const request = { origin, path: pathname + search, ...given }
  const exchange = openExchange({ dispatcher, request, maxBytesOf })
  const leave = (): void => void exchange.abort(signal.reason)
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  const end = (): void => signal.removeEventListener('abort', leave)
  exchange.body.then(end, end)
  return exchange
}
