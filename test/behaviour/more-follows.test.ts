// Another Aurora whose lists go on by a cursor or a link alone, and that ignores the number of the page: what it does not show is not taken for nothing.
import { describe, expect, it } from 'vitest'
import { faultsOf, openPagedAurora } from '../support/paged-aurora.ts'
import type { Page } from '../support/paged-aurora.ts'

const QUESTION =
  '{ usersConnection(search: "Ada", first: 1) { nodes { id } totalCount isComplete missingPages } }'

const IN_DOUBT = { totalCount: null, isComplete: false, missingPages: 1 }

const NEXT_LINK = { link: '<https://aurora.test/users?cursor=abc>; rel="next"' }
const NEXT_CURSOR = { meta: { next_cursor: 'abc' } }

describe('a list that says that more follows, and always shows its first page', () => {
  it.each<[string, Omit<Page, 'length'>]>([
    ['a Link header', { headers: NEXT_LINK }],
    ['a cursor', { beside: NEXT_CURSOR }],
  ])('is not complete where %s says so, whatever the length of the page', async (_, words) => {
    for (const length of [1, 37, 100, 250]) {
      await using aurora = await openPagedAurora(() => ({ length, ...words }))

      const answer = await aurora.ask<{ usersConnection: object }>(QUESTION)
      await aurora.advance(61_000)
      const later = await aurora.ask<{ usersConnection: object }>(QUESTION)

      expect(answer.data?.usersConnection).toMatchObject({ ...IN_DOUBT, nodes: [{ id: expect.any(String) }] })
      expect(faultsOf(answer)).toEqual([['usersConnection.totalCount', 'UPSTREAM_INVALID']])
      expect(later.data?.usersConnection).toMatchObject(IN_DOUBT)
      expect(aurora.calls.length).toBeLessThanOrEqual(4)
    }
  })

  it('does not say that nobody has an address, and finds whom the page shows', async () => {
    await using aurora = await openPagedAurora(() => ({ length: 37, beside: NEXT_CURSOR }))

    const nobody = await aurora.ask('{ user(email: "nobody@example.com") { id } }')
    const somebody = await aurora.ask('{ user(email: "a36@example.com") { id } }')

    expect(nobody.errors?.[0]?.extensions.code).toBe('UPSTREAM_INVALID')
    expect(somebody.errors).toBe(undefined)
  })

  it('does not say of a team that it does not exist', async () => {
    await using aurora = await openPagedAurora(() => ({ length: 12, beside: NEXT_CURSOR }))

    const { errors } = await aurora.ask('{ node(id: "Team:teams-99") { id } }')

    expect(errors?.[0]?.extensions.code).toBe('UPSTREAM_INVALID')
  })

  it('has its items where it is shown as it is, and says that it may go on, also when it is cached', async () => {
    await using aurora = await openPagedAurora(() => ({ length: 37, headers: NEXT_LINK }))

    const answers = [await aurora.askReport('{ users { id } }'), await aurora.askReport('{ users { id } }')]

    for (const { data, extensions } of answers) {
      expect(data['users']).toHaveLength(37)
      expect(extensions.freshness).toMatchObject([{ path: ['users'], reason: 'END_IN_DOUBT' }])
    }
  })

  it('has a next page as long as a slice has items, and then an error', async () => {
    await using aurora = await openPagedAurora(() => ({ length: 37, beside: NEXT_CURSOR }))
    type Answer = {
      projects: { nodes: object[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }
    }
    const askAfter = (after: string) =>
      aurora.ask<Answer>(
        `{ projects(first: 30, after: "${after}") { nodes { id } pageInfo { hasNextPage endCursor } } }`,
      )
    const first = await askAfter('')
    const second = await askAfter(first.data?.projects.pageInfo.endCursor ?? '')
    const third = await askAfter(second.data?.projects.pageInfo.endCursor ?? '')

    expect(first.data?.projects.nodes).toHaveLength(30)
    expect(second.data?.projects.nodes).toHaveLength(7)
    expect(second.data?.projects.pageInfo.hasNextPage).toBe(true)
    expect(third.errors?.[0]?.extensions.code).toBe('UPSTREAM_INVALID')
  })

  it('gives no cursor of changes to begin with', async () => {
    await using aurora = await openPagedAurora(() => ({ length: 37, beside: NEXT_CURSOR }))

    const { data } = await aurora.ask('{ changes(since: "") { cursor isReset isComplete } }')

    expect(data).toMatchObject({ changes: { cursor: '', isReset: true, isComplete: false } })
  })
})

describe('a list that says that more follows, and has no further page', () => {
  it.each([404, 416, 400, 422])(
    'is not complete where the next page is answered with %i, for as long as it says so',
    async (status) => {
      await using aurora = await openPagedAurora((page) =>
        page === 1 ? { length: 37, beside: NEXT_CURSOR } : { status, length: 0 },
      )

      const { data } = await aurora.ask(QUESTION)
      await aurora.advance(61_000)
      const later = await aurora.ask(QUESTION)

      expect(data).toMatchObject({ usersConnection: IN_DOUBT })
      expect(later.data).toMatchObject({ usersConnection: IN_DOUBT })
    },
  )

  it('is not complete where the next page is empty, unless the page is as long as was asked for', async () => {
    const totals: unknown[] = []
    for (const length of [37, 250]) {
      await using aurora = await openPagedAurora((page) =>
        page === 1 ? { length, beside: { has_more: true } } : { length: 0, beside: { has_more: false } },
      )
      totals.push((await aurora.ask<{ usersConnection: object }>(QUESTION)).data?.usersConnection)
    }

    expect(totals).toMatchObject([IN_DOUBT, { totalCount: 250, isComplete: true, missingPages: 0 }])
  })

  it('is not complete where the empty page itself says that more follows', async () => {
    await using aurora = await openPagedAurora((page) => ({
      length: page === 1 ? 250 : 0,
      beside: NEXT_CURSOR,
    }))

    expect((await aurora.ask(QUESTION)).data).toMatchObject({ usersConnection: IN_DOUBT })
    expect(aurora.calls).toEqual(['users 1', 'users 2'])
  })
})

describe('a list that says that more follows, and shows it by the number of the page', () => {
  it('is read to its end, however short its pages are', async () => {
    await using aurora = await openPagedAurora((page) => ({
      length: page === 3 ? 5 : 37,
      first: (Math.min(page, 3) - 1) * 37,
      beside: { meta: { next_page: page < 3 ? page + 1 : null } },
    }))

    const { data } = await aurora.ask(QUESTION)

    expect(data).toMatchObject({ usersConnection: { totalCount: 79, isComplete: true, missingPages: 0 } })
  })
})

it('a plan of such a list ends, and costs no call', async () => {
  await using aurora = await openPagedAurora(() => ({ length: 37, beside: NEXT_CURSOR }))
  const EXPLAIN = `query ($query: String!) { explain(query: $query) { calls { max } isComplete } }`
  await aurora.ask(QUESTION)
  const before = aurora.calls.length

  for (const query of [QUESTION, '{ users { id } }', '{ projects(first: 100) { nodes { id } } }'])
    expect((await aurora.ask(EXPLAIN, { query })).data).toMatchObject({ explain: { isComplete: true } })

  expect(aurora.calls).toHaveLength(before)
})

describe('a list with a total of 251 that Aurora cuts at 20 items a page', () => {
  const ofPage = (page: number, missing: number, beside: object): Page => ({
    first: (page - 1) * 20,
    length: Math.max(0, Math.min(20, 251 - (page - 1) * 20)) - missing,
    beside,
  })

  it.each<[string, (page: number) => Page]>([
    ['a page is empty', (page) => (page < 3 ? ofPage(page, 0, { total_count: 251 }) : { length: 0 })],
    ['a page is empty, and says so too', (page) => ofPage(page, page < 3 ? 0 : 20, { total_count: 251 })],
    [
      'a page is short, and nothing is behind it',
      (page) => (page < 3 ? ofPage(page, page === 2 ? 13 : 0, { meta: { total: 251 } }) : { length: 0 }),
    ],
    [
      'a header says so',
      (page) => ({ ...ofPage(page, page < 3 ? 0 : 20, {}), headers: { 'x-total-count': '251' } }),
    ],
  ])('may go on if %s', async (_, pageOf) => {
    await using aurora = await openPagedAurora(pageOf)

    const report = await aurora.askReport('{ users { id } }')
    const again = await aurora.askReport('{ users { id } }')
    const { data } = await aurora.ask(QUESTION)

    for (const { extensions } of [report, again])
      expect(extensions.freshness).toMatchObject([{ path: ['users'], reason: 'END_IN_DOUBT' }])
    expect(data).toMatchObject({ usersConnection: IN_DOUBT })
  })

  it.each<[string, (page: number) => Page]>([
    ['all pages are there', (page) => ofPage(page, 0, { total_count: 251 })],
    [
      'it has become shorter',
      (page) =>
        page < 3
          ? ofPage(page, 0, { total_count: page === 1 ? 251 : 33 })
          : { length: 0, beside: { total_count: 33 } },
    ],
    [
      'its last page is older than the removal of rows',
      (page) => ofPage(page, page < 3 ? 0 : 20, { total_count: page === 2 ? 40 : 251 }),
    ],
    ['the total is that of the page', (page) => ofPage(page, 0, { meta: { total: 20 } })],
    ['the total is 0', (page) => ofPage(page, 0, { total_count: 0 })],
    ['the total is null', (page) => ofPage(page, 0, { total_count: null })],
    ['the total is a text', (page) => ofPage(page, 0, { total_count: 'many' })],
  ])('has ended if %s', async (_, pageOf) => {
    await using aurora = await openPagedAurora((page) => pageOf(page))

    const { extensions } = await aurora.askReport('{ users { id } }')
    const { data } = await aurora.ask(QUESTION)

    expect(extensions.freshness).toEqual([])
    expect(data).toMatchObject({ usersConnection: { isComplete: true } })
  })
})

it('a list with a total has ended where its last page has only items that new ones have moved there', async () => {
  await using aurora = await openPagedAurora((page) => {
    if (page === 1) return { length: 250, beside: { total_count: 250 } }
    return { length: page === 2 ? 1 : 0, first: 249, beside: { total_count: 251 } }
  })
  interface Slice {
    readonly nodes: object[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
  }
  const slice = async (after: string) => {
    const { data } = await aurora.ask<{ projects: Slice }>(
      `{ projects(first: 250, after: "${after}") { nodes { id } pageInfo { hasNextPage endCursor } } }`,
    )
    return data?.projects
  }

  const first = await slice('')
  const second = await slice(first?.pageInfo.endCursor ?? '')

  expect(first?.nodes).toHaveLength(250)
  expect(second).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false } })
})
