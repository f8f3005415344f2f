// Notifies the caches of routers of what writes and webhooks have changed, by their invalidation endpoint: docs/routers.md.
import { tagsOfTouch } from '../answers/cache-tags.ts'
import type { Cache } from '../cache/cache.ts'
import type { Touch } from '../cache/invalidation.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Emit } from '../telemetry/events.ts'
import { createOutbox } from './outbox.ts'
import type { Outbox } from './outbox.ts'
import { createSend } from './send.ts'

export interface Invalidations {
  /**
   * The same cache. Everything that it drops because of a write or a webhook is dropped from the caches of routers as
   * well.
   */
  withNotices(cache: Cache): Cache
  /** Uses the key of another configuration from now on. */
  replace(config: Pick<Config, 'routers'>): void
  /** Sends the waiting tags, for 800 ms at the most. */
  close(): Promise<void>
}

export interface InvalidationsOptions {
  readonly config: Pick<Config, 'routers' | 'proxies'>
  readonly clock: Clock
  readonly emit: Emit
  /** 0 to 1; spreads what is sent again. */
  readonly random: () => number
}

export function createInvalidations(options: InvalidationsOptions): Invalidations {
  const { config, clock } = options
  let current = config.routers.invalidation ?? null
  if (current === null) return NONE
  const send = createSend({ ...config, clock })
  const outboxes: readonly Outbox[] = current.urls.map((url) =>
    createOutbox({
      ...options,
      send: (tags, signal) => send({ ...(current ?? NOBODY), url, tags, signal }),
    }),
  )
  const note = (touches: readonly Touch[]): void => {
    const tags = new Set(touches.flatMap(tagsOfTouch))
    if (tags.size > 0) for (const outbox of outboxes) outbox.put(tags)
  }
  return {
    withNotices: (cache) => ({
      ...cache,
      drop(scope, touches) {
        cache.drop(scope, touches)
        note(touches)
      },
      outdate(tenant, touches, happenedAtMs) {
        cache.outdate(tenant, touches, happenedAtMs)
        note(touches)
      },
    }),
    replace(next) {
      current = next.routers.invalidation ?? null
    },
    async close() {
      await Promise.all(outboxes.map((outbox) => outbox.close()))
    },
  }
}

/** Used when the settings have no key any more: the routers refuse this one. */
const NOBODY = { key: '-', subgraph: '-' }

const NONE: Invalidations = {
  withNotices: (cache) => cache,
  replace: () => {},
  close: async () => {},
}
