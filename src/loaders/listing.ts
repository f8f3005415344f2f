// Reads short lists whole, and slices of long lists from aligned pages, so that different slices share calls.
import type { Members } from '../aurora/body.ts'
import type { Position } from './cursor.ts'

/** Page numbers count from 0 here. */
export type ReadPage = (page: number) => Promise<readonly Members[]>

export interface SliceItem {
  readonly members: Members
  readonly position: Position
}

export interface Slice {
  readonly items: readonly SliceItem[]
  /** Aurora gives no total: true after a full page, so a list of an exact multiple ends with an empty slice. */
  readonly hasNext: boolean
}

const idOf = (members: Members): string => String(members['id'])

/** An item that could not be read keeps its place in a list, without members. */
export const isReadable = (item: Members): boolean => Object.keys(item).length > 0

/**
 * The whole list. It ends at a page that is not full, or that repeats the page before, because some lists may ignore paging.
 * A single repeated item does not end it, because lists grow at their head while they are read.
 */
export async function readWhole(readPage: ReadPage, pageSize: number): Promise<readonly Members[]> {
  const items = new Map<string, Members>()
  let idsBefore: ReadonlySet<string> = new Set()
  for (let page = 0; ; page += 1) {
    const more = await readPage(page)
    for (const item of more.filter(isReadable)) if (!items.has(idOf(item))) items.set(idOf(item), item)
    const isRepeated = more.every((item) => idsBefore.has(idOf(item)))
    if (more.length !== pageSize || isRepeated) return [...items.values()]
    idsBefore = new Set(more.map(idOf))
  }
}

/**
 * Up to `first` items after a position, each once. The list is newest first and grows at its head, so the item of the
 * position may have moved: it is looked for by its id, then by its time of creation, and only then by its number.
 */
export async function readSlice(
  { first, after }: { first: number; after: Position | null },
  readPage: ReadPage,
  pageSize: number,
): Promise<Slice> {
  const items = new Map<string, SliceItem>()
  let last = after
  for (;;) {
    const { page, start, entries } = await openAfter(last, readPage, pageSize)
    let index = start
    for (; index < entries.length && items.size < first; index += 1) {
      const item = toItem(entries[index] ?? {}, page * pageSize + index)
      const { id } = item.position
      if (isReadable(item.members) && id !== after?.id && !items.has(id)) items.set(id, item)
      last = item.position
    }
    const isLastPage = entries.length !== pageSize
    if (items.size >= first || isLastPage) {
      return { items: [...items.values()], hasNext: index < entries.length || !isLastPage }
    }
  }
}

function toItem(members: Members, offset: number): SliceItem {
  const { created_at: createdAt } = members
  // The place of an item that could not be read is found by its number only, because no id is empty.
  const id = isReadable(members) ? idOf(members) : ''
  const position = { id, offset, createdAt: typeof createdAt === 'string' ? createdAt : null }
  return { members, position }
}

/** A page that was read, and the index of the first entry after the position. */
interface OpenPage {
  readonly page: number
  readonly start: number
  readonly entries: readonly Members[]
}

const openAfter = async (last: Position | null, readPage: ReadPage, pageSize: number): Promise<OpenPage> =>
  last === null
    ? { page: 0, start: 0, entries: await readPage(0) }
    : openBehind({ after: last, readPage, pageSize, repeats: 0 })

interface Search {
  readonly after: Position
  readonly readPage: ReadPage
  readonly pageSize: number
  /** How many pages in a row ended with the item itself. */
  readonly repeats: number
}

/** One or two repeats mean that the list grew by a whole page between two reads; more mean that it ignores paging. */
const MAX_REPEATS = 4

/**
 * The page of the first item after `after`. One page is read if the list did not change. New items move the item towards
 * the end, so the search goes on to the end. Deleted items move it towards the head, so the page before is read once, but
 * not if the item was the last of its page: then every end of a page would cost a second call. Items that deletions move
 * over that border meanwhile are missed.
 */
async function openBehind(search: Search): Promise<OpenPage> {
  const { after, readPage, pageSize } = search
  const expected = after.offset + 1
  const page = Math.floor(expected / pageSize)
  const index = expected % pageSize
  const entries = await readPage(page)
  const found = indexAfter(after, entries)
  if (found !== null) return openAt({ page, start: found, entries }, search)
  // Without a time, only the number is known.
  if (Number.isNaN(timeOf(after.createdAt))) return { page, start: index, entries }
  const isRead = page > 0 && mayBeBefore(after, entries[0], index)
  const before = isRead ? await lookBefore(search, page) : null
  if (before === 'at its end') return { page, start: 0, entries }
  if (before !== null) return before
  // Items that were created between the two reads may have moved the item onto this page.
  return lookOnwards(search, page, isRead ? await readPage(page) : entries)
}

/** Whether the page before may contain the item, or end with it; the first entry of this page shows that. */
function mayBeBefore(after: Position, firstEntry: Members | undefined, index: number): boolean {
  if (firstEntry === undefined) return true
  const ageMs = compareTimes(firstEntry, after)
  // Two items of the same second may come in either order.
  return index === 0 ? ageMs === 0 : ageMs <= 0
}

async function lookBefore(
  { after, readPage }: Search,
  page: number,
): Promise<OpenPage | 'at its end' | null> {
  const entries = await readPage(page - 1)
  const start = indexAfter(after, entries) ?? indexOlder(after, entries)
  if (start === null) return null
  return start < entries.length ? { page: page - 1, start, entries } : 'at its end'
}

/** Skips items that were created since. If the item itself is gone, starts with the first item that is certainly older. */
async function lookOnwards(
  search: Search,
  startPage: number,
  startEntries: readonly Members[],
): Promise<OpenPage> {
  const { after, readPage, pageSize } = search
  let entries = startEntries
  for (let page = startPage; ; page += 1) {
    const found = indexAfter(after, entries)
    if (found !== null) return openAt({ page, start: found, entries }, search)
    const older = indexOlder(after, entries)
    if (older !== null) return { page, start: older, entries }
    if (entries.length !== pageSize) return { page, start: entries.length, entries }
    entries = await readPage(page + 1)
  }
}

/** If the item is the last of a full page, the next item is on the next page, unless the list has grown since. */
function openAt(found: OpenPage, search: Search): OpenPage | Promise<OpenPage> {
  const { after, pageSize, repeats } = search
  const { page, start, entries } = found
  if (start < entries.length || entries.length !== pageSize) return found
  if (repeats === MAX_REPEATS) return { page, start: 0, entries: [] }
  return openBehind({
    ...search,
    after: { ...after, offset: page * pageSize + start - 1 },
    repeats: repeats + 1,
  })
}

function indexAfter({ id }: Position, entries: readonly Members[]): number | null {
  const found = entries.findLastIndex((item) => idOf(item) === id)
  return found === -1 ? null : found + 1
}

function indexOlder(after: Position, entries: readonly Members[]): number | null {
  const older = entries.findIndex((item) => compareTimes(item, after) < 0)
  return older === -1 ? null : older
}

/** Positive where the item is newer, negative where it is older, 0 where that is unknown. */
function compareTimes({ created_at: createdAt }: Members, after: Position): number {
  const differenceMs = timeOf(createdAt) - timeOf(after.createdAt)
  return Number.isNaN(differenceMs) ? 0 : differenceMs
}

/** Aurora's two forms, `2026-03-04 17:25:09 UTC` and ISO 8601. */
const timeOf = (createdAt: unknown): number => (typeof createdAt === 'string' ? Date.parse(createdAt) : NaN)
