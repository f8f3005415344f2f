// Decides whether a cached answer may be served, by the lifetime of its kind and the ages that the request accepts (RFC 9111, 5861).
import type { Lifetime } from '../aurora/lifetimes.ts'
import { ANY_FRESHNESS } from '../rest/freshness.ts'
import type { Proven, Terms, UsedReply } from '../rest/terms.ts'
import type { Answer } from '../rest/answer.ts'
import type { Age } from './decide-lifetime.ts'
import { isFreshByProof, lifetimeNow } from './proven.ts'

/**
 * `fresh`: served. `unconfirmed`: served, marked as stale, because another replica may have changed it; a call would
 * not make the next request more certain. `revalidated`: served, marked as stale, and refreshed afterwards. `accepted`:
 * served, marked as stale, since the request accepts its age. `ifFailing`: served, marked as stale, only if no call is
 * left or Aurora fails. `none`: not served to this request.
 */
export type Use = 'fresh' | 'unconfirmed' | 'revalidated' | 'accepted' | 'ifFailing' | 'none'

/** The ages that a request accepts. */
export type Wanted = Pick<Terms, 'begunAtMs' | 'freshness'> & Partial<Pick<Terms, 'onUsed'>>

export const ANY_FRESH: Wanted = { begunAtMs: Infinity, freshness: ANY_FRESHNESS }

export interface Aged {
  readonly answer: Answer
  readonly ageMs: number
  /** The lifetime of its kind. */
  readonly lifetime: Lifetime
  /** Left out: the ordinary ages count. */
  readonly proven?: Proven | undefined
  /** Left out: nothing is in doubt. */
  readonly doubt?: Doubt
}

/**
 * Why a cached answer may be from before a write of another replica. `lease`: this replica may lack notices of writes.
 * `entry`: it has all later notices, but may have lost one since this answer came, so a newer answer ends the doubt.
 */
export type Doubt = 'lease' | 'entry' | null

export function decideUse(aged: Aged, wanted: Wanted): Use {
  const use = decideUseByAge(aged, wanted)
  const { answer, doubt = null } = aged
  // A call that was sent since the request began was answered after every write that the request has to show.
  if (use !== 'fresh' || doubt === null || isAskedSince(answer, wanted)) return use
  const { maxAgeMs, maxStaleMs } = wanted.freshness
  return doubt === 'entry' && maxAgeMs === null && maxStaleMs === null ? 'revalidated' : 'unconfirmed'
}

/**
 * Whether it may stand for other requests, too. `decideUse` accepts an answer in doubt for a request that began before
 * its call was sent, but only for that request.
 */
export const isFreshForAll = (aged: Aged, wanted: Wanted): boolean =>
  (aged.doubt ?? null) === null && decideUse(aged, wanted) === 'fresh'

/** No cache in front of the gateway may treat an answer in doubt as fresh. */
export const toUnconfirmed = (used: UsedReply): UsedReply => ({
  ...used,
  lifetime: { freshMs: 0, staleMs: 0, keptMs: used.lifetime.keptMs },
  proven: undefined,
  isUnconfirmed: true,
})

/**
 * Whether it is served before another replica or Aurora is asked. If it is unknown whether a later write has touched
 * it, an answer of another replica may be more certain.
 */
export const isAtHand = ({ age, doubt }: { readonly age: Age; readonly doubt: Doubt }): boolean =>
  age === 'fresh' && doubt !== 'entry'

export const isAskedSince = ({ sentAtMs }: Answer, { begunAtMs }: Pick<Wanted, 'begunAtMs'>): boolean =>
  sentAtMs !== undefined && sentAtMs >= begunAtMs

/** Whether an answer is fresh by its age alone. */
export function isFreshByAge(
  answeredAtMs: number,
  { ageMs, lifetime, proven }: Pick<Aged, 'ageMs' | 'lifetime' | 'proven'>,
  { begunAtMs, freshness: { maxAgeMs } }: Wanted,
): boolean {
  if (ageMs >= lifetime.freshMs && !isFreshByProof(proven, ageMs)) return false
  // An answer that came while the request was under way is as new as can be: it is not fetched twice.
  return maxAgeMs === null || ageMs < maxAgeMs || answeredAtMs >= begunAtMs
}

function decideUseByAge(aged: Aged, wanted: Wanted): Use {
  const { answer, ageMs } = aged
  if (isFreshByAge(answer.answeredAtMs, aged, wanted)) return 'fresh'
  const lifetime = lifetimeNow(aged)
  const { maxAgeMs, maxStaleMs, staleIfErrorMs } = wanted.freshness
  const freshMs = Math.min(lifetime.freshMs, maxAgeMs ?? Infinity)
  if (maxStaleMs !== null && ageMs < freshMs + maxStaleMs) return 'accepted'
  // A request that names an age accepts no older answer, except by max-stale, because the stale time of the gateway is
  // for requests that name none.
  if (maxAgeMs === null && maxStaleMs === null && ageMs < lifetime.staleMs) return 'revalidated'
  // A refresh (`no-cache`) names no age: it demands new data, but an older answer is better than none if that fails.
  const namesAge = maxAgeMs !== null && maxAgeMs > 0
  const keptMs = staleIfErrorMs === null ? (namesAge ? 0 : lifetime.keptMs) : freshMs + staleIfErrorMs
  return ageMs < Math.min(keptMs, lifetime.keptMs) ? 'ifFailing' : 'none'
}
