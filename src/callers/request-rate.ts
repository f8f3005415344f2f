// Counts the requests of each caller, and the wrong keys of each address, in fixed windows and in bounded memory.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'

export interface RequestRate {
  /** null: within the limit; otherwise in how many milliseconds the next request will be. */
  count(name: string): number | null
}

export interface RequestRateOptions {
  /** The maximum in one window; 0: any number. */
  readonly limit: number
  readonly clock: Clock
}

const WINDOW_MS = 60_000
/** Names that are counted at once. A name that is evicted starts at 0 again; this limit cannot stop a sender with so many names. */
const MAX_NAMES = 20_000

export function createRequestRate({ limit, clock }: RequestRateOptions): RequestRate {
  const windows = new LRUCache<string, { count: number; readonly endsAtMs: number }>({
    maxSize: MAX_NAMES,
    sizeCalculation: () => 1,
  })
  return {
    count(name) {
      if (limit === 0) return null
      const nowMs = clock.monotonicMs()
      const known = windows.get(name)
      if (known === undefined || known.endsAtMs <= nowMs) {
        windows.set(name, { count: 1, endsAtMs: nowMs + WINDOW_MS })
        return null
      }
      known.count += 1
      return known.count > limit ? known.endsAtMs - nowMs : null
    },
  }
}

/** Wrong keys of one address in a minute: enough for a person who mistypes, and useless for guessing 256 bits. */
export const MAX_WRONG_KEYS = 10
