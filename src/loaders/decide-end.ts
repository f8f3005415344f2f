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
  /** Aurora ignores the number of the page: every page is the whole list. */
  readonly isRepeated: boolean
}

export const NOTHING_KNOWN: KnownPages = {
  longest: 0,
  cut: null,
  isCutTwice: false,
  isUneven: false,
  ended: 0,
  isRepeated: false,
}

/**
 * `end`: the page is the last one. `likely`: nothing suggests another page, and nothing rules it out. `more`: the page is
 * full, or may be full but for rows that are hidden, or has the length at which servers cut pages.
 */
export type End = 'end' | 'likely' | 'more'

export interface PageLength {
  readonly length: number
  /** The size asked; Infinity where none was, because the list is asked for whole. */
  readonly size: number
  /** The length is an average, so it is no sign that Aurora cuts there. */
  readonly isImagined?: boolean
}

export function decideEnd({ length, size, isImagined = false }: PageLength, known: KnownPages): End {
  if (length === 0 || known.isRepeated) return 'end'
  if (isUneven(known)) return 'more'
  const full = fullLength(size, known)
  const missing = (full ?? size) - length
  if (missing <= mayBeHidden(full ?? size)) return 'more'
  if (full !== null) return missing > MOST_HIDDEN ? 'end' : 'likely'
  const isUsual = (size === Infinity ? DEFAULT_SIZES : USUAL_SIZES).has(length)
  if (known.cut !== null || (isUsual && !isImagined)) return 'more'
  return length <= known.ended ? 'end' : 'likely'
}

/** The length of a page that is certainly full: the size asked, or a smaller one at which Aurora cuts; null where unknown. */
export function fullLength(size: number, { longest, cut, isCutTwice }: KnownPages): number | null {
  if (longest >= size) return size
  return isCutTwice ? cut : null
}

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

/** Sizes of pages that public interfaces have as a default or a maximum; 100 is Aurora's own default. */
const USUAL_SIZES: ReadonlySet<number> = new Set([
  10, 20, 25, 30, 40, 50, 64, 75, 80, 100, 120, 125, 128, 150, 175, 200,
])
/** Where no size was asked, as a list below a parent is not expected to have pages: the defaults alone. */
const DEFAULT_SIZES: ReadonlySet<number> = new Set([20, 25, 50, 100, 200, 250, 500, 1000])
