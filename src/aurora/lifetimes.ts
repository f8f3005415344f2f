// How long an answer of Aurora is fresh, how long stale, and how long it is kept in case Aurora fails. `npm run docs` prints the table of docs/caching.md from here.

/** Ages since the answer, in milliseconds, ascending. */
export interface Lifetime {
  /** Younger answers are served. */
  readonly freshMs: number
  /** Younger answers are served at once, marked as stale, and revalidated afterwards. */
  readonly staleMs: number
  /** Younger answers are served, marked as stale, only if no call is left or Aurora fails. Older answers are deleted. */
  readonly keptMs: number
}

/** A lifetime that several kinds share, with its reason for the documentation. */
export interface LifetimeClass extends Lifetime {
  readonly reason: string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const SETTLED: LifetimeClass = {
  freshMs: DAY,
  staleMs: 2 * DAY,
  keptMs: 7 * DAY,
  reason: 'names of companies, datasheets and templates hardly ever change',
}

export const STAFF: LifetimeClass = {
  freshMs: HOUR,
  staleMs: 4 * HOUR,
  keptMs: DAY,
  reason: 'people join and leave a company by the day',
}

export const WORK: LifetimeClass = {
  freshMs: 5 * MINUTE,
  staleMs: 15 * MINUTE,
  keptMs: DAY,
  reason: 'a screen that is opened again within a coffee break costs nothing and is at most minutes behind',
}

export const LINKED: LifetimeClass = {
  freshMs: 5 * MINUTE,
  staleMs: 10 * MINUTE,
  keptMs: 10 * MINUTE,
  reason: 'these contain download addresses; the shortest known life of such an address is 15 minutes',
}

export const JOB: LifetimeClass = {
  freshMs: 2 * SECOND,
  staleMs: 2 * SECOND,
  keptMs: MINUTE,
  reason:
    'all clients that poll share one answer; the answer with which a job ends changes no more and lives as long as one with links',
}

export const NEVER: LifetimeClass = {
  freshMs: 0,
  staleMs: 0,
  keptMs: 0,
  reason: 'only answers to writes, which are never read',
}

/**
 * 403: permissions are changed by hand in an account. Longer than any slot is held: otherwise a query with more of
 * these than slots would repeat the first of them again and again, and never reach the last.
 */
export const FORBIDDEN: LifetimeClass = {
  freshMs: 5 * MINUTE,
  staleMs: 5 * MINUTE,
  keptMs: 5 * MINUTE,
  reason:
    'permissions are changed by hand; longer than a slot is held, so that a query with more of these than slots still ends',
}

/** 404: long enough for the repeats of one screen, short enough for objects that are being created. */
export const NOT_FOUND: LifetimeClass = {
  freshMs: 10 * SECOND,
  staleMs: 10 * SECOND,
  keptMs: 10 * SECOND,
  reason: 'covers the repeats of one screen, and lets new objects appear soon',
}
