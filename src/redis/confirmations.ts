// Records how far each replica has applied the log of drops: a write waits for those that serve by a lease.
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import type { SharedMark } from './drop-copy.ts'
import type { Keys } from './keys.ts'
import { askAll } from './pipeline.ts'
import type { Pipeline } from './pipeline.ts'
import { compareIds } from './streams.ts'
import type { Followed, StreamId } from './streams.ts'

export interface Confirmations extends Followed {
  /**
   * Reports to these replicas how far this one has applied the log, because it has applied entries of theirs. Nobody
   * else waits for that.
   */
  send(writers: readonly string[]): void
  /**
   * Resolves when each of these replicas has confirmed the entry, or until its time: `until` has a monotonic time for
   * each, after which it serves nothing as fresh that is from before the entry.
   */
  wait(entry: SharedMark, until: ReadonlyMap<string, number>): Promise<void>
  /** Another primary has a stream of its own, whose ids may be lower. */
  leave(): void
}

export interface ConfirmationsOptions {
  readonly main: Connection
  readonly clock: Clock
  readonly keys: Keys
  readonly replicaId: string
  /** How far the copy of this replica reaches. */
  readonly mark: () => SharedMark | null
}

/** For a replica that is behind by more, writes wait until its lease ends. */
const MAX_STORED = 500
/** The stream of a replica that has ended is deleted after this time. */
const KEPT_MS = 60_000

export function createConfirmations(options: ConfirmationsOptions): Confirmations {
  const { main, clock, keys, replicaId, mark } = options
  const confirmed = new Map<string, SharedMark>()
  const waiters = new Set<() => void>()
  /** The replicas whose entries were applied since the last report. */
  const unsent = new Set<string>()
  let lastId: StreamId = '0-0'
  let setbacks = 0
  let isSending = false

  /** Sends one report at a time; the next one covers all that was applied meanwhile. */
  async function send(): Promise<void> {
    if (isSending) return
    isSending = true
    for (let reached = mark(); reached !== null && unsent.size > 0; reached = mark()) {
      const writers = [...unsent]
      unsent.clear()
      const fields = ['by', replicaId, 'generation', reached.generation, 'id', reached.id]
      const isTaken = await askAll(main, (pipeline) =>
        writers.map(keys.confirmationsFor).reduce((all, key) => addTo(all, key, fields), pipeline),
      )
      if (isTaken !== null) continue
      for (const writer of writers) unsent.add(writer)
      break
    }
    isSending = false
  }

  const hasConfirmed = (replica: string, { generation, id }: SharedMark): boolean => {
    const reached = confirmed.get(replica)
    return reached?.generation === generation && compareIds(reached.id, id) >= 0
  }

  return {
    key: () => keys.confirmationsFor(replicaId),
    from() {
      // Redis has deleted this stream if it was not needed for a while, and then it begins with ids by the clock as it is now.
      if (main.time.setbacks() !== setbacks) lastId = '0-0'
      setbacks = main.time.setbacks()
      return lastId
    },
    take(entries) {
      for (const { id, fields } of entries) {
        if (compareIds(id, lastId) > 0) lastId = id
        const { by = '', generation = '', id: reached = '' } = fields
        confirmed.delete(by)
        confirmed.set(by, { generation, id: reached })
        const [oldest = ''] = confirmed.keys()
        if (confirmed.size > MAX_STORED) confirmed.delete(oldest)
      }
      for (const waiter of waiters) waiter()
    },
    send(writers) {
      for (const writer of writers) unsent.add(writer)
      void send()
    },
    leave: () => void (lastId = '0-0'),
    wait: (entry, until) => waitUntil(clock, waiters, until, (name) => hasConfirmed(name, entry)),
  }
}

const addTo = (pipeline: Pipeline, key: string, fields: readonly string[]): Pipeline =>
  pipeline.xadd(key, 'MAXLEN', '~', MAX_STORED, '*', ...fields).pexpire(key, KEPT_MS)

/** `until`: for each awaited replica, the time until which it is awaited. */
function waitUntil(
  clock: Clock,
  waiters: Set<() => void>,
  until: ReadonlyMap<string, number>,
  hasConfirmed: (replica: string) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    let cancel = (): void => {}
    const look = (): void => {
      cancel()
      const nowMs = clock.monotonicMs()
      const awaited = [...until].filter(([name, ms]) => ms > nowMs && !hasConfirmed(name))
      if (awaited.length > 0) {
        cancel = clock.after(Math.min(...awaited.map(([, ms]) => ms)) - nowMs, look)
        return
      }
      waiters.delete(look)
      resolve()
    }
    waiters.add(look)
    look()
  })
}
