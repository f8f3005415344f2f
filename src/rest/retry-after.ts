// Reads the named time of an answer: from Retry-After (RFC 9110, section 10.2.3) and from the body.
import type { Reset } from './limit-reset.ts'
import { findTimeInBody, readIsoTime, readSeconds } from './time-in-body.ts'
import type { NamedTime } from './time-in-body.ts'

/** A longer time is an error or an attack; one call an hour does no harm. */
export const MAX_PAUSE_MS = 60 * 60 * 1000

/**
 * Two windows of Aurora. A named end is often that of a day's window, while another limit was reached. If it was this
 * one, the key spends one call in two minutes to find that out, and without the bound it would stand still for an hour.
 */
const MAX_UNPROVEN_MS = 2 * 60 * 1000

/** Whole or decimal seconds, of any length; a production client of Aurora reads decimals. */
const SECONDS = /^\d+(\.\d+)?$/

/** The preferred HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT`, and the two obsolete forms a recipient must accept. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /

/** The parts of an answer that may name a time. */
export interface TimedAnswer {
  readonly retryAfter: string | null
  /** The Date header: when the answer was made, by the clock that made its other dates. */
  readonly date: string | null
  readonly body: string
  /** The ends of windows in the headers about limits. */
  readonly resets?: readonly Reset[]
}

/**
 * Milliseconds to wait from now on, never more than an hour; null if the answer has no usable time, so that the calling
 * code chooses one. If header and body both name a time, the later one counts: a call that comes too early is lost. The
 * end of a window counts only if neither does, because it is the latest time at which calls are left.
 */
export function readRetryAfter(
  { retryAfter, date, body, resets = [] }: TimedAnswer,
  wallMs: number,
): number | null {
  const untilInMs = createUntil(parseDate(date), wallMs)
  const ofHeader = parseHeader(retryAfter, untilInMs)
  const found = findTimeInBody(body)
  if (found === null) return ofHeader ?? latestOf(resets, untilInMs)
  const ofBody = waitFor(found, untilInMs)
  if (ofHeader === null) return ofBody
  return isInMilliseconds(ofBody, ofHeader) ? ofHeader : Math.max(ofHeader, ofBody)
}

function latestOf(resets: readonly Reset[], untilInMs: Until): number | null {
  const met = resets.filter(({ isUsedUp }) => isUsedUp)
  const waits = (met.length > 0 ? met : resets).flatMap(({ until, isUsedUp }) => {
    const waitMs = parseHeader(until, untilInMs)
    return waitMs === null ? [] : Math.min(waitMs, isUsedUp ? MAX_PAUSE_MS : MAX_UNPROVEN_MS)
  })
  return waits.length > 0 ? Math.max(...waits) : null
}

type Until = (atMs: number) => number

const waitFor = (time: NamedTime, untilInMs: Until): number =>
  'atMs' in time ? untilInMs(time.atMs) : bounded(time.waitMs)

/** ISO 8601 is no valid form of this header, but some servers send it. */
function parseHeader(header: string | null, untilInMs: Until): number | null {
  const text = header?.trim() ?? ''
  if (SECONDS.test(text)) return waitFor(readSeconds(Number(text)), untilInMs)
  const atMs = parseDate(text)
  const found = atMs === null ? readIsoTime(text) : { atMs }
  return found && waitFor(found, untilInMs)
}

function parseDate(header: string | null): number | null {
  const text = header?.trim() ?? ''
  if (!HTTP_DATE.test(text)) return null
  const atMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(atMs) ? null : atMs
}

/**
 * The two dates of one answer come from one clock, so a wrong clock on either side does not matter. If they are more than an
 * hour apart, one of them is nonsense, and our own clock decides. A date that has passed means now: 0.
 */
const createUntil =
  (dateMs: number | null, wallMs: number): Until =>
  (atMs) => {
    const isOfOneClock = dateMs !== null && Math.abs(atMs - dateMs) <= MAX_PAUSE_MS
    return bounded(atMs - (isOfOneClock ? dateMs : wallMs))
  }

const bounded = (waitMs: number): number => Math.min(Math.max(0, Math.ceil(waitMs)), MAX_PAUSE_MS)

/** If the body has 2000 and the header has 2, the body is in milliseconds. */
const isInMilliseconds = (ofBodyMs: number, ofHeaderMs: number): boolean =>
  ofBodyMs > ofHeaderMs && ofHeaderMs > 0 && Math.abs(ofBodyMs / 1000 - ofHeaderMs) < 1000
