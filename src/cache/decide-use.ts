// What an answer in the cache is good for: the lifetime of its kind, and what the request says of ages (RFC 9111, 5861).
import { ANY_FRESHNESS } from '../rest/call.ts'
import type { Reply, Terms } from '../rest/call.ts'
import type { Lifetime } from './lifetimes.ts'

/**
 * `fresh`: served. `revalidated`: served, marked, and refreshed behind. `accepted`: served, marked, as the request asked
 * for no more. `inBadTimes`: served, marked, only when no call is left or Aurora fails. `none`: not for this request.
 */
export type Use = 'fresh' | 'revalidated' | 'accepted' | 'inBadTimes' | 'none'

/** What a request says of the ages it takes. */
export type Wanted = Pick<Terms, 'begunAtMs' | 'freshness'> & Partial<Pick<Terms, 'tellUsed'>>

export const ANY_FRESH: Wanted = { begunAtMs: Infinity, freshness: ANY_FRESHNESS }

export interface Aged {
  readonly reply: Reply
  readonly ageMs: number
  readonly lifetime: Lifetime
}

export function decideUse({ reply, ageMs, lifetime }: Aged, { begunAtMs, freshness }: Wanted): Use {
  const { maxAgeMs, maxStaleMs, staleIfErrorMs } = freshness
  const freshMs = Math.min(lifetime.freshMs, maxAgeMs ?? Infinity)
  // Nothing newer can be had than what came while the request was under way: it is not asked for twice.
  const isNews = reply.answeredAtMs >= begunAtMs && ageMs < lifetime.freshMs
  if (ageMs < freshMs || isNews) return 'fresh'
  if (maxStaleMs !== null && ageMs < freshMs + maxStaleMs) return 'accepted'
  // Whoever names an age wants no older one, save by max-stale: our own leeway is for those who say nothing.
  const isOurs = maxAgeMs === null
  if (isOurs && maxStaleMs === null && ageMs < lifetime.staleMs) return 'revalidated'
  const keptMs = staleIfErrorMs === null ? (isOurs ? lifetime.keptMs : 0) : freshMs + staleIfErrorMs
  return ageMs < Math.min(keptMs, lifetime.keptMs) ? 'inBadTimes' : 'none'
}
