// Finds out whether a walk has missed objects that the list has shown before: an object that moves up while pages are read may be on none of them.
import { allThere, there, whenThere } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { ownReadOf } from '../aurora/reads.ts'
import { decideMissing } from '../changes/decide-missing.ts'
import type { Missing } from '../changes/decide-missing.ts'
import { isGatewayError } from '../errors/errors.ts'
import type { IndexOfList, Shown } from '../list-index/list-indexes.ts'
import { haveRepeats } from './repeats.ts'
import type { RequestReads } from './request-reads.ts'

export interface LostOptions {
  readonly walked: IndexOfList
  /** All pages of the list. */
  readonly pages: readonly (readonly Members[] | null)[]
  readonly endpoint: Endpoint
  readonly reads: Pick<RequestReads, 'ask'>
  /** Whether Aurora promises the order of the list, so that only a new object moves others to the next page. */
  readonly isOrdered: boolean
}

export interface Lost {
  /** The ids of objects that Aurora no longer has, in lower case. */
  readonly gone: readonly string[]
  /** Whether some objects may be in the list although no page shows them. */
  readonly mayLack: boolean
}

/**
 * Compares the pages with those of earlier walks, and remembers them. An object that is missing at the border of two
 * pages is read by itself: an object that is gone makes no answer uncertain. One that is not gone is in doubt until its
 * neighbours are on one page: to read both pages again proves nothing, because they may change meanwhile, too. More
 * such objects than there are pages are not read, because they would cost more than the pages: then only the next walk
 * is compared with this one.
 */
export function* findLost(options: LostOptions): Steps<Lost> {
  const { walked, pages, isOrdered } = options
  if (!isSame(walked.shown, pages)) walked.shown = compare(walked.shown, pages, isOrdered)
  const { doubts, hasRepeats } = walked.shown
  if (doubts.size === 0) return hasRepeats ? MOVED : NOTHING
  const lost = yield* readDoubts(options)
  return hasRepeats ? { ...lost, mayLack: true } : lost
}

function* readDoubts({ walked, pages, endpoint, reads }: LostOptions): Steps<Lost> {
  const own = ownReadOf(endpoint.kind)
  const [parameter = ''] = own?.parameters ?? []
  const absent = [...walked.shown.doubts].filter(
    (id) => own && reads.ask.isKnown(own, { [parameter]: id }) === false,
  )
  walked.shown = without(walked.shown, absent)
  const ids = [...walked.shown.doubts]
  if (own === undefined || ids.length > pages.length) {
    const { shown } = walked
    walked.shown = { ...shown, order: shown.order.filter((id) => !shown.doubts.has(id)) }
    return { gone: absent, mayLack: ids.length > 0 }
  }
  const areGone = yield* there(allThere(ids.map((id) => isGone(reads.ask.object(own, { [parameter]: id })))))
  const gone = ids.filter((_, index) => areGone[index] === true)
  walked.shown = without(walked.shown, gone)
  return { gone: [...absent, ...gone], mayLack: gone.length < ids.length }
}

function without({ order, doubts, ...shown }: Shown, gone: readonly string[]): Shown {
  const ids = new Set(gone)
  const isThere = (id: string): boolean => !ids.has(id)
  return { ...shown, order: order.filter(isThere), doubts: new Set([...doubts].filter(isThere)) }
}

const NOTHING: Lost = { gone: [], mayLack: false }
const MOVED: Lost = { gone: [], mayLack: true }

/** Most questions get the same pages as the question before. */
const isSame = (shown: Shown, pages: LostOptions['pages']): boolean =>
  shown.pages.length === pages.length &&
  pages.every((items, page) => (shown.pages[page]?.deref() ?? null) === items)

function compare({ order: before }: Shown, pages: LostOptions['pages'], isOrdered: boolean): Shown {
  const { doubts, order } = decideMissing({
    before,
    alive: before,
    pages,
    doubts: NO_DOUBTS,
    mayReorder: !isOrdered,
  })
  return {
    order: withDoubts(order, before, doubts),
    doubts: new Set(doubts.keys()),
    hasRepeats: !isOrdered && haveRepeats(pages),
    pages: pages.map((items) => items && new WeakRef(items)),
  }
}

const NO_DOUBTS: Missing['doubts'] = new Map()

/** An object in doubt keeps its place: after the object that was before it. */
function withDoubts(
  order: readonly string[],
  before: readonly string[],
  doubts: Missing['doubts'],
): readonly string[] {
  if (doubts.size === 0) return order
  const there = new Set(order)
  const behind = new Map<string, string[]>()
  let last = ''
  for (const id of before) {
    if (there.has(id)) last = id
    else if (doubts.has(id)) {
      const known = behind.get(last)
      if (known) known.push(id)
      else behind.set(last, [id])
    }
  }
  return [...(behind.get('') ?? []), ...order.flatMap((id) => [id, ...(behind.get(id) ?? [])])]
}

/** False also if it cannot be read. A readable object is in doubt all the same: it may be one that the list hides. */
const isGone = (read: Soon<Members | null>): Soon<boolean> =>
  whenThere(
    read,
    (object) => object === null,
    (error): boolean => isGatewayError(error) && error.code === 'NOT_FOUND',
  )
