// One request to the invalidation endpoint of a router, in the form of Apollo Router.
import type { Clock } from '../clock.ts'
import { createDispatcher } from '../network/dispatcher.ts'
import { isSuccess } from '../network/exchange.ts'
import { faultName } from '../errors/fault-name.ts'
import { readStatus } from '../network/one-request.ts'
import type { Proxies } from '../network/proxies.ts'
import { USER_AGENT } from '../network/user-agent.ts'
import type { Outcome, Tags } from './outbox.ts'

export interface Notification {
  readonly url: URL
  /** The shared key of the router. */
  readonly key: string
  /** The name of the gateway in the supergraph. */
  readonly subgraph: string
  readonly tags: Tags
  readonly signal: AbortSignal
}

/** Never rejects. */
export type Send = (notification: Notification) => Promise<Outcome>

const TIMEOUT_MS = 5_000

interface SendOptions {
  readonly proxies: Proxies
  readonly clock: Clock
}

/** No redirect is followed, because the key is only for the configured address. */
export function createSend({ proxies, clock }: SendOptions): Send {
  const dispatcher = createDispatcher({
    proxies,
    connectTimeoutMs: TIMEOUT_MS,
    answerTimeoutMs: TIMEOUT_MS,
  })
  return async ({ url, key, subgraph, tags, signal }) => {
    const late = new AbortController()
    const cancel = clock.after(TIMEOUT_MS, () => late.abort())
    try {
      const request = {
        dispatcher,
        url,
        method: 'POST',
        headers: { authorization: key, 'content-type': 'application/json', 'user-agent': USER_AGENT },
        body: JSON.stringify(toRequests(tags, subgraph)),
        signal: AbortSignal.any([signal, late.signal]),
      } as const
      const status = await readStatus(request, clock)
      return isSuccess(status) ? { isTaken: true } : { isTaken: false, why: String(status) }
    } catch (error) {
      // Only its name: its message may contain the address.
      return { isTaken: false, why: late.signal.aborted ? 'timeout' : faultName(error) }
    } finally {
      cancel()
    }
  }
}

/** https://www.apollographql.com/docs/graphos/routing/performance/caching/response-caching/invalidation */
const toRequests = (tags: Tags, subgraph: string): readonly object[] =>
  tags === 'all'
    ? [{ kind: 'subgraph', subgraph }]
    : tags.map((tag) => ({ kind: 'cache_tag', subgraphs: [subgraph], cache_tag: tag }))
