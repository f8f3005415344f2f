// Decides when a watched answer is made again without a change, and the class of the calls for it.
import { isYoungEnough } from '../answers/ages.ts'
import type { Ages } from '../answers/ages.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { Made } from './made.ts'

/**
 * Why an answer is made. `first`: a client waits for it. `change`: one of its replies has changed. `retry`: a field had
 * failed. `age`: a reply is no longer fresh.
 */
export type Purpose = 'first' | 'change' | 'retry' | 'age'

interface Terms {
  readonly callClass: CallClass
  /** The header fields of a request that would be answered in the same way. */
  readonly fields: Readonly<Record<string, string>>
}

/** RFC 9111, 1.2.2. */
const ANY_AGE = 2 ** 31

export const TERMS: Readonly<Record<Purpose, Terms>> = {
  first: { callClass: 'interactive', fields: {} },
  // The client of a waiting request goes first.
  change: { callClass: 'revalidation', fields: {} },
  retry: { callClass: 'revalidation', fields: {} },
  // Takes only spare slots, and keeps its replies if there is none.
  age: {
    callClass: 'warmUp',
    fields: { 'cache-control': `max-age=${ANY_AGE}, stale-if-error=${ANY_AGE}`, prefer: 'wait=0' },
  },
}

/** A screen that changes more often than this cannot be read. */
export const MIN_PAUSE_MS = 1000

/** One change is usually followed by further notices about the same, and Aurora may answer the first read too early. */
const FRUITLESS_AT_ONCE = 3
const MAX_PAUSE_MS = 16_000

/** The recent outcomes of the runs that were made because of a change. */
export interface Pace {
  /** When clients last got a new answer. */
  readonly newsAtMs: number
  /** How many runs have brought no new answer: one is forgotten in each longest pause. */
  readonly fruitless: number
  /** When the last of those runs was begun. */
  readonly fruitlessAtMs: number
}

export const AT_REST: Pace = { newsAtMs: -Infinity, fruitless: 0, fruitlessAtMs: -Infinity }

export interface PacedRun {
  readonly begunAtMs: number
  /** When its answer was ready. */
  readonly takenAtMs: number
  readonly purpose: Purpose
  /** Whether clients get another answer than before. */
  readonly isNews: boolean
  /**
   * Whether it is given although changes came while it was made, because the same happened to the one before. Left out:
   * no.
   */
  readonly isGivenAnyhow?: boolean
}

export function notePace(pace: Pace, run: PacedRun): Pace {
  const { begunAtMs, takenAtMs, purpose, isNews, isGivenAnyhow = false } = run
  // A run is shorter than the one before it at times, and no client gets an answer within a second of the last one.
  if (isNews) return { ...AT_REST, newsAtMs: takenAtMs }
  // Runs without a change are rare enough, and delay no change.
  if (purpose !== 'change') return pace
  const forgotten = (begunAtMs - pace.fruitlessAtMs) / MAX_PAUSE_MS
  const fruitless = Math.max(0, pace.fruitless - forgotten) + 1
  // Changes come faster than they can be read, so the next run would be overtaken as well.
  const least = isGivenAnyhow ? FRUITLESS_AT_ONCE : 0
  return { ...pace, fruitless: Math.max(fruitless, least), fruitlessAtMs: begunAtMs }
}

/**
 * When a change may be read: a second after the last answer that was sent, and at once after a run without an answer
 * that was sent.
 */
export const readableAtMs = ({ newsAtMs, fruitless, fruitlessAtMs }: Pace): number =>
  Math.max(newsAtMs + MIN_PAUSE_MS, fruitlessAtMs + pauseMs(fruitless))

/** Rounded, because a little of each has been forgotten when the next one ends. */
const pauseMs = (fruitless: number): number =>
  Math.round(fruitless) < FRUITLESS_AT_ONCE
    ? 0
    : Math.min(MIN_PAUSE_MS * 2 ** Math.max(0, fruitless - FRUITLESS_AT_ONCE), MAX_PAUSE_MS)

/** As often as a person would look for something that should come soon. */
const MIN_PATIENCE_MS = 5000
/** The fresh time of most kinds: what cannot be cached is not read more often than what can be. */
const MAX_PATIENCE_MS = 5 * 60_000
/**
 * An answer that has not changed for a minute is checked 15 s later, so a change is noticed with a delay of a quarter
 * of the time.
 */
const PATIENCE_SHARE = 1 / 4

export interface Due {
  readonly atMs: number
  readonly purpose: Purpose
}

export interface Moment {
  readonly nowMs: number
  readonly wallMs: number
  /** When the content of the answer last changed. */
  readonly sinceMs: number
  /** When it was last made after a change; `-Infinity` for never. */
  readonly changeAtMs: number
  /** Why it was made. */
  readonly purpose: Purpose
}

/**
 * Null if only a change can lead to another answer. An answer that was made because of a change, but got only an older
 * copy of a reply, counts as failed there: such a run takes an old copy where no call is left for it.
 */
export function decideNext({ isWhole, retryAtMs, ages, begunAtMs }: Made, moment: Moment): Due | null {
  const { nowMs, wallMs, sinceMs, changeAtMs, purpose } = moment
  const isOld = ages !== null && !isYoungEnough(ages, { nowMs: begunAtMs }) && purpose !== 'age'
  // The content may have been the same for an hour before the change that could not be read.
  const unchanged = { nowMs, sinceMs: isOld ? Math.max(sinceMs, changeAtMs) : sinceMs }
  if (!isWhole) {
    const toldMs = retryAtMs === null ? -Infinity : nowMs + retryAtMs - wallMs
    const minMs = retryAtMs === null ? MIN_PATIENCE_MS : MIN_PAUSE_MS
    return { purpose: 'retry', atMs: Math.max(toldMs, nowMs + patienceMs(unchanged, minMs)) }
  }
  if (ages === null) return null
  return {
    purpose: isOld ? 'retry' : 'age',
    atMs: Math.max(goesStaleAtMs(ages, nowMs), nowMs + patienceMs(unchanged, MIN_PATIENCE_MS)),
  }
}

/**
 * Replies that are fresh only by proof are checked as often as others, usually without a call: this counts as a use, so
 * that they may be audited. The end of a trust is a change.
 */
function goesStaleAtMs({ freshUntilMs, answeredAtMs, provenUntilMs, trusts }: Ages, nowMs: number): number {
  if (nowMs < freshUntilMs || !trusts.every((trust) => trust.holds())) return freshUntilMs
  return Math.min(provenUntilMs, nowMs + freshUntilMs - answeredAtMs)
}

/**
 * How long to wait at least, so that the calls grow only with the logarithm of the time, and nothing is read in a loop,
 * for example a running job or a reply that cannot be cached.
 */
const patienceMs = ({ nowMs, sinceMs }: Pick<Moment, 'nowMs' | 'sinceMs'>, minMs: number): number =>
  Math.min(Math.max((nowMs - sinceMs) * PATIENCE_SHARE, minMs), MAX_PATIENCE_MS)

/** Whether a client that comes now may get the answer. */
export const isFresh = ({ isGood, isWhole, ages }: Made, nowMs: number): boolean =>
  isGood && isWhole && ages !== null && isYoungEnough(ages, { nowMs })
