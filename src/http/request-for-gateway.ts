// Makes the web Request that the next room gets, of a request whose answer is not known yet.

import type { FieldReader } from '../callers/caller.ts'
import type { PlainRequest } from '../plain-exchange.ts'
import { plainType } from './cross-site.ts'
import type { Exchange } from './connections.ts'
import type { Head } from './heads.ts'
import { isReading, readHeaders, withoutConsumedFields, withoutConsumedHeaders } from './headers.ts'
import { chooseType } from './media-types.ts'

/** The path that a target names; null where it cannot be read. */
export const pathOf = (target: string): string | null =>
  // Nearly all requests: nothing of the search changes the path.
  target === '/graphql' || target.startsWith('/graphql?')
    ? '/graphql'
    : (readTarget(target)?.pathname ?? null)

/**
 * The sender chooses the host of a request and nothing here depends on it, so every URL gets the same one.
 * A target may also be a whole URL (RFC 9112, 3.2.2); a target that begins with two slashes is a path.
 */
function readTarget(target: string): URL | null {
  const base = 'http://localhost'
  const whole = target.startsWith('/') ? base + target : target
  if (!/^https?:/i.test(whole) || !URL.canParse(whole)) return null
  const url = new URL(whole)
  const plain = base + url.pathname + url.search
  return url.href === plain ? url : new URL(plain)
}

export interface Understood {
  readonly head: Head
  readonly fields: FieldReader
  readonly body: Uint8Array
}

/** Nothing is made before it is needed: most requests are answered from what is here. */
export function toPlainRequest(exchange: Exchange, { head, fields, body }: Understood): PlainRequest {
  return {
    // A HEAD is a GET whose body is not sent: write-response.ts.
    method: isReading(head) ? 'GET' : 'POST',
    headers: withoutConsumedFields(fields),
    bodyType: head.bodyType,
    // A request that accepts none was refused.
    answerType: head.type ?? 'application/json',
    body,
    get signal() {
      return exchange.gone
    },
    hasLeft: () => exchange.hasLeft,
    toRequest: () => createRequest(exchange, body),
  }
}

export function createRequest(exchange: Exchange, body: Uint8Array): Request {
  const { incoming, gone } = exchange
  const isPost = incoming.method === 'POST'
  const request = new Request(readTarget(incoming.url ?? '') ?? 'http://localhost/graphql', {
    // A HEAD is a GET whose body is not sent: write-response.ts.
    method: isPost ? 'POST' : 'GET',
    headers: toPlainHeaders(readHeaders(incoming)),
    body: isPost ? (body as Uint8Array<ArrayBuffer>) : null,
  })
  // Node's own `request.signal` follows the given signal only until the Request is garbage collected. Code that keeps
  // the signal alone would never notice that the client has left.
  return Object.defineProperty(request, 'signal', { value: gone })
}

/** With media types as the next room reads them: one that is accepted, and no two spellings of one that is sent. */
function toPlainHeaders(headers: Headers): Headers {
  const plain = withoutConsumedHeaders(headers)
  const accepted = chooseType(headers.get('accept'))
  if (accepted) plain.set('accept', accepted)
  const sent = plainType(headers)
  if (sent !== null) plain.set('content-type', sent)
  return plain
}
