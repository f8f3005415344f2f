// Makes the connections of undici: straight to a host, to a proxy, or through a tunnel of a proxy.
import type { Socket } from 'node:net'
import { buildConnector } from 'undici'
import { withoutInterimAnswers } from './interim-answers.ts'
import { authorityOf, hostOf, portOf, proxyFor } from './proxies.ts'
import type { Proxies } from './proxies.ts'
import { openTunnel, toError } from './tunnel.ts'

export interface ConnectorOptions {
  readonly proxies: Proxies
  /** The time limit of each step: the connection to the proxy, its answer, the handshake. */
  readonly connectTimeoutMs: number
}

export function createConnector({
  proxies,
  connectTimeoutMs: timeoutMs,
}: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs })

  return (options, callback) => {
    const url = new URL(`${options.protocol}//${options.host ?? options.hostname}`)
    const proxy = proxyFor(proxies, url)
    const done: buildConnector.Callback = (...[error, socket]) =>
      error ? callback(error, null) : callback(null, withoutInterimAnswers(socket))
    if (proxy === null) connect(options, done)
    else if (url.protocol === 'https:')
      openTunnel({ proxy, authority: authorityOf(url), timeoutMs }).then(
        (httpSocket: Socket) => connect({ ...options, httpSocket }, done),
        (error: unknown) => callback(toError(error), null),
      )
    // The dispatcher writes whole addresses into requests that a proxy reads.
    else connect(toProxy(proxy), done)
  }
}

const toProxy = (proxy: URL): buildConnector.Options => ({
  protocol: proxy.protocol,
  host: proxy.host,
  hostname: hostOf(proxy),
  port: String(portOf(proxy)),
})
