// Replicas over one Redis in memory and one Aurora of a test: the real caches and layers that a page of a list passes, with a manual clock.
import { withCache } from '../../src/cache/with-cache.ts'
import { itemsAtMsIn, withStore } from '../../src/cache/with-store.ts'
import { compose } from '../../src/gateway/line.ts'
import { itemsOf } from '../../src/rest/answer.ts'
import { statusOf } from '../../src/rest/attempt-error.ts'
import type { Question, Upstream } from '../../src/rest/call.ts'
import type { Freshness } from '../../src/rest/freshness.ts'
import { withListEnds } from '../../src/rest/with-list-ends.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { buildCall, buildTerms } from './builders.ts'
import { openRedisModel } from './redis-model.ts'

const MINUTE = 60_000

export function openListingReplicas() {
  const { clock, redis, start: startShared } = openRedisModel()

  /** A replica that is connected. */
  async function start(aurora: Upstream, emit: Emit = () => {}) {
    const { cache, shared } = startShared({ emit })
    await clock.advance(1000)
    const read = compose(
      [
        shared.withSecondLevel,
        withCache({ cache, clock, emit: () => {}, refreshTimeoutMs: MINUTE }),
        shared.withSharedFlight,
        withStore(shared.cache),
        withListEnds({ clock, itemsAtMs: itemsAtMsIn(cache) }),
      ],
      aurora,
    )
    /** The ids of a page, or the status of a failure, and why they are marked as stale. */
    const ask = async (question: Question, freshness: Partial<Freshness> = {}) => {
      const stale: string[] = []
      const begunAtMs = clock.monotonicMs()
      const terms = buildTerms({ begunAtMs, waitUntilMs: Infinity })
      const call = buildCall({
        ...question,
        ...terms,
        freshness: { ...terms.freshness, ...freshness },
        onStale: ({ reason }) => void stale.push(reason),
      })
      const shown = await read(call).then((reply) => itemsOf(reply).map(({ id }) => id), statusOf)
      return { shown, stale }
    }
    return Object.assign(ask, { upstream: read, cache, shared })
  }
  return { clock, redis, start }
}
