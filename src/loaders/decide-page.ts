// Whether a page of a list is worth its call to a request that wants many objects by id. Pure.

export interface PageQuestion {
  /** Objects that are still wanted, and that nothing known shows. */
  readonly wanted: number
  /** Objects of the kind that this request has left to reads of their own. */
  readonly leftBefore: number
  /** 0 to 1: of those looked for on this page, how many it is expected to hold. */
  readonly share: number
  /** Of those that this request looked for on the page before, how many were there; null where it did not look. */
  readonly shareBefore: number | null
  /** Pages that this request has spent calls on, and objects that it found on them. */
  readonly bought: number
  readonly found: number
}

/** A page costs one call and must save more than that. */
const MIN_EXPECTED = 2
/** One or two objects are read one by one: all that a page could save is one call, and it brings 250 objects. */
const MIN_WANTED = 3
/**
 * What a wrong guess may cost a request, in calls: it never makes more than one for each object and this. Pages after
 * the first are bought out of what those before have saved, so that one is enough to get far into a long list.
 */
export const MAX_LOSS = 1

/** The same for the same question. */
export function decidePage(question: PageQuestion): boolean {
  const { wanted, leftBefore, share, shareBefore, bought, found } = question
  // Who came for one after another will come for more. Once that has bought a page, only what is wanted now counts.
  const likely = wanted + (bought === 0 ? leftBefore : 0)
  // Lists are newest first: a page that held few of them is followed by one that holds no more.
  const expected = Math.min(share, shareBefore ?? 1) * likely
  return likely >= MIN_WANTED && expected >= MIN_EXPECTED && bought + 1 - found <= MAX_LOSS
}
