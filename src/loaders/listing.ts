// Lists: whole short ones, and slices of long ones cut out of aligned pages, so that different slices share calls.
import type { Members } from '../rest/call.ts'
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

/**
 * The whole list. Ends at a page that is not full or repeats an id: some lists may ignore paging, and then
 * every page is the same.
 */
export async function readWhole(readPage: ReadPage, pageSize: number): Promise<readonly Members[]> {
  const items = new Map<string, Members>()
  for (let page = 0; ; page += 1) {
    const more = await readPage(page)
    const isRepeated = more.some((item) => items.has(idOf(item)))
    for (const item of more) if (!items.has(idOf(item))) items.set(idOf(item), item)
    if (more.length !== pageSize || isRepeated) return [...items.values()]
  }
}

/**
 * Up to `first` items after a position, each once. The list is newest first and grows at its head, so what was
 * at the position may have moved: it is looked for by id, then by time of creation, and only then by number.
 */
export async function readSlice(
  { first, after }: { first: number; after: Position | null },
  readPage: ReadPage,
  pageSize: number,
): Promise<Slice> {
  const items = new Map<string, SliceItem>()
  let { page, index, entries } = after
    ? await findStart(after, readPage, pageSize)
    : await openPage(0, readPage)
  for (;;) {
    for (; index < entries.length && items.size < first; index += 1) {
      const members = entries[index] ?? {}
      if (after?.id !== idOf(members)) items.set(idOf(members), toItem(members, page * pageSize + index))
    }
    const isLastPage = entries.length !== pageSize
    if (items.size >= first || isLastPage) {
      return { items: [...items.values()], hasNext: index < entries.length || !isLastPage }
    }
    ;({ page, index, entries } = await openPage(page + 1, readPage))
  }
}

interface OpenPage {
  page: number
  index: number
  entries: readonly Members[]
}

const openPage = async (page: number, readPage: ReadPage): Promise<OpenPage> => ({
  page,
  index: 0,
  entries: await readPage(page),
})

function toItem(members: Members, offset: number): SliceItem {
  const { created_at: createdAt } = members
  const position = { id: idOf(members), offset, createdAt: typeof createdAt === 'string' ? createdAt : null }
  return { members, position }
}

/**
 * The page and index of the first item after `after`. One page is read where the list stood still. Items made
 * since push it towards the end, so up to the end is searched; items deleted pull it towards the head, where the
 * page before is looked at once.
 */
async function findStart(after: Position, readPage: ReadPage, pageSize: number): Promise<OpenPage> {
  const expected = after.offset + 1
  const startPage = Math.floor(expected / pageSize)
  for (let page = startPage; ; page += 1) {
    const entries = await readPage(page)
    const found = indexAfter(after, entries)
    if (found !== null) return { page, index: found, entries }
    // Without a time only the number is left to go by.
    if (after.createdAt === null) return { page, index: expected % pageSize, entries }
    const older = entries.findIndex((item) => !isNewer(item, after))
    const hasMovedUp = older === 0 && page === startPage && page > 0 && expected % pageSize !== 0
    if (hasMovedUp) return lookBefore(after, page - 1, readPage)
    if (older !== -1 || entries.length !== pageSize) {
      return { page, index: older === -1 ? entries.length : older, entries }
    }
  }
}

async function lookBefore(after: Position, page: number, readPage: ReadPage): Promise<OpenPage> {
  const entries = await readPage(page)
  const older = entries.findIndex((item) => !isNewer(item, after))
  return { page, index: indexAfter(after, entries) ?? (older === -1 ? entries.length : older), entries }
}

function indexAfter({ id }: Position, entries: readonly Members[]): number | null {
  const found = entries.findIndex((item) => idOf(item) === id)
  return found === -1 ? null : found + 1
}

/** `2026-03-04 17:25:09 UTC` and ISO 8601 both sort as text. Without a time nothing can be said: not newer. */
function isNewer(item: Members, { createdAt }: Position): boolean {
  const { created_at: itemCreatedAt } = item
  return typeof itemCreatedAt === 'string' && createdAt !== null && itemCreatedAt > createdAt
}
