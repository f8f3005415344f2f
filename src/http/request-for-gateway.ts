// Makes the web Request that the next room gets, for a request whose answer is not known yet.

import type { FieldReader } from '../callers/caller.ts'
import type { PlainRequest } from '../exchange/plain-exchange.ts'
import { isMultipart, plainType } from './cross-site.ts'
import type { Exchange } from './exchange.ts'
import { CONDITIONS, withoutRefreshDirectives } from './directives.ts'
import type { Head } from './heads.ts'
import { isReading, readHeaders, withoutConsumedFields, withoutConsumedHeaders } from './headers.ts'
import { chooseAnswer } from './media-types.ts'
import type { Accepted } from './media-types.ts'

/** The path that a target names; null if it cannot be read. */
export const pathOf = (target: string): string | null =>
  // Nearly all requests are one of these two: their search does not change the path.
  target === '/graphql' || target.startsWith('/graphql?')
    ? '/graphql'
    : (plainPathOf(target) ?? readTarget(target)?.pathname ?? null)

/** The path as it is written, if no part of the target has to be decoded or resolved; else null. */
function plainPathOf(target: string): string | null {
  if (!PLAIN.test(target)) return null
  const end = target.indexOf('?')
  return end === -1 ? target : target.slice(0, end)
}

/**
 * No dots, which may lead upwards, and no encoded signs. The search is ASCII: Node 20 to 24 decode other letters wrong
 * if a percent sign stands beside them that encodes nothing (findings/).
 */
const PLAIN = /^\/[\w-]+(?:\/[\w-]+)*\/?(?:\?[!-"$-~]*)?$/

/** The path and the search of a target; null if it cannot be read. */
export function partsOf(target: string): { readonly path: string; readonly search: string } | null {
  const plain = plainPathOf(target)
  if (plain !== null) return { path: plain, search: target.slice(plain.length) }
  const url = readTarget(target)
  return url && { path: url.pathname, search: url.search }
}

/**
 * The sender chooses the host of a request and nothing here depends on it, so every URL gets the same one.
 * A target may also be a whole URL (RFC 9112, 3.2.2); a target that begins with two slashes is a path.
 */
export function readTarget(target: string): URL | null {
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

/** Each part is made only when it is needed: most requests are answered without any. */
export const toPlainRequest = (exchange: Exchange, understood: Understood): PlainRequest =>
  new UnderstoodRequest(exchange, understood)

/** A class, because a getter in a literal keeps its request in memory: graphql/context.ts. */
class UnderstoodRequest implements PlainRequest {
  readonly method: string
  readonly headers: PlainRequest['headers']
  readonly bodyType: string | null
  readonly answerType: string
  readonly acceptsStream: boolean
  readonly body: Uint8Array
  readonly #exchange: Exchange

  constructor(exchange: Exchange, { head, fields, body }: Understood) {
    // A HEAD is a GET whose body is not sent: write-response.ts.
    this.method = isReading(head) ? 'GET' : 'POST'
    this.headers = withoutConsumedFields(
      isReading(head) && readsStreamsOnly(head.accepted) ? withoutReload(fields) : fields,
    )
    this.bodyType = head.bodyType
    // For a client that reads only streams, the one answer is made as JSON first.
    this.answerType = head.accepted.json ?? 'application/json'
    this.acceptsStream = head.accepted.stream !== null
    this.body = body
    this.#exchange = exchange
  }

  get signal(): AbortSignal {
    return this.#exchange.gone
  }

  hasLeft(): boolean {
    return this.#exchange.hasLeft
  }

  toRequest(): Request {
    return createRequest(this.#exchange, this.body)
  }
}

export function createRequest(exchange: Exchange, body: Uint8Array): Request {
  const { incoming, gone } = exchange
  const isPost = incoming.method === 'POST'
  const headers = toPlainHeaders(readHeaders(incoming), isPost)
  const isForm = isPost && isMultipart(headers)
  const request = new Request(readTarget(incoming.url ?? '') ?? 'http://localhost/graphql', {
    // A HEAD is a GET whose body is not sent: write-response.ts.
    method: isPost ? 'POST' : 'GET',
    headers,
    body: isPost && !isForm ? (body as Uint8Array<ArrayBuffer>) : null,
  })
  // A Request copies its bytes, and copies them again when they are read: a form may have megabytes.
  if (isForm) Object.defineProperty(request, 'arrayBuffer', { value: async () => toBuffer(body) })
  // Node's own `request.signal` follows the given signal only until the Request is garbage collected. Code that keeps
  // the signal alone would never notice that the client has left.
  return Object.defineProperty(request, 'signal', { value: gone })
}

/** The memory of the bytes itself if nothing else is in it. */
const toBuffer = (bytes: Uint8Array): ArrayBufferLike =>
  bytes.length === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer

/** Fields that browsers add by themselves to each request of an EventSource, and that no stream can obey. */
const RELOADING = ['cache-control', ...CONDITIONS] as const

/**
 * A stream begins with what is cached, and is answered again after each change. So a browser's `no-cache` causes no new
 * calls: they would be spent each time that a connection is lost. An EventSource sends a GET; a client that sends a
 * POST has chosen its headers itself.
 */
function withoutReload(fields: FieldReader): FieldReader {
  const get = (name: string): string | null => {
    if (CONDITIONS.some((condition) => condition === name)) return null
    const value = fields.get(name)
    return name === 'cache-control' && value !== null ? withoutRefreshDirectives(value) : value
  }
  return { get, has: (name) => get(name) !== null }
}

const readsStreamsOnly = ({ json, stream }: Accepted): boolean => json === null && stream !== null

/** With the media types that the next room reads: one accepted type, and one spelling of the type that is sent. */
function toPlainHeaders(headers: Headers, isPost: boolean): Headers {
  const plain = withoutConsumedHeaders(headers)
  const accepted = chooseAnswer(headers.get('accept'))
  plain.set('accept', accepted.json ?? 'application/json')
  if (!isPost && readsStreamsOnly(accepted)) {
    const { get } = withoutReload(headers)
    for (const name of RELOADING) {
      const left = get(name)
      if (left === null) plain.delete(name)
      else plain.set(name, left)
    }
  }
  const sent = plainType(headers)
  if (sent !== null) plain.set('content-type', sent)
  return plain
}
