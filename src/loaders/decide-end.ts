// Decides whether a page is the last one of its list: Aurora gives no total, may cut pages below the size asked, and may hide rows.

/** What the pages of one list, or of the same list below other parents, have shown. */
export interface KnownPages {
  /** The longest page. */
  readonly longest: number
  /** The length of a page that was shorter than asked and yet not the last one; null where none was. */
  readonly cut: number | null
  /** Two different pages had that length, so Aurora cuts there. */
  readonly isCutTwice: boolean
  /** Pages that were not the last one were short in different ways: rows are hidden, so no short page proves the end. */
  readonly isUneven: boolean
  /** The longest page behind which an empty one was found; 0 where none was. */
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
 * `end`: the page is the last one. `likely`: nothing suggests another page, and nothing rules it out. `doubtful`: rows may
 * be hidden, so a list that is read whole is read on, and a slice leaves it to the next slice. `more`: the page is
 * full, or may be full but for rows that are hidden, or has the length at which servers cut pages.
 */
export type End = 'end' | 'likely' | 'doubtful' | 'more'

export interface PageLength {
  /** From 0. */
  readonly page: number
  readonly length: number
  /** The size asked; Infinity where none was, because the list is asked for whole. */
  readonly size: number
  /** The length is an average, so it is no sign that Aurora cuts there. */
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

/** The length of a page that is certainly full: the size asked, or a smaller one at which Aurora cuts; null where unknown. */
export function fullLength(size: number, { longest, cut, isCutTwice }: KnownPages): number | null {
  if (longest >= size) return size
  return isCutTwice ? cut : null
}

/** Whether a page may be full: it has the size asked, or the length of a page that was shorter and yet not the last one. */
export const mayBeFull = (length: number, size: number, known: KnownPages): boolean =>
  length >= (fullLength(size, known) ?? known.cut ?? size)

const isUneven = ({ isUneven: isKnown, cut, longest }: KnownPages): boolean =>
  isKnown || (cut !== null && longest > cut)

/** A page of 250 that lacks more than a tenth lacks more than a few hidden rows. */
const MOST_HIDDEN = 25
/** Small pages lose a larger part of themselves by chance. */
const HIDDEN_SHARE = 0.5
const LEAST_HIDDEN = 4

/** How many rows of a full page may be hidden, so that it still has to be taken for full. */
const mayBeHidden = (full: number): number =>
  Math.min(MOST_HIDDEN, Math.max(LEAST_HIDDEN, full * HIDDEN_SHARE))

/** After so many full pages, none of whose rows was hidden, a page of less than half is taken for the last. */
const FULL_BEFORE = 2

/** A length that a page of a usual size has if few of its rows are hidden. */
function isJustBelow(length: number, sizes: ReadonlySet<number>): boolean {
  for (const size of sizes) if (length < size && size - length <= fewOf(size)) return true
  return false
}

/** Of a default, a tenth. Other sizes are rare, and a wrong guess costs a call: a twentieth. */
const fewOf = (size: number): number =>
  DEFAULT_SIZES.has(size) ? Math.min(MOST_HIDDEN, size / 10) : Math.max(1, size / 20)

/** Sizes of pages that public interfaces have as a default or a maximum; 100 is Aurora's own default. */
const USUAL_SIZES: ReadonlySet<number> = new Set([
  10, 20, 25, 30, 40, 50, 75, 80, 100, 120, 125, 150, 175, 200,
])
/** Where no size was asked, as a list below a parent is not expected to have pages: the defaults alone. */
const DEFAULT_SIZES: ReadonlySet<number> = new Set([20, 25, 50, 100, 200, 250, 500, 1000])
