// How many requests one caller may send, and how many wrong keys one address: counted in fixed windows, in bounded memory.
import { isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'

export interface RequestRate {
  /** null: let in; else the milliseconds after which it is let in again. */
  count(name: string): number | null
}

export interface RequestRateOptions {
  /** In one window; 0: any number. */
  readonly limit: number
  readonly clock: Clock
}

const WINDOW_MS = 60_000
/** Names that are counted at once. One that is forgotten begins anew: whoever can fill this many can't be held by it. */
const MAX_NAMES = 20_000

export function createRequestRate({ limit, clock }: RequestRateOptions): RequestRate {
  const windows = new LRUCache<string, { count: number; readonly endsAtMs: number }>({ max: MAX_NAMES })
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

/** Wrong keys of one address in a minute: a person mistypes some, and a guesser of 256 bits needs more than there are. */
export const MAX_WRONG_KEYS = 10

/**
 * Where a request comes from, as the outermost of our own proxies saw it: each appends to `X-Forwarded-For` whom it heard
 * it from, and what stands before those entries is whatever the sender likes.
 */
export function addressOf(
  peer: string | undefined,
  forwardedFor: string | null,
  trustedProxies: number,
): string {
  const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim())
  const told = trustedProxies === 0 ? undefined : hops.at(-trustedProxies)
  return networkOf(told || (peer ?? 'unknown'))
}

/** Whoever has an IPv6 address has 2^64 of them: they count as one. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::', 2)
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].slice(0, 4).join(':').toLowerCase()
}
