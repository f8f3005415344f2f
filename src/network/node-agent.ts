// The agent of Node for a library that sends its requests with node:http, through a proxy.
import { Agent as PlainAgent } from 'node:http'
import type { ClientRequest } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { connect as connectPlain } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectSecure } from 'node:tls'
import { authorityOf, hostOf, portOf, proxyCredentials } from './proxies.ts'
import { openTunnel, toError } from './tunnel.ts'

/** An agent for requests to the host of `url`, and to no other. */
export const createAgent = (url: URL, proxy: URL, timeoutMs: number): PlainAgent =>
  url.protocol === 'https:' ? new TunnelAgent(url, proxy, timeoutMs) : new ForwardAgent(url, proxy)

type Connected = (error: Error | null, socket: Duplex) => void

class TunnelAgent extends SecureAgent {
  readonly #open: () => ReturnType<typeof openTunnel>

  constructor(url: URL, proxy: URL, timeoutMs: number) {
    super({ keepAlive: true })
    this.#open = () => openTunnel({ proxy, authority: authorityOf(url), timeoutMs })
  }

  /** Node takes the socket from the callback if none is returned. */
  override createConnection(options: object, connected?: Connected): undefined {
    this.#open().then(
      (socket) => connected?.(null, super.createConnection({ ...options, socket } as object) ?? socket),
      // Node looks at the socket only if there is no error.
      (error: unknown) => connected?.(toError(error), undefined as unknown as Duplex),
    )
  }
}

/** Without TLS the proxy reads the request, which begins with the whole address (RFC 9112, 3.2.2). */
class ForwardAgent extends PlainAgent {
  readonly #url: URL
  readonly #proxy: URL

  constructor(url: URL, proxy: URL) {
    super({ keepAlive: true })
    this.#url = url
    this.#proxy = proxy
  }

  override createConnection(): Duplex {
    const to = { host: hostOf(this.#proxy), port: portOf(this.#proxy) }
    return this.#proxy.protocol === 'https:'
      ? connectSecure({ ...to, servername: to.host })
      : connectPlain(to)
  }

  /** Node calls it before the head of a request is written; the packages that make agents for proxies rely on it as well. */
  addRequest(request: ClientRequest, options: object): void {
    const credentials = proxyCredentials(this.#proxy)
    request.path = `${this.#url.origin}${request.path}`
    if (credentials) request.setHeader('proxy-authorization', credentials)
    const { addRequest } = PlainAgent.prototype as unknown as Pick<ForwardAgent, 'addRequest'>
    addRequest.call(this, request, options)
  }
}
