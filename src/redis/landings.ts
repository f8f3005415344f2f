// Tells the replicas that a flight has ended, so that those who wait for it look at what it brought.
import type { Clock } from '../clock.ts'
import type { Client } from './connection.ts'
import type { CallDigest, Keys } from './keys.ts'
import { compareIds } from './streams.ts'
import type { Followed, StreamId } from './streams.ts'

type Pipeline = ReturnType<Client['pipeline']>

export interface Landings extends Followed {
  add(pipeline: Pipeline, digest: CallDigest): Pipeline
  /** Begins to listen at once; whoever does not wait must cancel. */
  next(digest: CallDigest): Landing
}

export interface Landing {
  /** Resolves with the next landing of this call, or after `atMostMs`; rejects with the signal's reason. */
  wait(atMostMs: number, signal: AbortSignal): Promise<void>
  cancel(): void
}

/** Whoever is behind by more looks again by itself. */
const MAX_REMEMBERED = 500

export function createLandings(keys: Keys, clock: Clock): Landings {
  const listeners = new Map<CallDigest, Set<() => void>>()
  let lastId: StreamId = '0-0'

  return {
    key: keys.landings,
    from: () => lastId,
    take(entries) {
      for (const { id, fields } of entries) {
        if (compareIds(id, lastId) > 0) lastId = id
        for (const listener of listeners.get(fields['call'] as CallDigest) ?? []) listener()
      }
    },
    add: (pipeline, digest) =>
      pipeline.xadd(keys.landings, 'MAXLEN', '~', MAX_REMEMBERED, '*', 'call', digest),
    next(digest) {
      const woken = new AbortController()
      const listener = (): void => woken.abort()
      const ofCall = listeners.get(digest) ?? new Set()
      listeners.set(digest, ofCall.add(listener))
      const cancel = (): void => {
        ofCall.delete(listener)
        if (ofCall.size === 0) listeners.delete(digest)
      }
      return {
        cancel,
        async wait(atMostMs, signal) {
          await clock.sleep(atMostMs, AbortSignal.any([signal, woken.signal])).catch(() => {})
          cancel()
          signal.throwIfAborted()
        },
      }
    },
  }
}
