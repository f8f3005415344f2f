// Decides whether a page of a list is worth its call for a request that wants many objects by id.

export interface PageQuestion {
  /** Objects that are still wanted and that no list has shown. */
  readonly wanted: number
  /** Objects of the kind that this request has left to their own reads. */
  readonly leftBefore: number
  /** 0 to 1: how many of the wanted objects are expected on this page. */
  readonly share: number
  /** 0 to 1: how many of the wanted objects were on the page before; null where this request did not look there. */
  readonly shareBefore: number | null
  /** Pages that this request has spent calls on, and objects that it found on them. */
  readonly bought: number
  readonly found: number
}

/** A page costs one call and must save more than that. */
const MIN_EXPECTED = 2
/** One or two objects are read one by one: a page could save one call only, and brings 250 objects. */
const MIN_WANTED = 3
/**
 * How many calls a wrong guess may cost a request beyond one for each object. Pages after the first use the calls that
 * earlier pages have saved, so one is enough to get far into a long list.
 */
export const MAX_LOSS = 1

export function decidePage(question: PageQuestion): boolean {
  const { wanted, leftBefore, share, shareBefore, bought, found } = question
  // A request that wanted several objects in turn will want more. After its first page only the objects wanted now count.
  const likely = wanted + (bought === 0 ? leftBefore : 0)
  // Lists are newest first: after a page with few of the wanted objects, the next page has no more of them.
  const expected = Math.min(share, shareBefore ?? 1) * likely
  return likely >= MIN_WANTED && expected >= MIN_EXPECTED && bought + 1 - found <= MAX_LOSS
}
