// Decides which replica makes a call: a lock for each call, held while the flight lasts, and released by itself if its holder dies.
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import type { CallDigest, Keys } from './keys.ts'
import { askAll } from './pipeline.ts'
import type { Pipeline } from './pipeline.ts'

export interface FlightLocks {
  /** Adds the command that takes the lock if it is free; its answer is `OK` then. */
  take(pipeline: Pipeline, digest: CallDigest, token: string): Pipeline
  /** Renews the lock that was taken, until `forget`. */
  keep(digest: CallDigest, token: string): void
  /** Adds the command that frees the lock, unless another replica has taken it in the meantime. */
  leave(pipeline: Pipeline, digest: CallDigest, token: string): Pipeline
  /** Whether an earlier flight of this replica holds the lock, which a write has made outdated since. */
  isOurs(digest: CallDigest): boolean
  forget(digest: CallDigest, token: string): void
}

/** A replica that has died delays the others for no longer than this. */
const HELD_MS = 5000
/** So often that some renewals may be lost, or come late because the process was busy for seconds. */
const RENEW_EVERY_MS = 1000

const LEAVE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`

interface FlightLocksOptions {
  readonly main: Connection
  readonly keys: Keys
  readonly clock: Clock
}

export function createFlightLocks({ main, keys, clock }: FlightLocksOptions): FlightLocks {
  const held = new Map<CallDigest, string>()
  let cancelTimer: (() => void) | null = null

  async function renewAll(): Promise<void> {
    cancelTimer = null
    await askAll(main, (pipeline) => {
      for (const [digest, token] of held) pipeline.eval(RENEW, 1, keys.flight(digest), token, HELD_MS)
      return pipeline
    })
    schedule()
  }

  function schedule(): void {
    if (held.size > 0) cancelTimer ??= clock.after(RENEW_EVERY_MS, () => void renewAll())
  }

  return {
    take: (pipeline, digest, token) => pipeline.set(keys.flight(digest), token, 'PX', HELD_MS, 'NX'),
    keep(digest, token) {
      held.set(digest, token)
      schedule()
    },
    leave: (pipeline, digest, token) => pipeline.eval(LEAVE, 1, keys.flight(digest), token),
    isOurs: (digest) => held.has(digest),
    forget(digest, token) {
      if (held.get(digest) === token) held.delete(digest)
      if (held.size > 0) return
      cancelTimer?.()
      cancelTimer = null
    },
  }
}
