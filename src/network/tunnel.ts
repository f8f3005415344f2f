// Opens a tunnel through a proxy with CONNECT (RFC 9110, 9.3.6), which gives a direct socket to the far end.
import { request as requestPlain } from 'node:http'
import type { RequestOptions } from 'node:http'
import { request as requestSecure } from 'node:https'
import type { Socket } from 'node:net'
import { hostOf, portOf, proxyCredentials } from './proxies.ts'
import { USER_AGENT } from './user-agent.ts'

/** The proxy has answered without letting the request through: nothing has reached the far end. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal'
  /** Shown in the log. */
  readonly code: string

  constructor(status: number) {
    super(`the proxy refuses with status ${status}`)
    this.code = `PROXY_${status}`
  }
}

export interface TunnelOptions {
  readonly proxy: URL
  /** `host:port` of the far end. */
  readonly authority: string
  /** The longest silence of the proxy. */
  readonly timeoutMs: number
}

export function openTunnel({ proxy, authority, timeoutMs }: TunnelOptions): Promise<Socket> {
  const credentials = proxyCredentials(proxy)
  const options: RequestOptions = {
    method: 'CONNECT',
    host: hostOf(proxy),
    port: portOf(proxy),
    path: authority,
    headers: {
      host: authority,
      'user-agent': USER_AGENT,
      ...(credentials && { 'proxy-authorization': credentials }),
    },
    agent: false,
    timeout: timeoutMs,
  }
  return new Promise((resolve, reject) => {
    const request = proxy.protocol === 'https:' ? requestSecure(options) : requestPlain(options)
    request
      .once('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
        socket.setTimeout(0)
        if (statusCode >= 200 && statusCode < 300) {
          if (head.length > 0) socket.unshift(head)
          resolve(socket)
          return
        }
        socket.destroy()
        reject(new ProxyRefusal(statusCode))
      })
      .once('timeout', () => request.destroy(new ProxyTimeout()))
      .on('error', reject)
      .end()
  })
}

class ProxyTimeout extends Error {
  override readonly name = 'ProxyTimeout'
  readonly code = 'PROXY_TIMEOUT'
}

/** `openTunnel` always rejects with an error, but the types of promises do not contain that. */
export const toError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('the tunnel failed')
