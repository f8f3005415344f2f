// When a watched answer is made anew though nobody has changed it, and in which class the calls for it go.
import { isYoungEnough } from '../answers/ages.ts'
import type { Ages } from '../answers/ages.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { Made } from './made.ts'

/**
 * Why an answer is made. `first`: a client waits for it. `change`: a reply that it was made of has changed. `retry`: a field
 * had failed. `age`: a reply is not fresh any more.
 */
export type Purpose = 'first' | 'change' | 'retry' | 'age'

interface Terms {
  readonly callClass: CallClass
  /** The header fields of a request that would be answered so. */
  readonly fields: Readonly<Record<string, string>>
}

/** RFC 9111, 1.2.2. */
const ANY_AGE = 2 ** 31

export const TERMS: Readonly<Record<Purpose, Terms>> = {
  first: { callClass: 'interactive', fields: {} },
  // The client of a request that waits goes first.
  change: { callClass: 'revalidation', fields: {} },
  retry: { callClass: 'revalidation', fields: {} },
  // Takes only slots that are to spare at this moment, and keeps what it has where there is none.
  age: {
    callClass: 'warmUp',
    fields: { 'cache-control': `max-age=${ANY_AGE}, stale-if-error=${ANY_AGE}`, prefer: 'wait=0' },
  },
}

/** A screen that changes more often than this cannot be read. */
export const MIN_PAUSE_MS = 1000

/** One change is mostly followed by notices of others about the same, and Aurora may answer the first read too early. */
const FRUITLESS_AT_ONCE = 3
const MAX_PAUSE_MS = 16_000

/** What the runs that were made because of a change have brought lately. */
export interface Pace {
  /** When clients were last given another answer. */
  readonly newsAtMs: number
  /** How many runs have brought none: one is forgotten in the longest pause. */
  readonly fruitless: number
  /** When the last of those was begun. */
  readonly fruitlessAtMs: number
}

export const AT_REST: Pace = { newsAtMs: -Infinity, fruitless: 0, fruitlessAtMs: -Infinity }

export interface PacedRun {
  readonly begunAtMs: number
  /** When its answer was there. */
  readonly takenAtMs: number
  readonly purpose: Purpose
  /** Clients are given another answer than before. */
  readonly isNews: boolean
  /** Changes have come while it was made, as while the one before it was, so that clients are given it all the same. Left out: no. */
  readonly isGivenAnyhow?: boolean
}

export function notePace(pace: Pace, run: PacedRun): Pace {
  const { begunAtMs, takenAtMs, purpose, isNews, isGivenAnyhow = false } = run
  // A run is shorter than the one before it at times: an answer that comes within a second of the last one is given to nobody.
  if (isNews) return { ...AT_REST, newsAtMs: takenAtMs }
  // What nobody has caused comes seldom enough by itself, and holds up no change.
  if (purpose !== 'change') return pace
  const forgotten = (begunAtMs - pace.fruitlessAtMs) / MAX_PAUSE_MS
  const fruitless = Math.max(0, pace.fruitless - forgotten) + 1
  // Changes come faster than they can be read, so the next run would be overtaken as well.
  const least = isGivenAnyhow ? FRUITLESS_AT_ONCE : 0
  return { ...pace, fruitless: Math.max(fruitless, least), fruitlessAtMs: begunAtMs }
}

/** When a change may be read: a second after the last answer that was sent, and at once after a run that was not. */
export const readableAtMs = ({ newsAtMs, fruitless, fruitlessAtMs }: Pace): number =>
  Math.max(newsAtMs + MIN_PAUSE_MS, fruitlessAtMs + pauseMs(fruitless))

/** Rounded, because a little of each has been forgotten when the next one ends. */
const pauseMs = (fruitless: number): number =>
  Math.round(fruitless) < FRUITLESS_AT_ONCE
    ? 0
    : Math.min(MIN_PAUSE_MS * 2 ** Math.max(0, fruitless - FRUITLESS_AT_ONCE), MAX_PAUSE_MS)

/** As often as a person would look whether something has come that should come soon. */
const MIN_PATIENCE_MS = 5000
/** The fresh time of most kinds: what cannot be cached is not read more often than what can be. */
const MAX_PATIENCE_MS = 5 * 60_000
/** What has not changed for a minute is looked at 15 s later: a change is noticed by a quarter of the time late. */
const PATIENCE_SHARE = 1 / 4

export interface Due {
  readonly atMs: number
  readonly purpose: Purpose
}

export interface Moment {
  readonly nowMs: number
  readonly wallMs: number
  /** When what the answer says has last changed. */
  readonly sinceMs: number
  /** Why it was made. */
  readonly purpose: Purpose
}

/**
 * Null where nothing but a change can make another answer of it. An answer that was made because of a change, and has got none but
 * an older copy of a reply, has failed there as well.
 */
export function decideNext({ isWhole, retryAtMs, ages, begunAtMs }: Made, moment: Moment): Due | null {
  const { nowMs, wallMs, purpose } = moment
  if (!isWhole && retryAtMs !== null) {
    const toldMs = nowMs + retryAtMs - wallMs
    return { purpose: 'retry', atMs: Math.max(toldMs, nowMs + patienceMs(moment, MIN_PAUSE_MS)) }
  }
  const soonestMs = nowMs + patienceMs(moment, MIN_PATIENCE_MS)
  if (!isWhole) return { purpose: 'retry', atMs: soonestMs }
  if (ages === null) return null
  const isOld = !isYoungEnough(ages, { nowMs: begunAtMs }) && purpose !== 'age'
  return { purpose: isOld ? 'retry' : 'age', atMs: Math.max(goesStaleAtMs(ages, nowMs), soonestMs) }
}

/**
 * What is fresh by proof alone is looked at as often as what is not, mostly at no call: it is used, so that it may be audited. The end
 * of a trust is a change.
 */
function goesStaleAtMs({ freshUntilMs, answeredAtMs, provenUntilMs, trusts }: Ages, nowMs: number): number {
  if (nowMs < freshUntilMs || !trusts.every((trust) => trust.holds())) return freshUntilMs
  return Math.min(provenUntilMs, nowMs + freshUntilMs - answeredAtMs)
}

/**
 * How long to wait at least, so that the calls grow with the logarithm of the time: neither Aurora, nor a job that is running, nor
 * a reply that cannot be cached is asked for in a loop.
 */
const patienceMs = ({ nowMs, sinceMs }: Moment, minMs: number): number =>
  Math.min(Math.max((nowMs - sinceMs) * PATIENCE_SHARE, minMs), MAX_PATIENCE_MS)

/** Whether a client that comes now may get it. */
export const isFresh = ({ isGood, isWhole, ages }: Made, nowMs: number): boolean =>
  isGood && isWhole && ages !== null && isYoungEnough(ages, { nowMs })
