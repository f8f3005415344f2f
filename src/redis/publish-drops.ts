// Sends the drops of this replica to Redis: at once, or when Redis is back.
import { isTouched } from '../cache/drops.ts'
import type { ReadName } from '../cache/drops.ts'
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import { MAX_DROPS, START } from './drop-copy.ts'
import type { Drop } from './drop-copy.ts'
import type { Keys } from './keys.ts'
import { askAll } from './pipeline.ts'
import { shareRun } from './share-run.ts'
import type { StreamId } from './streams.ts'

/** Own drops that are sent again where Redis has lost them: the budget lets at most two minutes' worth of writes through. */
const MAX_OWN = 200
/** Other replicas cache nothing for longer without a refresh: docs/caching.md. */
const SENT_AGAIN_MS = 15 * 60 * 1000

export interface PublishOptions {
  readonly main: Connection
  readonly clock: Clock
  readonly keys: Keys
  /** Names this replica among the others. */
  readonly replicaId: string
  /** False before the first contact with Redis: there may be no stream to add to. */
  readonly hasStream: () => boolean
}

export function createPublisher({ main, clock, keys, replicaId, hasStream }: PublishOptions) {
  let own: (Drop & { readonly atMs: number })[] = []
  let unsent: Drop[] = []
  let lastSentId = START

  async function sendUnsent(): Promise<void> {
    while (hasStream() && unsent.length > 0) {
      const batch = unsent
      const ids = await askAll(main, (pipeline) => {
        for (const { scope, touches } of batch) {
          const drop = JSON.stringify({ scope, touches })
          pipeline.xadd(keys.drops, 'MAXLEN', '=', MAX_DROPS, '*', 'by', replicaId, 'drop', drop)
        }
        return pipeline
      })
      if (ids === null) return
      lastSentId = (ids.at(-1) as StreamId | undefined) ?? lastSentId
      unsent = unsent.filter((drop) => !batch.includes(drop))
    }
  }

  const send = shareRun(sendUnsent)

  return {
    send,
    /** The entry of the last drop that Redis has taken from this replica. */
    lastSentId: () => lastSentId,
    add(drop: Drop): void {
      const dated = { ...drop, atMs: clock.monotonicMs() }
      own = [...own.slice(1 - MAX_OWN), dated]
      unsent = [...unsent.slice(1 - MAX_OWN), dated]
      void send()
    },
    /** Redis has lost its stream, perhaps before all replicas had read these drops. */
    sendAgain(): void {
      lastSentId = START
      unsent = own.filter(({ atMs }) => clock.monotonicMs() - atMs < SENT_AGAIN_MS)
    },
    isTouched: (read: ReadName): boolean =>
      unsent.some(({ scope, touches }) => isTouched(read, scope, touches)),
  }
}
