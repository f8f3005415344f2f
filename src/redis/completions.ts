// Notifies the other replicas that a flight has ended, so that those that wait for it look for its reply in Redis.
import type { Clock } from '../clock.ts'
import { createLeaving } from '../leaving.ts'
import type { LeaveSignal } from '../leaving.ts'
import type { CallDigest, Keys } from './keys.ts'
import type { Pipeline } from './pipeline.ts'
import { compareIds } from './streams.ts'
import type { Followed, StreamId } from './streams.ts'

export interface Completions extends Followed {
  /** Adds the command that notifies the others. */
  add(pipeline: Pipeline, digest: CallDigest): Pipeline
  /** Begins to listen at once, so code that does not call `wait` must call `cancel`. */
  next(digest: CallDigest): CompletionWait
}

export interface CompletionWait {
  /** Resolves when a flight of this call has ended, or after `atMostMs`. Rejects with the signal's reason. */
  wait(atMostMs: number, signal: LeaveSignal): Promise<void>
  cancel(): void
}

/**
 * A replica that is behind by more misses notices; its waiting calls look into Redis again after a while in any case.
 */
const MAX_STORED = 500

export function createCompletions(keys: Keys, clock: Clock): Completions {
  const listeners = new Map<CallDigest, Set<() => void>>()
  let lastId: StreamId = '0-0'

  return {
    key: () => keys.completions,
    from: () => lastId,
    take(entries) {
      for (const { id, fields } of entries) {
        if (compareIds(id, lastId) > 0) lastId = id
        for (const listener of listeners.get(fields['call'] as CallDigest) ?? []) listener()
      }
    },
    add: (pipeline, digest) =>
      pipeline.xadd(keys.completions, 'MAXLEN', '~', MAX_STORED, '*', 'call', digest),
    next(digest) {
      const over = createLeaving()
      const listener = (): void => over.abort(undefined)
      const ofCall = listeners.get(digest) ?? new Set()
      listeners.set(digest, ofCall.add(listener))
      const cancel = (): void => {
        ofCall.delete(listener)
        if (ofCall.size === 0) listeners.delete(digest)
      }
      return {
        cancel,
        async wait(atMostMs, signal) {
          signal.addEventListener('abort', listener, { once: true })
          if (signal.aborted) listener()
          await clock.sleep(atMostMs, over.signal).catch(() => {})
          signal.removeEventListener('abort', listener)
          cancel()
          signal.throwIfAborted()
        },
      }
    },
  }
}
