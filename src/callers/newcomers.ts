// Limits the credentials of one address that Aurora has not accepted: how many are tried at once, and how many in a minute.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { MAX_WRONG_KEYS } from './request-rate.ts'

export interface Newcomers {
  /** null: a new credential of this address may be tried; otherwise in how many milliseconds it may be. */
  waitMs(address: string, credential: string): number | null
  /** To be called when a request with this credential begins; the returned function ends it. */
  begin(address: string, credential: string): () => void
  /** To be called when the credential was tried and not accepted. Counts once in a minute. */
  note(address: string, credential: string): void
}

/** A credential that is not accepted is a wrong key. */
const MAX_NOT_ACCEPTED = MAX_WRONG_KEYS
/**
 * As many as the people of an office whose requests come at the same moment after a restart; a trial takes some 100 ms.
 */
const MAX_AT_ONCE = 20
const WINDOW_MS = 60_000
const SOON_MS = 1000
/** Addresses that are counted at once. One that is evicted starts at 0 again. */
const MAX_ADDRESSES = 20_000

interface Window {
  readonly credentials: Set<string>
  readonly endsAtMs: number
}

export function createNewcomers({ clock }: { readonly clock: Clock }): Newcomers {
  const windows = new LRUCache<string, Window>({ maxSize: MAX_ADDRESSES, sizeCalculation: () => 1 })
  /** How many requests each credential of an address has under way. */
  const underWay = new Map<string, Map<string, number>>()

  function windowOf(address: string): Window | null {
    const window = windows.get(address)
    return window && clock.monotonicMs() < window.endsAtMs ? window : null
  }

  return {
    waitMs(address, credential) {
      const window = windowOf(address)
      if (window?.credentials.has(credential)) return null
      if (window && window.credentials.size >= MAX_NOT_ACCEPTED) return window.endsAtMs - clock.monotonicMs()
      const trials = underWay.get(address)
      return trials && trials.size >= MAX_AT_ONCE && !trials.has(credential) ? SOON_MS : null
    },
    begin(address, credential) {
      const trials = underWay.get(address) ?? new Map<string, number>()
      underWay.set(address, trials.set(credential, (trials.get(credential) ?? 0) + 1))
      return () => {
        const left = (trials.get(credential) ?? 1) - 1
        if (left > 0) trials.set(credential, left)
        else trials.delete(credential)
        if (trials.size === 0) underWay.delete(address)
      }
    },
    note(address, credential) {
      const window = windowOf(address) ?? {
        credentials: new Set<string>(),
        endsAtMs: clock.monotonicMs() + WINDOW_MS,
      }
      windows.set(address, window)
      // Requests that were under way may exceed the number; a full set already refuses the address, so it need not grow.
      if (window.credentials.size < MAX_NOT_ACCEPTED) window.credentials.add(credential)
    },
  }
}
