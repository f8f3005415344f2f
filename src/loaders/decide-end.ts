// Decides whether a page is the last one of its list: Aurora gives no total, may return shorter pages than requested, and may hide rows.
import { USUAL_SIZES } from '../rest/usual-sizes.ts'

/** What earlier pages have shown of one list, or of the same list below other parents. */
export interface KnownPages {
  /** The longest page. */
  readonly longest: number
  /** The length of a page that was shorter than requested and not the last one; null if there was none. */
  readonly cut: number | null
  /** Whether two different pages had that length, which proves that Aurora cuts there. */
  readonly isCutTwice: boolean
  /**
   * Whether pages before the last one were short in different ways: rows are hidden, so no short page proves the end.
   */
  readonly isUneven: boolean
  /** The longest page after which an empty one came; 0 if there was none. */
  readonly ended: number
}

export const NOTHING_KNOWN: KnownPages = {
  longest: 0,
  cut: null,
  isCutTwice: false,
  isUneven: false,
  ended: 0,
}

/**
 * `end`: the page is the last one. `likely`: nothing suggests another page, and nothing rules it out. `doubtful`: rows
 * may be hidden, so the reading of a whole list goes on, and a slice leaves the question to the next slice. `more`: the
 * page is full, or would be full without hidden rows, or has a length at which servers cut pages.
 */
export type End = 'end' | 'likely' | 'doubtful' | 'more'

export interface PageLength {
  /** The number of the page, from 0. */
  readonly page: number
  readonly length: number
  /** The requested size; Infinity if none was requested, because the whole list was. */
  readonly size: number
  /** Whether the length is an average, which shows nothing about a cut. */
  readonly isImagined?: boolean
}

export function decideEnd({ page, length, size, isImagined = false }: PageLength, known: KnownPages): End {
  if (length === 0) return 'end'
  if (isUneven(known)) return 'more'
  const full = fullLength(size, known)
  const missing = (full ?? size) - length
  if (missing <= mayBeHidden(full ?? size)) return 'more'
  const isProven = page >= FULL_BEFORE && missing > Math.max(MOST_HIDDEN, (full ?? 0) * HIDDEN_SHARE)
  if (full !== null && isProven) return 'end'
  const unproven = page > 0 ? 'doubtful' : 'likely'
  if (full !== null) return unproven
  const sizes = size === Infinity ? DEFAULT_SIZES : USUAL_SIZES
  if (known.cut !== null || (sizes.has(length) && !isImagined)) return 'more'
  if (isJustBelow(length, sizes) && !isImagined) return 'doubtful'
  return length <= known.ended ? 'end' : unproven
}

/**
 * The length of a page that is certainly full: the requested size, or a smaller one at which Aurora cuts; null if
 * unknown.
 */
export function fullLength(size: number, { longest, cut, isCutTwice }: KnownPages): number | null {
  if (longest >= size) return size
  return isCutTwice ? cut : null
}

/**
 * Whether a page may be full: it has the requested size, or the length of an earlier page that was shorter and not the
 * last one.
 */
export const mayBeFull = (length: number, size: number, known: KnownPages): boolean =>
  length >= (fullLength(size, known) ?? known.cut ?? size)

const isUneven = ({ isUneven: isKnown, cut, longest }: KnownPages): boolean =>
  isKnown || (cut !== null && longest > cut)

/** A page of 250 without more than a tenth of its rows does not lack them only because rows are hidden. */
const MOST_HIDDEN = 25
/** By chance, small pages may lack a larger part of their rows. */
const HIDDEN_SHARE = 0.5
const LEAST_HIDDEN = 4

/** How many rows of a full page may be hidden, so that it still counts as full. */
const mayBeHidden = (full: number): number =>
  Math.min(MOST_HIDDEN, Math.max(LEAST_HIDDEN, full * HIDDEN_SHARE))

/** After this many full pages without hidden rows, a page of less than half counts as the last. */
const FULL_BEFORE = 2

/** Whether the length is that of a page of a usual size with a few hidden rows. */
function isJustBelow(length: number, sizes: ReadonlySet<number>): boolean {
  for (const size of sizes) if (length < size && size - length <= fewOf(size)) return true
  return false
}

/** A tenth of a default size. Other sizes are rare, and a wrong guess costs a call, so a twentieth of those. */
const fewOf = (size: number): number =>
  DEFAULT_SIZES.has(size) ? Math.min(MOST_HIDDEN, size / 10) : Math.max(1, size / 20)

/**
 * For lists without a requested size: only the default sizes, because a list below a parent is not expected to have
 * pages.
 */
const DEFAULT_SIZES: ReadonlySet<number> = new Set([20, 25, 50, 100, 200, 250, 500, 1000])
