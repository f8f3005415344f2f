// How long each kind of object is fresh, stale, and kept for bad times; the reasons are in docs/caching.md.
import type { Kind } from '../rest/endpoints.ts'

/** Ages since the answer, in milliseconds, ascending. */
export interface Lifetime {
  /** Younger: served. */
  readonly freshMs: number
  /** Younger: served at once, marked, and refreshed behind. */
  readonly staleMs: number
  /** Younger: served, marked, only when no call is left or Aurora fails. Older: forgotten. */
  readonly keptMs: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Names of tenants change about never. */
const SETTLED: Lifetime = { freshMs: DAY, staleMs: 2 * DAY, keptMs: 7 * DAY }
/** People join and leave a company by the day, not by the minute. */
const STAFF: Lifetime = { freshMs: HOUR, staleMs: 4 * HOUR, keptMs: DAY }
/** What people work on: a screen reopened within a coffee break costs nothing, and is at most minutes behind. */
const WORK: Lifetime = { freshMs: 5 * MINUTE, staleMs: 15 * MINUTE, keptMs: DAY }

export const LIFETIMES: Readonly<Record<Kind, Lifetime>> = {
  tenant: SETTLED,
  user: STAFF,
  team: STAFF,
  partner: STAFF,
  project: WORK,
  consumptionProfile: WORK,
  design: WORK,
  designSummary: WORK,
  pricing: WORK,
  financing: WORK,
}

/** "Not there" is remembered for seconds: long enough for one screen's repeats, short for what is being made. */
export const NOT_FOUND_LIFETIME: Lifetime = {
  freshMs: 10 * SECOND,
  staleMs: 10 * SECOND,
  keptMs: 10 * SECOND,
}

export type Age = 'fresh' | 'stale' | 'kept' | 'forgotten'

export function decideAge(ageMs: number, { freshMs, staleMs, keptMs }: Lifetime): Age {
  if (ageMs < freshMs) return 'fresh'
  if (ageMs < staleMs) return 'stale'
  return ageMs < keptMs ? 'kept' : 'forgotten'
}
