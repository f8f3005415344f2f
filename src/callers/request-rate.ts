// Counts the requests of each caller, and the wrong keys of each address, in fixed windows and in bounded memory.
import { isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'

export interface RequestRate {
  /** null: within the limit; else the milliseconds until the next request is. */
  count(name: string): number | null
}

export interface RequestRateOptions {
  /** How many in one window; 0: any number. */
  readonly limit: number
  readonly clock: Clock
}

const WINDOW_MS = 60_000
/** Names that are counted at once. A name that is evicted starts at 0 again; this limit cannot stop a sender with so many names. */
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

/** Wrong keys of one address in a minute: enough for a person who mistypes, and useless for guessing 256 bits. */
export const MAX_WRONG_KEYS = 10

/**
 * The address from which a request reached the outermost trusted proxy. Each proxy appends the address of its sender to
 * `X-Forwarded-For`; the sender can choose the entries before those.
 */
export function addressOf(
  peer: string | undefined,
  forwardedFor: string | null,
  trustedProxies: number,
): string {
  const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim())
  const forwarded = trustedProxies === 0 ? undefined : hops.at(-trustedProxies)
  return networkOf(forwarded || (peer ?? 'unknown'))
}

/** A client with one IPv6 address usually has 2^64 of them: they count as one. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::', 2)
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].slice(0, 4).join(':').toLowerCase()
}
