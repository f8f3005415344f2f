// Decides whether a page of a list is worth its call for a request that wants many objects by id.

export interface PageQuestion {
  /** Objects that are still needed and that no list has shown. */
  readonly wanted: number
  /** Objects of the kind for which this request has chosen their own reads. */
  readonly leftBefore: number
  /** 0 to 1: the expected part of the wanted objects on this page. */
  readonly share: number
  /** 0 to 1: the part of the wanted objects that was on the page before; null if this request has not looked there. */
  readonly shareBefore: number | null
  /** Pages for which this request has spent calls, and objects that it found on them. */
  readonly bought: number
  readonly found: number
}

/** A page costs one call and must save more than that. */
const MIN_EXPECTED = 2
/** One or two objects are read one by one: a page could save only one call, and has 250 objects to process. */
const MIN_WANTED = 3
/**
 * How many calls a wrong guess may cost a request beyond one for each object. Pages after the first use the calls that
 * earlier pages have saved, so one is enough to get far into a long list.
 */
export const MAX_LOSS = 1

export function decidePage(question: PageQuestion): boolean {
  const { wanted, leftBefore, share, shareBefore, bought, found } = question
  // A request that needed several objects one after the other will need more. After its first page only the objects
  // needed now count.
  const likely = wanted + (bought === 0 ? leftBefore : 0)
  // Lists are newest first: after a page with few of the wanted objects, the next page has no more of them.
  const expected = Math.min(share, shareBefore ?? 1) * likely
  return likely >= MIN_WANTED && expected >= MIN_EXPECTED && bought + 1 - found <= MAX_LOSS
}
