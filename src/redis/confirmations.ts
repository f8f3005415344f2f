// Records how far each replica has applied the log of drops: a write waits for those that serve by a lease.
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import type { SharedMark } from './drop-copy.ts'
import type { Keys } from './keys.ts'
import { compareIds } from './streams.ts'
import type { Followed, StreamId } from './streams.ts'

export interface Confirmations extends Followed {
  /**
   * Reports to the others how far this replica has applied the log, if it has applied entries of others since the last
   * report.
   */
  send(): void
  /**
   * Resolves when each of these replicas has confirmed the entry, or until its time: `until` has a monotonic time for
   * each, after which it serves nothing as fresh that is from before the entry.
   */
  wait(entry: SharedMark, until: ReadonlyMap<string, number>): Promise<void>
  /** Forgets all confirmations: another primary has a stream of its own, whose ids may be lower. */
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

export function createConfirmations(options: ConfirmationsOptions): Confirmations {
  const { main, clock, keys, replicaId, mark } = options
  const confirmed = new Map<string, SharedMark>()
  const waiters = new Set<() => void>()
  let lastId: StreamId = '0-0'
  let sent: SharedMark | null = null
  let isSending = false

  /** Sends one message at a time; the next one covers all that was applied meanwhile. */
  async function send(): Promise<void> {
    if (isSending) return
    isSending = true
    for (let reached = mark(); reached !== null && !isSame(reached, sent); reached = mark()) {
      sent = reached
      const fields = ['by', replicaId, 'generation', reached.generation, 'id', reached.id]
      await main.ask((client) => client.xadd(keys.confirmations, 'MAXLEN', '~', MAX_STORED, '*', ...fields))
    }
    isSending = false
  }

  const hasConfirmed = (replica: string, { generation, id }: SharedMark): boolean => {
    const reached = confirmed.get(replica)
    return reached?.generation === generation && compareIds(reached.id, id) >= 0
  }

  return {
    key: () => keys.confirmations,
    from: () => lastId,
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
    send: () => void send(),
    leave() {
      lastId = '0-0'
      sent = null
    },
    wait: (entry, until) => waitUntil(clock, waiters, until, (name) => hasConfirmed(name, entry)),
  }
}

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

const isSame = (one: SharedMark, other: SharedMark | null): boolean =>
  one.generation === other?.generation && one.id === other.id
