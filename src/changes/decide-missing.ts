// Decides which objects have left a list. An object that moves from page to page while pages are read may be on none of them.
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'

/** The pages between which an object may have been hidden. */
export interface Doubt {
  readonly above: WeakRef<readonly Members[]> | null
  readonly below: WeakRef<readonly Members[]> | null
}

export interface MissingOptions {
  /** The objects of the earlier view, by their keys, in the order of the list. */
  readonly before: readonly string[]
  /** The objects that are assumed to be in the list. */
  readonly alive: Iterable<string>
  /** All pages: the view is complete. */
  readonly pages: readonly (readonly Members[] | null)[]
  /**
   * The pages as Aurora gave them, if they differ from `pages`, from which touched objects were removed, or after which
   * they were added in their present state.
   */
  readonly given?: MissingOptions['pages'] | undefined
  /** The order of the list if an object is on none of the given pages; left out if the pages have the order. */
  readonly order?: readonly string[] | undefined
  readonly doubts: ReadonlyMap<string, Doubt>
  /** Whether the list may be sorted anew. Left out: it keeps its order. */
  readonly mayReorder?: boolean
}

export interface Missing {
  /** Objects that are no longer in the list. */
  readonly gone: readonly string[]
  /** Objects that are on no page, but may have moved from a page that was read later to one that was read before. */
  readonly doubts: ReadonlyMap<string, Doubt>
  /** The objects of this view, in its order. */
  readonly order: readonly string[]
}

/**
 * The list keeps its order, and a page is from one moment: an object whose neighbours are both on one page without it is gone. At the
 * border of two pages it is in doubt, until both were read again and it is on neither. In a list of several pages that was sorted anew
 * since, neighbours prove nothing.
 */
export function decideMissing({
  before,
  alive,
  pages,
  given = pages,
  order,
  doubts,
  mayReorder = false,
}: MissingOptions): Missing {
  const there = placesOf(pages)
  // An object's place is where Aurora returned it.
  const pageOf = given === pages ? there : placesOf(given)
  const isReordered = mayReorder && hasSeveral(given) && !isInOrder(before, [...pageOf.keys()])
  const inside = isReordered ? NOWHERE : insideOnePage(before, pageOf, Math.max(0, given.length - 1))
  const gone: string[] = []
  const still = new Map<string, Doubt>()
  for (const key of alive) {
    if (there.has(key)) continue
    const doubt = doubts.get(key)
    const place = inside.get(key)
    if (doubt ? wereReadAgain(doubt, given) : place && place.above === place.below) gone.push(key)
    else still.set(key, doubt ?? toDoubt(place ?? { above: 0, below: given.length - 1 }, given))
  }
  const known = new Set(order ?? pageOf.keys())
  // Objects that are on none of the earlier pages are newer than all of them.
  const newer = [...there.keys()].filter((key) => !known.has(key))
  return { gone, doubts: still, order: [...newer, ...known].filter((key) => there.has(key) || !order) }
}

function placesOf(pages: MissingOptions['pages']): ReadonlyMap<string, number> {
  const pageOf = new Map<string, number>()
  for (const [page, items] of pages.entries())
    for (const { id: given } of items ?? []) {
      const key = readAuroraId(given)?.toLowerCase()
      if (key !== undefined && !pageOf.has(key)) pageOf.set(key, page)
    }
  return pageOf
}

const hasSeveral = (pages: MissingOptions['pages']): boolean =>
  pages.filter((items) => items !== null && items.length > 0).length > 1

/** Whether what is in both lists has the same order in both. */
function isInOrder(before: readonly string[], now: readonly string[]): boolean {
  const places = new Map(now.map((key, place) => [key, place]))
  const kept = before.flatMap((key) => places.get(key) ?? [])
  return kept.every((place, nth) => place > (kept[nth - 1] ?? -1))
}

interface Place {
  readonly above: number
  readonly below: number
}

const NOWHERE: ReadonlyMap<string, Place> = new Map()

/** For each missing object, the pages of its nearest neighbours that are still there. */
function insideOnePage(
  before: readonly string[],
  pageOf: ReadonlyMap<string, number>,
  lastPage: number,
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  let missing: string[] = []
  let above = 0
  const close = (below: number): void => {
    for (const key of missing) places.set(key, { above, below })
    missing = []
  }
  for (const key of before) {
    const page = pageOf.get(key)
    if (page === undefined) missing.push(key)
    else {
      close(page)
      above = page
    }
  }
  close(lastPage)
  return places
}

const refOf = (items: readonly Members[] | null | undefined): Doubt['above'] =>
  items ? new WeakRef(items) : null

const toDoubt = ({ above, below }: Place, pages: MissingOptions['pages']): Doubt => ({
  above: refOf(pages[above]),
  below: refOf(pages[below]),
})

const wereReadAgain = ({ above, below }: Doubt, pages: MissingOptions['pages']): boolean =>
  [above, below].every((ref) => {
    const items = ref?.deref()
    return items === undefined || !pages.includes(items)
  })
