// Which web pages may send requests from a browser (Fetch, 3.2): those of the listed origins, and never with cookies.

import type { IncomingMessage } from 'node:http'
import type { FieldReader } from '../callers/caller.ts'
import type { FieldWriter } from '../exchange/plain-exchange.ts'
import type { RefusedPreflight } from './refused-preflights.ts'

export interface Cors {
  /** The answer to a preflight, in which a browser checks that a page may send a request; null for any other request. */
  answerPreflight(incoming: IncomingMessage, headers: FieldReader): Response | null
  /** The same response, readable for the page if it is a listed one. */
  expose<Answered extends { readonly headers: FieldWriter }>(
    response: Answered,
    headers: FieldReader,
  ): Answered
}

/** Headers that pages may send without a setting, in lower case. */
const ALLOWED_HEADERS = [
  // The gateway reads these.
  'accept',
  'apollo-require-preflight',
  'authorization',
  'cache-control',
  'content-type',
  'graphql-require-preflight',
  'if-modified-since',
  'if-none-match',
  'last-event-id',
  'pragma',
  'prefer',
  'traceparent',
  'x-api-key',
  'x-apollo-operation-name',
  'x-aurora-tenant-id',
  'x-request-id',
  // GraphQL clients name themselves and their operation by these, if their user sets a name.
  'apollographql-client-name',
  'apollographql-client-version',
  'graphql-client-name',
  'graphql-client-version',
  'x-apollo-operation-id',
  'x-requested-with',
  // Libraries for traces and errors add these to the requests of a page: OpenTelemetry, Sentry, Datadog, Elastic, Zipkin.
  'b3',
  'baggage',
  'elastic-apm-traceparent',
  'newrelic',
  'sentry-trace',
  'tracestate',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-spanid',
  'x-b3-traceid',
  'x-datadog-origin',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
  'x-datadog-trace-id',
]

/** Headers that pages may read beyond those that browsers always allow. */
const EXPOSED_HEADERS = [
  'age',
  'date',
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

export interface CorsOptions {
  readonly origins: readonly string[]
  /** In lower case; allowed beside `ALLOWED_HEADERS`. */
  readonly headers: readonly string[]
  /** Called for each preflight after which a browser does not send the request. */
  readonly onRefused: (refused: RefusedPreflight) => void
}

export function createCors({ origins, headers: moreHeaders, onRefused }: CorsOptions): Cors {
  const listed = new Set(origins)
  const allowed = new Set([...ALLOWED_HEADERS, ...moreHeaders])
  const allowedText = [...allowed].join(', ')
  const originOf = (headers: FieldReader): string | null => {
    const origin = headers.get('origin')
    return origin !== null && listed.has(origin) ? origin : null
  }
  return {
    answerPreflight(incoming, headers) {
      const from = headers.get('origin')
      if (incoming.method !== 'OPTIONS' || from === null) return null
      if (!headers.has('access-control-request-method')) return null
      const origin = originOf(headers)
      if (origin === null) {
        onRefused({ origin: from, setting: 'CORS_ORIGINS', headers: [] })
        return null
      }
      const refused = namesIn(headers.get('access-control-request-headers')).filter(
        (name) => !allowed.has(name),
      )
      if (refused.length > 0) onRefused({ origin, setting: 'CORS_HEADERS', headers: refused })
      return new Response(null, {
        status: 204,
        headers: {
          'access-control-allow-origin': origin,
          'access-control-allow-methods': 'GET, HEAD, POST',
          'access-control-allow-headers': allowedText,
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

const namesIn = (list: string | null): string[] =>
  (list ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean)
