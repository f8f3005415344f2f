// Decides which headers of a request the next rooms get: not those of one connection, and not those that only http reads.

import type { IncomingMessage } from 'node:http'
import type { FieldReader } from '../callers/caller.ts'

/** RFC 9110, 7.6.1, and the older ones of RFC 2616, 13.5.1. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Only the http room reads these. A key that goes no further cannot leak further on. */
const CONSUMED: readonly string[] = ['authorization', 'x-api-key', 'x-aurora-tenant-id', 'expect']

const REQUEST_ID = /^[A-Za-z0-9-]{1,64}$/

/** All headers, from the raw list: Node's own object silently drops a second Authorization or Host. */
export function readHeaders(incoming: IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2)
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
  return headers
}

/** How many bytes the body of an answer has; 0 if only its end shows it. */
export const lengthOf = ({ headers }: { readonly headers: Pick<Headers, 'get'> }): number =>
  Number(headers.get('content-length') ?? 0)

/** The client's id for its request; null without one, or if its characters could damage a log or a header. */
export function readRequestId({ headers }: IncomingMessage): string | null {
  const id = String(headers['x-request-id'] ?? '')
  return isRequestId(id) ? id : null
}

export const isRequestId = (id: string): boolean => REQUEST_ID.test(id)

/** The headers for the next rooms; an id whose characters could damage a log is left out. */
export function withoutConsumedHeaders(headers: Headers): Headers {
  const passed = withoutHopByHop(headers)
  for (const name of CONSUMED) passed.delete(name)
  if (!REQUEST_ID.test(passed.get('x-request-id') ?? '')) passed.delete('x-request-id')
  return passed
}

/** What the next rooms may read, of a request that is no web Request: as `withoutConsumedHeaders`. */
export function withoutConsumedFields(fields: FieldReader): FieldReader {
  const named = namesIn(fields.get('connection'))
  const isPassed = (name: string): boolean =>
    !HOP_BY_HOP.has(name) && !CONSUMED.includes(name) && !named.includes(name)
  return {
    get: (name) => (isPassed(name) ? fields.get(name) : null),
    has: (name) => isPassed(name) && fields.has(name),
  }
}

/** Returns a copy. Connection may name more hop-by-hop headers (RFC 9110, 7.6.1). */
export function withoutHopByHop(headers: Headers): Headers {
  const named = namesIn(headers.get('connection'))
  const left = new Headers(headers)
  for (const name of headers.keys()) if (HOP_BY_HOP.has(name) || named.includes(name)) left.delete(name)
  return left
}

const namesIn = (connection: string | null): readonly string[] =>
  connection === null ? [] : connection.split(',').map((name) => name.trim().toLowerCase())

export function isReading({ method }: Pick<IncomingMessage, 'method'>): boolean {
  return method === 'GET' || method === 'HEAD'
}
