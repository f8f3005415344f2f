import { describe, expect, it } from 'vitest'
import { joinFollows, readBeside, readHeaders } from '../../../src/rest/more-follows.ts'
import type { Follows } from '../../../src/rest/call.ts'
import type { ListPart } from '../../../src/rest/more-follows.ts'

const FIRST: ListPart = { page: 1, size: 250, length: 100 }
const SECOND = { ...FIRST, page: 2 }

/** What stands beside the list of projects. */
const follows = (beside: object, part = FIRST): Follows =>
  readBeside({ projects: [], ...beside }, 'projects', part)
const says = (beside: object, part = FIRST): boolean => follows(beside, part) === 'more'

describe('a body that says that more follows', () => {
  it.each<[object]>([
    [{ next: 'https://aurora.test/projects?cursor=a' }],
    [{ next_page: 2 }],
    [{ nextPage: '2' }],
    [{ next_cursor: 'a' }],
    [{ nextPageToken: 'a' }],
    [{ '@odata.nextLink': 'https://aurora.test/projects?skip=100' }],
    [{ has_more: true }],
    [{ hasMore: 'true' }],
    [{ last: false }],
    [{ meta: { next_page: 2 } }],
    [{ meta: { pagination: { links: {}, next_cursor: 'a' } } }],
    [{ pagination: { has_next: true } }],
    [{ pageInfo: { hasNextPage: true, endCursor: 'a' } }],
    [{ links: { next: 'https://aurora.test/projects?page=2' } }],
    [{ links: { next: { href: 'https://aurora.test/projects?page=2' } } }],
    [{ _links: { next: { href: '/projects?page=2' } } }],
    [
      {
        links: [
          { rel: 'self', href: '/projects' },
          { rel: 'next', href: '/projects?page=2' },
        ],
      },
    ],
    [{ meta: { total: 101 } }],
    [{ meta: { total: '300' } }],
    [{ total_count: 101 }],
    [{ page: 1, per_page: 100, total: 101 }],
    [{ meta: { current_page: 1, last_page: 2 } }],
    [{ page: { number: 0, totalPages: 2 } }],
    [{ total_pages: 3, next_page: null }],
  ])('%j', (beside) => {
    expect(says(beside)).toBe(true)
  })

  it.each<[object]>([
    [{}],
    [{ next: null }],
    [{ next: '' }],
    [{ next: ' ' }],
    [{ next: false }],
    [{ next: 'null' }],
    [{ next: {} }],
    [{ next: { href: null } }],
    [{ next: [] }],
    [{ next: { id: 'p-2', name: 'The next project' } }],
    [{ next_page: 0 }],
    [{ next_cursor: '0' }],
    [{ has_more: false }],
    [{ has_more: 'false' }],
    [{ has_more: null }],
    [{ last: true }],
    [{ last: 'https://aurora.test/projects?page=1' }],
    [{ meta: {} }],
    [{ meta: null }],
    [{ meta: [] }],
    [{ meta: { total: 100 } }],
    [{ meta: { total: 0 } }],
    [{ meta: { total: null } }],
    [{ meta: { total: -1 } }],
    [{ meta: { total: 100.5 } }],
    [{ total: 200_000 }],
    [{ total_pages: 1 }],
    [{ meta: { current_page: 1, last_page: 1, total: 300 } }],
    [{ paging: { cursors: { after: 'a' } } }],
    [{ links: { self: '/projects', prev: '/projects?page=1' } }],
    [{ links: [{ rel: 'prev', href: '/projects' }] }],
    [{ links: [{ rel: { toString: 1 }, href: '/projects' }, { rel: null }, null] }],
    [{ project: { next: 'p-2' }, summary: { next_page: 2, total_pages: 2 } }],
    [{ tasks: [{ rel: 'next', href: '/x' }] }],
  ])('and one that does not: %j', (beside) => {
    expect(says(beside)).toBe(false)
  })

  it('is not found in the list itself, nor in a body that is the list', () => {
    const items = [{ id: 'p-1', next: 'p-2', has_more: true, meta: { next_page: 2 } }]

    expect(readBeside({ projects: items }, 'projects', FIRST)).toBeNull()
    expect(readBeside(items, null, FIRST)).toBeNull()
    expect(readBeside({ links: [{ rel: 'next', href: '/x' }] }, 'links', FIRST)).toBeNull()
  })

  it('counts from the page that was asked for, in pages of the size that the body names', () => {
    expect(says({ total_pages: 2 }, SECOND)).toBe(false)
    expect(says({ total_pages: 3 }, SECOND)).toBe(true)
    expect(says({ meta: { total: 350 } }, SECOND)).toBe(false)
    expect(says({ meta: { total: 351 } }, SECOND)).toBe(true)
    expect(says({ meta: { total: 201, per_page: 100 } }, SECOND)).toBe(true)
    expect(says({ meta: { total: 200, per_page: 100 } }, SECOND)).toBe(false)
  })
})

it('a total says nothing of a further page where no size of a page is known', () => {
  const whole = { page: 1, size: null, length: 20 }
  const total = { 'x-total-count': '25' }

  expect(readHeaders(total, whole)).toBe('more')
  expect(readHeaders(total, { ...whole, page: 2, length: 5 })).toBeNull()
  expect(readHeaders(total, { ...whole, page: 3, length: 0 })).toBeNull()
  expect(says({ meta: { total: 25 } }, { ...whole, page: 2, length: 5 })).toBe(false)
  expect(says({ meta: { total: 45, per_page: 20 } }, { ...SECOND, length: 20 })).toBe(true)
})

describe('a head that says that more follows', () => {
  it.each<[Record<string, string | string[]>]>([
    [{ link: '<https://aurora.test/projects?page=2>; rel="next"' }],
    [{ link: '<?page=2>;rel=next' }],
    [{ link: '<?page=2>; REL="Next Last"' }],
    [{ link: '<?page=1>; rel="prev", <?page=3>; title="a, <b>; c"; rel="next"' }],
    [{ link: ['<?page=1>; rel="prev"', '<?page=3>; rel="next"'] }],
    [{ 'x-next-page': '2' }],
    [{ 'x-total-pages': '2' }],
    [{ 'x-total-count': '101' }],
    [{ 'content-range': 'items 0-99/101' }],
  ])('%j', (headers) => {
    expect(readHeaders(headers, FIRST)).toBe('more')
  })

  it.each<[Record<string, string | string[]>]>([
    [{}],
    [{ link: '' }],
    [{ link: '<?page=1>; rel="prev"' }],
    [{ link: '<https://aurora.test/next>; rel="self"' }],
    [{ link: '<>; rel="next"' }],
    [{ link: '<?page=2>; rel="prev"; rel="next"' }],
    [{ link: '<?page=2>; title="rel=next"' }],
    [{ link: '<?page=2>; title="; rel=next"; rel="self"' }],
    [{ link: '<?page=2>; rel="next"; anchor="/other"' }],
    [{ link: '<?page=2>; rel="next-archive"' }],
    [{ 'x-next-page': '' }],
    [{ 'x-total-pages': '1' }],
    [{ 'x-total-count': '100' }],
    [{ 'content-range': 'items 0-99/100' }],
    [{ 'content-range': 'items 0-99/*' }],
    [{ 'content-range': 'bytes 0-99/1000' }],
  ])('and one that does not: %j', (headers) => {
    expect(readHeaders(headers, FIRST)).not.toBe('more')
  })
})

/** The last of three pages that were cut at 100, though 250 were asked for. */
const LAST_OF_THREE: ListPart = { page: 3, size: 250, length: 100 }

describe('an answer that says that nothing follows', () => {
  it.each<[object]>([
    [{ has_more: false }],
    [{ last: true }],
    [{ next_page: null }],
    [{ links: { self: '/projects?page=3', next: null } }],
    [{ meta: { pagination: { has_next: false } } }],
    [{ total_pages: 3 }],
    [{ meta: { total: 300 } }],
    [{ meta: { total: 300, per_page: 100 } }],
  ])('beside the list: %j', (beside) => {
    expect(follows(beside, LAST_OF_THREE)).toBe('none')
  })

  it.each<[Record<string, string>]>([
    [{ link: '<?page=2>; rel="prev"' }],
    [{ 'x-next-page': '' }],
    [{ 'x-total-pages': '3' }],
    [{ 'x-total-count': '300' }],
    [{ 'content-range': 'items 200-299/300' }],
  ])('in its head: %j', (headers) => {
    expect(readHeaders(headers, LAST_OF_THREE)).toBe('none')
  })

  it.each<[object]>([
    // The pages before may have been as short as this one.
    [{ meta: { total: 350 } }],
    [{ meta: { total: 0 } }],
    [{ count: 100 }],
    [{ request_id: 'a', has_more: null }],
  ])('and one that does not: %j', (beside) => {
    expect(follows(beside, LAST_OF_THREE)).toBeNull()
  })

  it('is not believed where another word says that more follows', () => {
    expect(follows({ has_more: false, meta: { total: 1000 } }, LAST_OF_THREE)).toBe('more')
    expect(joinFollows('none', 'more')).toBe('more')
    expect(joinFollows(null, 'none')).toBe('none')
  })
})
