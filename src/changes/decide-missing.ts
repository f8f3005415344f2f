// Decides which objects have left a list: what moves from page to page while pages are read one after the other may be on none of them.
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'

/** The pages between which an object may have been hidden. */
export interface Doubt {
  readonly above: WeakRef<readonly Members[]> | null
  readonly below: WeakRef<readonly Members[]> | null
}

export interface MissingOptions {
  /** The objects of the view before, by their keys, in the order of the list. */
  readonly before: readonly string[]
  /** Those that are thought to be in the list. */
  readonly alive: Iterable<string>
  /** All of them: the view is complete. */
  readonly pages: readonly (readonly Members[] | null)[]
  /** The pages as Aurora gave them, where objects have left `pages` or have come behind them as they are now; else they are `pages`. */
  readonly given?: MissingOptions['pages'] | undefined
  /** The order of the list where an object is on none of the given pages; left out where the pages have it. */
  readonly order?: readonly string[] | undefined
  readonly doubts: ReadonlyMap<string, Doubt>
}

export interface Missing {
  /** They are in the list no more. */
  readonly gone: readonly string[]
  /** They are on no page, but may have moved from one that was read later to one that was read before. */
  readonly doubts: ReadonlyMap<string, Doubt>
  /** The objects of this view, in its order. */
  readonly order: readonly string[]
}

/**
 * The list keeps its order, and a page is from one moment: an object whose neighbours are both on one page without it is gone. At the
 * border of two pages it is in doubt, until both were read again and it is on neither.
 */
export function decideMissing({
  before,
  alive,
  pages,
  given = pages,
  order,
  doubts,
}: MissingOptions): Missing {
  const there = placesOf(pages)
  // An object has its place where Aurora gave it.
  const pageOf = given === pages ? there : placesOf(given)
  const inside = insideOnePage(before, pageOf, Math.max(0, given.length - 1))
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
  // What is on none of them is newer than all of them.
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

interface Place {
  readonly above: number
  readonly below: number
}

/** For each object that is missing, the pages of its nearest neighbours that are there. */
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
