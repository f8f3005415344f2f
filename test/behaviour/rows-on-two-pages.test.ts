// A list without a promised order, of which a row is on two pages: it was sorted anew while it was read, so another row may be on none.
import { describe, expect, it } from 'vitest'
import { faultsOf, openPagedAurora } from '../support/paged-aurora.ts'
import type { Page, Report } from '../support/paged-aurora.ts'

/** Every list has these pages, and an empty one behind them. */
const openAurora = (pages: readonly Page[]) => openPagedAurora((page) => pages[page - 1] ?? { length: 0 })

const countOf = (list: string): string => `{ ${list}(first: 1, search: "a") { isComplete missingPages } }`
const COMPLETE = { isComplete: true, missingPages: 0 }
const IN_DOUBT = { isComplete: false, missingPages: 0 }

describe('a row of users on two pages', () => {
  it.each<[string, Page[]]>([
    ['at the border', [{ length: 250 }, { length: 30, first: 249 }]],
    ['alone on the last page', [{ length: 250 }, { length: 1, first: 249 }]],
    ['far from the border', [{ length: 250 }, { length: 250, first: 250 }, { length: 30, first: 100 }]],
  ])('makes no answer about the whole list complete: %s', async (_, pages) => {
    await using aurora = await openAurora(pages)

    const { data, errors } = await aurora.ask(countOf('usersConnection'))
    const again = await aurora.ask(countOf('usersConnection'))

    expect(errors).toBe(undefined)
    expect(data).toEqual({ usersConnection: IN_DOUBT })
    expect(again.data).toEqual(data)
    expect(aurora.calls).toEqual(['users 1', 'users 2', 'users 3'])
  })

  it('makes no answer about shared projects complete either, whose order Aurora does not promise', async () => {
    await using aurora = await openAurora([{ length: 250 }, { length: 30, first: 249 }])

    expect((await aurora.ask(countOf('sharedProjects'))).data).toEqual({ sharedProjects: IN_DOUBT })
  })

  it('does not say that nobody has an address', async () => {
    await using aurora = await openAurora([{ length: 250 }, { length: 30, first: 249 }])

    expect(faultsOf(await aurora.ask('{ user(email: "nobody@example.com") { id } }'))).toEqual([
      ['user', 'CONFLICT'],
    ])
  })

  it('makes nothing uncertain any more when the pages are read again without it', async () => {
    const pages: Page[] = [{ length: 250 }, { length: 30, first: 249 }]
    await using aurora = await openAurora(pages)
    await aurora.ask(countOf('usersConnection'))
    pages[1] = { length: 30, first: 250 }
    await aurora.advance(1000)

    const { data } = await aurora.askReport(countOf('usersConnection'), { 'cache-control': 'no-cache' })

    expect(data['usersConnection']).toEqual(COMPLETE)
  })

  it('is no sign where the last page is repeated behind the end', async () => {
    await using aurora = await openPagedAurora((page) =>
      page === 1 ? { length: 250 } : { length: 30, first: 250 },
    )

    expect((await aurora.ask(countOf('usersConnection'))).data).toEqual({ usersConnection: COMPLETE })
  })
})

describe('a user who was shown before, and is on no page of a list that was sorted anew', () => {
  const NAMES = Array.from({ length: 280 }, (_, index) => `users-${index}`)
  const cut = (ids: string[]): Page[] =>
    [ids.slice(0, 250), ids.slice(250)].map((page) => ({ length: page.length, ids: page }))

  async function askTwice(ids: string[], own: Page) {
    let pages = cut(NAMES)
    await using aurora = await openPagedAurora((page, list) =>
      list === 'users' ? (pages[page - 1] ?? { length: 0 }) : own,
    )
    await aurora.ask(countOf('usersConnection'))
    pages = cut(ids)
    await aurora.advance(1000)
    const { data } = await aurora.askReport(countOf('usersConnection'), { 'cache-control': 'no-cache' })
    return { found: data['usersConnection'], calls: aurora.calls.slice(3) }
  }
  const WALK = ['users 1', 'users 2', 'users 3']
  const others = NAMES.filter((id) => id !== 'users-5')
  const anew = others.toReversed()

  it('may be in the list, although its neighbours are on one page, unless it is gone by its own read', async () => {
    expect(await askTwice(anew, { status: 500, length: 0 })).toMatchObject({ found: IN_DOUBT })
    expect(await askTwice(anew, { status: 404, length: 0 })).toEqual({
      found: COMPLETE,
      calls: [...WALK, 'users-5 1'],
    })
  })

  it('is gone without a call where the others have kept their order', async () => {
    expect(await askTwice(others, { status: 500, length: 0 })).toEqual({ found: COMPLETE, calls: WALK })
  })
})

describe('a list that is shown as it is', () => {
  const MOVED: Page[] = [{ length: 250 }, { length: 30, first: 249 }]
  const reasonsIn = ({ extensions }: Report) => extensions.freshness.map(({ path, reason }) => [path, reason])

  it('has its items, and reports that others may be missing where one is on two pages', async () => {
    await using aurora = await openAurora(MOVED)

    const first = await aurora.askReport('{ users { id } }')
    const again = await aurora.askReport('{ users { id } }')

    for (const answer of [first, again]) {
      expect(answer.errors).toBe(undefined)
      expect(answer.data['users']).toHaveLength(279)
      expect(reasonsIn(answer)).toEqual([[['users'], 'ITEMS_MOVED']])
    }
    expect(aurora.calls).toEqual(['users 1', 'users 2', 'users 3'])
  })

  it.each<[string, Page[]]>([
    ['of two pages without a repeated item', [{ length: 250 }, { length: 30, first: 250 }]],
    [
      'of which the last page is repeated behind the end',
      [{ length: 250 }, { length: 30, first: 250 }, { length: 30, first: 250 }, { length: 30, first: 250 }],
    ],
    ['that is given as a whole for each page', [{ length: 250 }, { length: 250 }]],
  ])('reports nothing %s', async (_, pages) => {
    await using aurora = await openAurora(pages)

    expect(reasonsIn(await aurora.askReport('{ users { id } }'))).toEqual([])
  })

  it('reports it in the slice that comes to the item again, and in none of projects', async () => {
    await using aurora = await openAurora(MOVED)
    type Slice = { pageInfo: { endCursor: string } }
    const askSlices = async (list: string) => {
      const slice = (after: string) =>
        aurora.askReport(`{ ${list}(first: 250, after: "${after}") { nodes { id } pageInfo { endCursor } } }`)
      const first = await slice('')
      const { pageInfo } = first.data[list] as unknown as Slice
      return [reasonsIn(first), reasonsIn(await slice(pageInfo.endCursor))]
    }

    expect(await askSlices('modules')).toEqual([[], [[['modules'], 'ITEMS_MOVED']]])
    expect(await askSlices('sharedProjects')).toEqual([[], [[['sharedProjects'], 'ITEMS_MOVED']]])
    expect(await askSlices('projects')).toEqual([[], []])
  })

  it('does not say of a team that it does not exist', async () => {
    await using aurora = await openAurora(MOVED)

    expect(faultsOf(await aurora.ask('{ node(id: "Team:nobody") { id } }'))).toEqual([['node', 'CONFLICT']])
    expect((await aurora.ask('{ node(id: "Team:teams-278") { id } }')).errors).toBe(undefined)
  })
})

it('a project on two pages is one that a new project has moved, because the newest come first', async () => {
  await using aurora = await openAurora([{ length: 250 }, { length: 30, first: 249 }])

  expect((await aurora.ask(countOf('projects'))).data).toEqual({ projects: COMPLETE })
})

describe('an item whose id is in small letters on one page, and in capitals on the next one', () => {
  const ids = Array.from({ length: 280 }, (_, index) => `item-${index}`)
  const pages: Page[] = [
    { length: 250, ids: ids.slice(0, 250) },
    { length: 31, ids: ['ITEM-249', ...ids.slice(250)], first: 249 },
  ]

  it('is shown once in a whole list, and counts as an item on two pages', async () => {
    await using aurora = await openAurora(pages)

    const { data, extensions } = await aurora.askReport('{ users { id } }')

    expect(data['users']).toHaveLength(280)
    expect(extensions.freshness).toMatchObject([{ path: ['users'], reason: 'ITEMS_MOVED' }])
  })

  it.each(['modules', 'projects'])('is shown once in all slices of %s', async (list) => {
    await using aurora = await openAurora(pages)
    type Slice = { nodes: { id: string }[]; pageInfo: { endCursor: string } }
    const slice = async (first: number, after: string) => {
      const answer = await aurora.askReport(
        `{ ${list}(first: ${first}, after: "${after}") { nodes { id } pageInfo { endCursor } } }`,
      )
      return answer.data[list] as unknown as Slice
    }

    const first = await slice(249, '')
    const second = await slice(1, first.pageInfo.endCursor)
    const rest = await slice(250, second.pageInfo.endCursor)

    expect(second.nodes).toHaveLength(1)
    expect(rest.nodes).toHaveLength(30)
  })

  it.each([
    ['usersConnection', 'Ada', false],
    ['projects', 'Team', true],
  ])('is counted once in %s', async (list, search, isComplete) => {
    await using aurora = await openAurora(pages)

    const { data } = await aurora.ask(`{ ${list}(first: 1, search: "${search}") { totalCount isComplete } }`)

    expect(data).toEqual({ [list]: { totalCount: 280, isComplete } })
  })

  it('is no change each time that the list is read', async () => {
    await using aurora = await openAurora(pages)
    type Changes = { changes: { cursor: string } }
    const askSince = (cursor: string) =>
      aurora.askReport(`{ changes(since: "${cursor}") { cursor created { id } changed { id } deleted } }`, {
        'cache-control': 'no-cache',
      })
    const first = (await askSince('')).data as unknown as Changes
    await aurora.advance(1000)

    expect((await askSince(first.changes.cursor)).data).toMatchObject({
      changes: { created: [], changed: [], deleted: [] },
    })
  })

  it('is no further page where the last page is repeated in capitals behind the end', async () => {
    await using aurora = await openPagedAurora((page) => ({
      length: 250,
      ids: ids.slice(0, 250).map((id) => (page === 1 ? id : id.toUpperCase())),
    }))

    const { data, extensions } = await aurora.askReport('{ users { id } }')

    expect(data['users']).toHaveLength(250)
    expect(extensions.freshness).toEqual([])
    expect(aurora.calls).toEqual(['users 1', 'users 2'])
  })
})
