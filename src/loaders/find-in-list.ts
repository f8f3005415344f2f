// Answers questions about a whole list: reads its pages through the line, and searches in the index.
import { atOnce } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import { merge } from '../merge.ts'
import type { GatewayError } from '../errors/errors.ts'
import { decodeIndexCursor, encodeIndexCursor } from '../list-index/index-cursor.ts'
import type { CursorName } from '../list-index/index-cursor.ts'
import type { Found, FoundRow, ListIndex, Question } from '../list-index/list-index.ts'
import type { AuroraObject } from './aurora-object.ts'
import type { ByKey } from './by-key.ts'
import type { ListSlice } from './list-reads.ts'
import { createWalk, readImagined } from './list-walk.ts'
import type { WalkOptions } from './list-walk.ts'
import { distinct } from './listing.ts'
import type { WholeList } from './read-pages.ts'

/** Cursors as the client sent them. */
export interface ListQuestion extends Omit<Question, 'after' | 'before'> {
  readonly after: string | null
  readonly before: string | null
}

export interface FoundSlice extends ListSlice, Pick<WholeList, 'given' | 'gone' | 'order'> {
  readonly total: number
  /** Whether all pages of the list are known, and each row has the values that the filter needs. */
  readonly isComplete: boolean
  /** When the oldest page that was used was answered; null if there is none. ISO 8601. */
  readonly asOf: string | null
  /** The least number of missing pages. */
  readonly missingPages: number
  /** Why pages are missing; null if none is, or if pages have changed while others were read. */
  readonly failure: GatewayError | null
  readonly hasMoved: boolean
  /** All pages that were searched; null for one that is missing. */
  readonly pages: WholeList['pages']
}

export type Find = (question: ListQuestion) => Soon<FoundSlice>

class FoundEdge {
  readonly node: AuroraObject
  readonly #name: CursorName
  readonly #place: FoundRow['place']

  constructor(name: CursorName, { place }: Pick<FoundRow, 'place'>, node: AuroraObject) {
    this.#name = name
    this.#place = place
    this.node = node
  }

  get cursor(): string {
    return encodeIndexCursor(this.#name, this.#place)
  }
}

interface FindOptions extends WalkOptions {
  readonly objects: ByKey
}

export const createFind =
  (given: FindOptions): Find =>
  (question) =>
    atOnce(() => finding(question, given))

function* finding(question: ListQuestion, given: FindOptions): Steps<FoundSlice> {
  const { options, operation, objects } = given
  const { lists, terms } = options
  const { by, isDescending } = question.sort
  const name = { list: `${terms.scope.key.slice(0, 8)} ${operation}`, by, isDescending }
  // A wrong cursor costs no call.
  const after = question.after === null ? null : decodeIndexCursor(name, question.after, 'after')
  const before = question.before === null ? null : decodeIndexCursor(name, question.before, 'before')
  if (!lists) {
    return imagine(question, yield* readImagined(given), objects)
  }
  const walk = createWalk(lists, given)
  try {
    const list = yield* walk.read()
    const { index } = walk.known()
    fill(index, list)
    const found = index.find({ ...question, after, before })
    const slice = toSlice(found, list, { name, objects })
    return merge(slice, { isComplete: slice.isComplete && walk.isOfOneTime(), asOf: walk.asOf() })
  } finally {
    walk.end()
  }
}

/**
 * Another request may have put other pages in meanwhile, such as older ones that it accepts. So the pages of this
 * request are put into the index immediately before it is searched, without waiting in between.
 */
function fill(index: ListIndex, { pages }: WholeList): void {
  for (const [page, items] of pages.entries()) {
    if (items === null) index.takeOut(page)
    else index.put(page, items)
  }
  index.cut(pages.length)
  // If a page has lost a row, the row belongs to another page, which is then put in again.
  for (const [page, items] of pages.entries()) if (items !== null) index.put(page, items)
}

function toSlice(
  { rows, total, hasNext, hasPrevious, hasUnknown }: Found,
  list: WholeList,
  { name, objects }: { readonly name: CursorName; readonly objects: ByKey },
): Omit<FoundSlice, 'asOf'> {
  const { pages, failure, moved, given, gone, order, mayLack } = list
  const missingPages = pages.filter((items) => items === null).length
  return {
    edges: rows.map((row) => {
      const { page, index } = row.position
      return new FoundEdge(name, row, objects.refer(row.id, pages[page]?.[index]))
    }),
    total,
    hasNext,
    hasPrevious,
    isComplete: missingPages === 0 && failure === null && moved === 0 && !mayLack && !hasUnknown,
    missingPages,
    failure,
    hasMoved: moved > 0,
    pages,
    ...(given && { given }),
    ...(gone && { gone }),
    ...(order && { order }),
  }
}

/** In a dry run each imagined object counts as a match. */
function imagine({ limit }: ListQuestion, { pages }: WholeList, objects: ByKey): FoundSlice {
  const items = pages.flatMap((page) => page ?? [])
  return {
    edges: distinct(items)
      .slice(0, limit)
      .map((item) => ({ cursor: '', node: objects.refer(String(item['id']), item) })),
    total: items.length,
    hasNext: false,
    hasPrevious: false,
    isComplete: true,
    asOf: null,
    missingPages: 0,
    failure: null,
    hasMoved: false,
    pages,
  }
}
