// Finds in the answer to a list what it says of the items behind its page: in its headers, and in its body beside the list.
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { AnswerHeaders } from '../network/read-bytes.ts'
import type { Follows } from './call.ts'
import { hasNextLink } from './next-link.ts'

/** The page that was asked for, and what came. */
export interface ListPart {
  /** From 1. */
  readonly page: number
  /** The size that was asked for; null if none was. */
  readonly size: number | null
  /** How many items came. */
  readonly length: number
}

/**
 * What the headers say. A `Content-Range` counts items here: `items 0-99/700`. What follows a page is decided by the number of the
 * page that was asked for, because a server that ignores it is found by the items that it repeats.
 */
export function readHeaders(headers: AnswerHeaders, part: ListPart): Follows {
  if (!PAGE_HEADERS.some((name) => headers[name] !== undefined)) return null
  const textOf = (name: string): string => [headers[name] ?? ''].flat().join(', ')
  const [, last, total] =
    /^(?!bytes\b)(?:[\w-]+ )?\d+-(\d+)\/(\d+)$/i.exec(textOf('content-range').trim()) ?? []
  const totals = TOTAL_HEADERS.map(textOf)
  const pages = textOf('x-total-pages')
  if (
    hasNextLink(textOf('link')) ||
    isSomething(textOf('x-next-page')) ||
    (last !== undefined && Number(last) + 1 < Number(total)) ||
    isBehind(pages, part.page) ||
    totals.some((text) => isBehind(text, endOf(part, null)))
  )
    return 'more'
  const isNone =
    PAGE_LINK.test(textOf('link')) ||
    headers['x-next-page'] !== undefined ||
    (last !== undefined && Number(last) + 1 === Number(total)) ||
    isReached(pages, part.page) ||
    totals.some((text) => isReached(text, shownAtLeast(part, null)))
  return isNone ? 'none' : null
}

/** A link to another page of the list: a server that links its pages would link the next one as well. */
const PAGE_LINK = /;\s*rel\s*=\s*"?(?:first|prev|previous)\b/i

const TOTAL_HEADERS: readonly string[] = ['x-total-count', 'x-total']
/** Most answers have none of them. */
const PAGE_HEADERS: readonly string[] = [
  'link',
  'content-range',
  'x-next-page',
  'x-total-pages',
  ...TOTAL_HEADERS,
]

/** The same number in the headers. */
export function readHeadTotal(headers: AnswerHeaders): number | null {
  const texts = TOTAL_HEADERS.map((name) => [headers[name] ?? ''].flat().join(', '))
  return texts.map(toCount).find((count) => count !== null && count > 0) ?? null
}

/** What a body says; what is in the list itself, or in an object that is not known to describe a page, is data. */
export function readBeside(body: unknown, wrapper: string | null, part: ListPart): Follows {
  if (!isMembers(body)) return null
  const around = Object.entries(body).filter(([name, value]) => name !== wrapper && !isOtherList(name, value))
  // Most answers have nothing beside the list.
  if (around.length === 0) return null
  const own = plain(Object.fromEntries(around))
  const described = DESCRIPTIONS.map((name) => readDescription(own[name], part))
  return [describe(own, part, isAboutPage(own)), ...described].reduce(joinFollows)
}

/** How many items the body says that the list has; null if it says nothing, or 0, which some servers say of any page. */
export function readTotal(body: unknown, wrapper: string | null): number | null {
  if (!isMembers(body)) return null
  const own = plain(Object.fromEntries(Object.entries(body).filter(([name]) => name !== wrapper)))
  const described = DESCRIPTIONS.map((name) => own[name])
    .filter(isMembers)
    .map(plain)
  const inner = described.flatMap((each) =>
    DESCRIPTIONS.map((name) => each[name])
      .filter(isMembers)
      .map(plain),
  )
  const beside = [...described, ...inner].map((members) => totalIn(members, true))
  return [totalIn(own, isAboutPage(own)), ...beside].find((total) => total !== null) ?? null
}

const totalIn = (own: Members, hasTotals: boolean): number | null =>
  (hasTotals ? [...TOTALS, ...TOTALS_BESIDE_PAGES] : TOTALS)
    .map((name) => toCount(own[name]))
    .find((count) => count !== null && count > 0) ?? null

/** Who says that more follows is believed, whatever else is said. */
export function joinFollows(left: Follows, right: Follows): Follows {
  if (left === 'more' || right === 'more') return 'more'
  return left ?? right
}

/** In a description others may be nested, such as `meta.pagination`. */
function readDescription(value: unknown, part: ListPart): Follows {
  if (Array.isArray(value)) return value.some(isNextOfList) ? 'more' : null
  if (!isMembers(value)) return null
  const own = plain(value)
  const inner = DESCRIPTIONS.map((name) => own[name]).filter(isMembers)
  return [own, ...inner.map(plain)].map((members) => describe(members, part, true)).reduce(joinFollows)
}

/** `hasTotals`: what is called a total is one of items, and not a sum of money for example. */
function describe(own: Members, part: ListPart, hasTotals: boolean): Follows {
  if (NEXT.some((name) => isSomething(own[name])) || FLAGS.some((name) => isTrue(own[name]))) return 'more'
  if (LAST.some((name) => own[name] === false)) return 'more'
  const totals = hasTotals ? [...TOTALS, ...TOTALS_BESIDE_PAGES] : TOTALS
  const pages = hasTotals ? [...PAGES, ...PAGES_BESIDE_PAGES] : PAGES
  const known = pages.map((name) => own[name]).find((value) => toCount(value) !== null)
  // Pages are counted by whoever makes them; the size of a page may be another than was asked for.
  if (known !== undefined) return isBehind(known, part.page) ? 'more' : 'none'
  const size = sizeIn(own)
  if (totals.some((name) => isBehind(own[name], endOf(part, size)))) return 'more'
  const isNone =
    NEXT.some((name) => own[name] === null) ||
    FLAGS.some((name) => own[name] === false) ||
    LAST.some((name) => own[name] === true) ||
    totals.some((name) => isReached(own[name], shownAtLeast(part, size)))
  return isNone ? 'none' : null
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

/** How many items of the list are on this page and before it; infinitely many if the size of the pages before is not known. */
const endOf = ({ page, size, length }: ListPart, shownSize: number | null): number =>
  page === 1 ? length : (page - 1) * (shownSize ?? size ?? Infinity) + length

/** The pages before are at least as long as this one, if their size is not known. */
const shownAtLeast = ({ page, length }: ListPart, shownSize: number | null): number =>
  (page - 1) * (shownSize ?? length) + length

/** Whether the whole count was shown. A server whose count is nothing says nothing of a page with items. */
const isReached = (total: unknown, at: number): boolean => {
  const count = toCount(total)
  return count !== null && count > 0 && count <= at
}

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
