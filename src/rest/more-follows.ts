// Finds in the answer to a list whether it says that more items follow: in its headers, and in its body beside the list.
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { AnswerHeaders } from '../network/read-bytes.ts'
import { hasNextLink } from './next-link.ts'

/** The page that was asked for, and what came. */
export interface ListPart {
  /** From 1. */
  readonly page: number
  /** The size that was asked for; null where none was. */
  readonly size: number | null
  /** How many items came. */
  readonly length: number
}

/**
 * Whether a header says so. A `Content-Range` counts items here: `items 0-99/700`. What follows a page is decided by the number of the
 * page that was asked for, because a server that ignores it is found by the items that it repeats.
 */
export function headersSayMore(headers: AnswerHeaders, part: ListPart): boolean {
  if (!PAGE_HEADERS.some((name) => headers[name] !== undefined)) return false
  const textOf = (name: string): string => [headers[name] ?? ''].flat().join(', ')
  const [, last, total] =
    /^(?!bytes\b)(?:[\w-]+ )?\d+-(\d+)\/(\d+)$/i.exec(textOf('content-range').trim()) ?? []
  return (
    hasNextLink(textOf('link')) ||
    isSomething(textOf('x-next-page')) ||
    (last !== undefined && Number(last) + 1 < Number(total)) ||
    isBehind(textOf('x-total-pages'), part.page) ||
    TOTAL_HEADERS.some((name) => isBehind(textOf(name), endOf(part, null)))
  )
}

const TOTAL_HEADERS: readonly string[] = ['x-total-count', 'x-total']
/** Most answers have none of them. */
const PAGE_HEADERS: readonly string[] = [
  'link',
  'content-range',
  'x-next-page',
  'x-total-pages',
  ...TOTAL_HEADERS,
]

/** The same of a body; what is in the list itself, or in an object that is not known to describe a page, is data. */
export function bodySaysMore(body: unknown, wrapper: string | null, part: ListPart): boolean {
  if (!isMembers(body)) return false
  const around = Object.entries(body).filter(([name, value]) => name !== wrapper && !isOtherList(name, value))
  // Most answers have nothing beside the list.
  if (around.length === 0) return false
  const own = plain(Object.fromEntries(around))
  if (describesMore(own, part, isAboutPage(own))) return true
  return DESCRIPTIONS.some((name) => describedMore(own[name], part))
}

/** In a description others may be nested, such as `meta.pagination`. */
function describedMore(value: unknown, part: ListPart): boolean {
  if (Array.isArray(value)) return value.some(isNextOfList)
  if (!isMembers(value)) return false
  const own = plain(value)
  if (describesMore(own, part, true)) return true
  return DESCRIPTIONS.some((name) => {
    const inner = own[name]
    return isMembers(inner) && describesMore(plain(inner), part, true)
  })
}

/** `hasTotals`: what is called a total is one of items, and not a sum of money for example. */
function describesMore(own: Members, part: ListPart, hasTotals: boolean): boolean {
  if (NEXT.some((name) => isSomething(own[name])) || FLAGS.some((name) => isTrue(own[name]))) return true
  if (LAST.some((name) => own[name] === false)) return true
  const totals = hasTotals ? [...TOTALS, ...TOTALS_BESIDE_PAGES] : TOTALS
  const pages = hasTotals ? [...PAGES, ...PAGES_BESIDE_PAGES] : PAGES
  const known = pages.map((name) => own[name]).find((value) => toCount(value) !== null)
  // Pages are counted by whoever makes them; the size of a page may be another than was asked for.
  if (known !== undefined) return isBehind(known, part.page)
  return totals.some((name) => isBehind(own[name], endOf(part, sizeIn(own))))
}

/** Without the signs and capitals in which the same names differ: `next_page`, `nextPage`, `next-page`, `@odata.nextLink`. */
const toPlain = (name: string): string =>
  name
    .replace(/^@odata\./i, '')
    .replaceAll(/[_-]/g, '')
    .toLowerCase()

const plain = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [toPlain(name), value]))

/** Members that describe the page, and not an object of the list. */
const DESCRIPTIONS: readonly string[] = [
  'meta',
  'metadata',
  'responsemetadata',
  'pagination',
  'paging',
  'pageinfo',
  'page',
  'cursor',
  'cursors',
  'links',
]

/** An address, a number or a cursor. */
const NEXT: readonly string[] = [
  'next',
  'nextpage',
  'nextcursor',
  'nextpagetoken',
  'nexttoken',
  'nexturl',
  'nexturi',
  'nextlink',
  'nexthref',
  'nextoffset',
  'nextpageurl',
  'nextpagecursor',
  'nextpagenumber',
  'nextmarker',
  'nextstart',
  'continuationtoken',
]
const FLAGS: readonly string[] = [
  'hasmore',
  'hasnext',
  'hasnextpage',
  'hasmoreitems',
  'hasmorepages',
  'moreitems',
  'istruncated',
]
const LAST: readonly string[] = ['last', 'islast', 'islastpage']

const PAGES: readonly string[] = ['totalpages', 'pagecount', 'numpages', 'numberofpages']
const PAGES_BESIDE_PAGES: readonly string[] = ['pages', 'lastpage']
const TOTALS: readonly string[] = [
  'totalcount',
  'totalitems',
  'totalresults',
  'totalelements',
  'totalrecords',
  'totalentries',
]
const TOTALS_BESIDE_PAGES: readonly string[] = ['total']
const SIZES: readonly string[] = ['perpage', 'pagesize', 'limit']
const ABOUT_PAGE: readonly string[] = [...SIZES, 'currentpage', 'pagenumber', 'offset']

/** Whether the body itself describes its page, so that what is beside it is no data. */
const isAboutPage = (own: Members): boolean =>
  toCount(own['page']) !== null || ABOUT_PAGE.some((name) => toCount(own[name]) !== null)

const sizeIn = (own: Members): number | null =>
  SIZES.map((name) => toCount(own[name])).find((size) => size !== null && size > 0) ?? null

/** How many items of the list are on this page and before it; infinitely many where the size of the pages before is not known. */
const endOf = ({ page, size, length }: ListPart, shownSize: number | null): number =>
  page === 1 ? length : (page - 1) * (shownSize ?? size ?? Infinity) + length

const isBehind = (total: unknown, at: number): boolean => (toCount(total) ?? 0) > at

/** A whole number, or its digits; null for anything else. */
function toCount(value: unknown): number | null {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null
}

/** Some servers write their nothing as a text. */
const isSomething = (value: unknown): boolean => {
  if (typeof value === 'string') return !NOTHING.has(value.trim().toLowerCase())
  if (typeof value === 'number') return value > 0
  if (typeof value === 'boolean') return value
  // A link of HAL, or of JSON:API: `{"href": "…"}`.
  return isMembers(value) && LINK_PARTS.some((name) => isText(value[name]) || typeof value[name] === 'number')
}

const NOTHING: ReadonlySet<string> = new Set([
  '',
  '0',
  'false',
  'null',
  'none',
  'undefined',
  'nil',
  'n/a',
  '-',
  '#',
])
const LINK_PARTS: readonly string[] = ['href', 'url', 'uri', 'page', 'number', 'cursor', 'token', 'offset']

const isText = (value: unknown): boolean => typeof value === 'string' && isSomething(value)

const isTrue = (value: unknown): boolean =>
  value === true ||
  value === 1 ||
  (typeof value === 'string' && ['true', '1', 'yes'].includes(value.trim().toLowerCase()))

/** `[{"rel": "next", "href": "…"}]`. */
const isNextOfList = (link: unknown): boolean =>
  isMembers(link) &&
  [link['rel']].flat().some((rel) => typeof rel === 'string' && rel.toLowerCase() === 'next') &&
  (isText(link['href']) || isText(link['url']))

/** A list under another name may be the one that was asked for. Links are no objects of the contract. */
const isOtherList = (name: string, value: unknown): boolean =>
  Array.isArray(value) && toPlain(name) !== 'links'
