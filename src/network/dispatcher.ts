// The pool of connections for requests to other servers, through the proxies that the settings name.
import { Agent } from 'undici'
import type { Dispatcher } from 'undici'
import { createConnector } from './connector.ts'
import type { ConnectorOptions } from './connector.ts'
import { proxyCredentials, proxyFor } from './proxies.ts'
import type { Proxies } from './proxies.ts'
import { ProxyRefusal } from './tunnel.ts'

export interface DispatcherOptions
  extends ConnectorOptions, Pick<Agent.Options, 'connections' | 'maxHeaderSize'> {
  /** 0: the calling code has a timer of its own. */
  readonly answerTimeoutMs: number
}

export function createDispatcher({
  proxies,
  connectTimeoutMs,
  answerTimeoutMs,
  ...pool
}: DispatcherOptions): Dispatcher {
  const agent = new Agent({
    ...pool,
    connect: createConnector({ proxies, connectTimeoutMs }),
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  })
  // A layer of undici costs each request as much as the sending itself, so it is added only if there is a proxy.
  return proxies.http === null ? agent : agent.compose(throughProxy(proxies))
}

/**
 * A request without TLS goes to the proxy itself and not through a tunnel, with the whole address in its first line
 * (RFC 9112, 3.2.2), because many proxies allow CONNECT to the ports of TLS only.
 */
const throughProxy =
  (proxies: Proxies): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) => {
    const origin = new URL(String(options.origin))
    const proxy = origin.protocol === 'http:' ? proxyFor(proxies, origin) : null
    if (proxy === null) return dispatch(options, handler)
    const credentials = proxyCredentials(proxy)
    const headers = credentials ? withHeader(options.headers, credentials) : options.headers
    return dispatch(
      { ...options, path: `${origin.origin}${options.path}`, ...(headers && { headers }) },
      refusedByProxy(handler),
    )
  }

/** `request` passes an object of headers, `fetch` a list of names and values. */
function withHeader(given: Dispatcher.DispatchOptions['headers'], credentials: string) {
  const name = 'proxy-authorization'
  if (Array.isArray(given)) return [...given, name, credentials]
  return { ...(given as Readonly<Record<string, string>> | null | undefined), [name]: credentials }
}

/** Only a proxy answers 407, and such a request was not passed on. */
const refusedByProxy = (handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler => ({
  ...passingOn(handler),
  onResponseStart(controller, status, ...given) {
    if (status === 407) controller.abort(new ProxyRefusal(status))
    else handler.onResponseStart?.(controller, status, ...given)
  },
})

const passingOn = (handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler => ({
  onRequestStart: (...given) => handler.onRequestStart?.(...given),
  onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
  onResponseStart: (...given) => handler.onResponseStart?.(...given),
  onResponseData: (...given) => handler.onResponseData?.(...given),
  onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
  onResponseError: (...given) => handler.onResponseError?.(...given),
})
