// Puts a gateway behind an http server. The program and the tests both use this function. If each had its own wiring,
// no test would find a parameter that the program's wiring drops.
import type { Gateway } from './gateway.ts'
import { createHttpServer } from '../http/server.ts'
import type { HttpServer, HttpServerOptions } from '../http/server.ts'
import { createAccessLog } from '../telemetry/access-log.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'

export interface ServedGateway extends Pick<
  Gateway,
  'handle' | 'isReady' | 'authenticate' | 'page' | 'loop'
> {
  /** Left out: the server receives none. */
  readonly receiveWebhook?: Gateway['receiveWebhook']
  /** Null: each request is executed as a web Request. */
  readonly handlePlain: Gateway['handlePlain'] | null
}

export interface ServeOptions extends Omit<
  HttpServerOptions,
  | keyof ServedGateway
  | 'onError'
  | 'onServed'
  | 'onStream'
  | 'onTurnedAway'
  | 'onRelief'
  | 'onPreflightRefused'
> {
  readonly log: Log
  /** Whether each request gets a line in the log. */
  readonly accessLog: boolean
  /** Counts the requests that the server refuses; null: nothing is counted. */
  readonly metrics: Pick<Metrics, 'emit'> | null
}

export function createGatewayServer(gateway: ServedGateway, options: ServeOptions): HttpServer {
  const { log, accessLog, metrics } = options
  return createHttpServer({
    ...options,
    // The functions are passed on unwrapped: a wrapper that takes fewer parameters would drop the rest without a type error.
    handle: gateway.handle,
    handlePlain: gateway.handlePlain,
    isReady: gateway.isReady,
    authenticate: gateway.authenticate,
    page: gateway.page,
    loop: gateway.loop,
    receiveWebhook: gateway.receiveWebhook ?? null,
    onError: (err, errorId, requestId) =>
      log.error({ err, errorId, requestId }, 'a request failed inside the gateway'),
    ...(accessLog && { onServed: createAccessLog(log, options.clock) }),
    onPreflightRefused: (refused) =>
      log.warn(refused, `a page in a browser may not send its request: ${WHAT_ALLOWS_IT[refused.setting]}`),
    onRelief: (relief) => metrics?.emit('relieved', { relief }),
    ...(metrics && { onStream: countStreams(metrics) }),
    onTurnedAway: ({ status, code }) => metrics?.emit('turnedAway', { status, code }),
  })
}

const countStreams =
  ({ emit }: Pick<Metrics, 'emit'>): NonNullable<HttpServerOptions['onStream']> =>
  (what) => {
    if (what === 'opened') emit('streamOpened', {})
    else if (what === 'sent') emit('streamSent', {})
    else emit('streamEnded', { end: what })
  }

const WHAT_ALLOWS_IT = {
  CORS_ORIGINS: 'add its origin to CORS_ORIGINS if it is yours',
  CORS_HEADERS: 'add the names of its headers to CORS_HEADERS if they are meant',
} as const
