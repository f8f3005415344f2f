// Which web pages may send requests from a browser (Fetch, 3.2): those of the listed origins, and never with cookies.

import type { IncomingMessage } from 'node:http'

export interface Cors {
  /** The answer to a preflight, in which a browser checks that a page may send a request; null for any other request. */
  answerPreflight(incoming: IncomingMessage, headers: Headers): Response | null
  /** The same response, readable for the page if it is a listed one. */
  expose(response: Response, headers: Headers): Response
}

/** Headers that pages may send, in small letters: all those that have a meaning for the gateway. */
const ALLOWED_HEADERS = [
  'accept',
  'apollo-require-preflight',
  'authorization',
  'cache-control',
  'content-type',
  'graphql-require-preflight',
  'if-none-match',
  'prefer',
  'traceparent',
  'x-apollo-operation-name',
  'x-api-key',
  'x-aurora-tenant-id',
  'x-request-id',
].join(', ')

/** Headers that pages may read beyond those that browsers always allow. */
const EXPOSED_HEADERS = [
  'age',
  'etag',
  'preference-applied',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
  'x-request-id',
].join(', ')

/** Two hours, the longest time for which browsers keep the answer to a preflight. */
const MAX_AGE_SECONDS = 7200

export function createCors(origins: readonly string[]): Cors {
  const listed = new Set(origins)
  const originOf = (headers: Headers): string | null => {
    const origin = headers.get('origin')
    return origin !== null && listed.has(origin) ? origin : null
  }
  return {
    answerPreflight(incoming, headers) {
      const origin = originOf(headers)
      if (incoming.method !== 'OPTIONS' || origin === null) return null
      if (!headers.has('access-control-request-method')) return null
      return new Response(null, {
        status: 204,
        headers: {
          'access-control-allow-origin': origin,
          'access-control-allow-methods': 'GET, HEAD, POST',
          'access-control-allow-headers': ALLOWED_HEADERS,
          'access-control-max-age': String(MAX_AGE_SECONDS),
          vary: 'Origin',
        },
      })
    },
    expose(response, headers) {
      if (listed.size === 0) return response
      // On every response: without it a cache could give one page the response made for another.
      response.headers.append('vary', 'Origin')
      const origin = originOf(headers)
      if (origin === null) return response
      response.headers.set('access-control-allow-origin', origin)
      response.headers.set('access-control-expose-headers', EXPOSED_HEADERS)
      return response
    },
  }
}
