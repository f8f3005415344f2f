// Which headers pass through the gateway's door: what belongs to one connection or to one station stays behind.

import type { IncomingMessage } from 'node:http'

/** RFC 9110, 7.6.1, and the older ones of RFC 2616, 13.5.1. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Consumed at the door. A key that goes no further cannot leak from there. */
const CONSUMED = ['authorization', 'x-api-key', 'x-aurora-tenant-id', 'expect']

const REQUEST_ID = /^[A-Za-z0-9-]{1,64}$/

/** All of them, from the raw list: Node's own object drops a second Authorization or Host without a word. */
export function readHeaders(incoming: IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2)
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
  return headers
}

/** What the client calls its request; null where it does not, or by what could disturb a log or a header. */
export function readRequestId({ headers }: IncomingMessage): string | null {
  const id = String(headers['x-request-id'] ?? '')
  return REQUEST_ID.test(id) ? id : null
}

/** What the stations behind see; an id of a shape that could disturb a log is not believed. */
export function withoutDoorHeaders(headers: Headers): Headers {
  const passed = withoutHopByHop(headers)
  for (const name of CONSUMED) passed.delete(name)
  if (!REQUEST_ID.test(passed.get('x-request-id') ?? '')) passed.delete('x-request-id')
  return passed
}

/** Also those that Connection itself names (RFC 9110, 7.6.1). */
export function withoutHopByHop(headers: Headers): Headers {
  const named = (headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase())
  const dropped = new Set([...HOP_BY_HOP, ...named])
  return new Headers([...headers].filter(([name]) => !dropped.has(name)))
}
