// An end of a list that Aurora shows by 404 behind a page that may be full: the service may be starting, so answers say that the list may go on.
import { describe, expect, it } from 'vitest'
import { faultsOf, openPagedAurora } from '../support/paged-aurora.ts'

const MINUTE = 60_000

/** Aurora has these lists, each as the lengths of its pages; it answers any other page with 404. */
const openAurora = (lists: Record<string, number[]>) =>
  openPagedAurora((page, list) => {
    const lengths = lists[list] ?? []
    const length = lengths[page - 1]
    if (length === undefined) return { status: 404, length: 0 }
    return { length, first: lengths.slice(0, page - 1).reduce((sum, each) => sum + each, 0) }
  })

describe('a question about a whole list', () => {
  const QUESTION = `{
    usersConnection(search: "Ada", first: 1) { nodes { id } totalCount isComplete missingPages retryAt pageInfo { hasNextPage } }
  }`

  it.each([100, 230, 250])(
    'is not complete while its end is a 404 behind a page of %i, and is once the end is proven',
    async (length) => {
      await using aurora = await openAurora({ users: [length] })
      const retryAt = aurora.inMs(10_000)

      const first = await aurora.ask<{ usersConnection: object }>(QUESTION)
      const again = await aurora.ask<{ usersConnection: object }>(QUESTION)

      expect(first.data?.usersConnection).toEqual({
        nodes: [{ id: expect.any(String) }],
        totalCount: null,
        isComplete: false,
        missingPages: 1,
        retryAt,
        pageInfo: { hasNextPage: true },
      })
      expect(first.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAt })
      expect(faultsOf(first)).toEqual([['usersConnection.totalCount', 'UPSTREAM_UNAVAILABLE']])
      expect(again.data).toEqual(first.data)
      expect(aurora.calls).toEqual(['users 1', 'users 2'])

      await aurora.advance(MINUTE)
      const later = await aurora.ask<{ usersConnection: object }>(QUESTION)

      expect(later.errors).toBe(undefined)
      expect(later.data?.usersConnection).toMatchObject({
        totalCount: length,
        isComplete: true,
        missingPages: 0,
      })
      expect(aurora.calls).toEqual(['users 1', 'users 2', 'users 2'])
    },
  )

  it('shows the rest of the list once Aurora has it again', async () => {
    const users = [250]
    await using aurora = await openAurora({ users })
    await aurora.ask(QUESTION)
    users.push(7)
    await aurora.advance(10_000)

    const { data } = await aurora.ask(QUESTION)

    expect(data).toMatchObject({ usersConnection: { totalCount: 257, isComplete: true } })
  })

  it('is complete where the page before the 404 is short', async () => {
    await using aurora = await openAurora({ users: [250, 30] })

    const { data } = await aurora.ask(QUESTION)

    expect(data).toMatchObject({ usersConnection: { totalCount: 280, isComplete: true } })
  })

  it('does not say that nobody has an address, until the end is proven', async () => {
    await using aurora = await openAurora({ users: [250] })
    const query = '{ user(email: "nobody@example.com") { id } }'

    expect(faultsOf(await aurora.ask(query))).toEqual([['user', 'UPSTREAM_UNAVAILABLE']])
    await aurora.advance(MINUTE)
    expect(faultsOf(await aurora.ask(query))).toEqual([['user', 'NOT_FOUND']])
  })

  it('gives no cursor to begin with, and names no deleted project, while its end is in doubt', async () => {
    const projects = [250, 250, 7]
    await using aurora = await openAurora({ projects })
    const changesSince = (cursor: string): string =>
      `{ changes(since: "${cursor}") { cursor isReset deleted isComplete } }`
    type Answer = { changes: { cursor: string; isReset: boolean; deleted: string[]; isComplete: boolean } }
    const begun = await aurora.ask<Answer>(changesSince(''))
    const cursor = begun.data?.changes.cursor ?? ''
    expect(cursor).not.toBe('')
    // Nothing is cached of the pages any more.
    await aurora.advance(25 * 60 * MINUTE)
    projects.splice(1)

    const { data } = await aurora.ask<Answer>(changesSince(cursor))
    const anew = await aurora.ask<Answer>(changesSince(''))

    expect(data?.changes).toEqual({
      cursor: expect.any(String),
      isReset: false,
      deleted: [],
      isComplete: false,
    })
    expect(anew.data?.changes).toMatchObject({ cursor: '', isReset: true, isComplete: false })

    projects.push(250, 7)
    await aurora.advance(10_000)
    const later = await aurora.ask<Answer>(changesSince(cursor))
    expect(later.data?.changes).toMatchObject({ deleted: [], isComplete: true })
  })
})

describe('a success without a body, as of a proxy whose service has failed,', () => {
  const QUESTION = '{ usersConnection(search: "Ada", first: 1) { totalCount isComplete retryAt } }'
  /** Behind the pages of these lengths there is no body. */
  const openBlank = (lengths: readonly number[]) =>
    openPagedAurora((page) => {
      const first = lengths.slice(0, page - 1).reduce((sum, each) => sum + each, 0)
      const length = lengths[page - 1]
      return length === undefined ? { length: 0, isBlank: true } : { length, first }
    })

  it.each([100, 250])('in place of the page behind one of %i hides nothing', async (length) => {
    const users = [length]
    await using aurora = await openBlank(users)

    const first = await aurora.ask(QUESTION)
    const { data, extensions } = await aurora.askReport('{ users { id } }')

    expect(first.data).toEqual({
      usersConnection: { totalCount: null, isComplete: false, retryAt: aurora.inMs(10_000) },
    })
    expect(data['users']).toHaveLength(length)
    expect(extensions.freshness).toMatchObject([{ path: ['users'], reason: 'END_IN_DOUBT' }])
    expect(aurora.calls).toEqual(['users 1', 'users 2'])

    users.push(7)
    await aurora.advance(10_000)
    expect((await aurora.askReport('{ users { id } }')).data['users']).toHaveLength(length + 7)
  })

  it('is the end of the list if it comes again a minute later', async () => {
    await using aurora = await openBlank([250])
    await aurora.ask(QUESTION)
    await aurora.advance(MINUTE)

    expect((await aurora.ask(QUESTION)).data).toMatchObject({
      usersConnection: { totalCount: 250, isComplete: true },
    })
  })

  it('is the end of the list behind a short page', async () => {
    await using aurora = await openBlank([250, 30])

    expect((await aurora.ask(QUESTION)).data).toMatchObject({
      usersConnection: { totalCount: 280, isComplete: true },
    })
  })
})

describe('a list that is shown as it is', () => {
  it('has its items, and says that it may go on', async () => {
    await using aurora = await openAurora({ users: [250] })
    const USERS = '{ users { id } }'

    const { data, extensions } = await aurora.askReport(USERS)
    const again = await aurora.askReport(USERS)

    expect(data['users']).toHaveLength(250)
    for (const { freshness } of [extensions, again.extensions])
      expect(freshness).toMatchObject([{ path: ['users'], reason: 'END_IN_DOUBT' }])

    await aurora.advance(MINUTE)
    const later = await aurora.askReport(USERS)
    expect(later.data['users']).toHaveLength(250)
    expect(later.extensions.freshness).toEqual([])
  })

  it('has a next page as long as a slice has items, and then an error until the end is proven, at no further call', async () => {
    await using aurora = await openAurora({ projects: [250] })
    type Answer = {
      projects: { nodes: object[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }
    }
    const slices: (readonly [number, boolean])[] = []
    let after = ''
    const askNext = () =>
      aurora.ask<Answer>(
        `{ projects(first: 100, after: "${after}") { nodes { id } pageInfo { hasNextPage endCursor } } }`,
      )
    for (let slice = 0; slice < 3; slice += 1) {
      const { data } = await askNext()
      const { nodes = [], pageInfo } = data?.projects ?? {}
      slices.push([nodes.length, pageInfo?.hasNextPage === true])
      after = pageInfo?.endCursor ?? after
    }
    const inDoubt = await askNext()

    expect(slices).toEqual([
      [100, true],
      [100, true],
      [50, true],
    ])
    expect(inDoubt.errors?.[0]?.extensions).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryAt: aurora.inMs(10_000),
    })
    expect(aurora.calls).toEqual(['projects 1', 'projects 2'])

    await aurora.advance(MINUTE)
    expect((await askNext()).data?.projects).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false } })
  })

  it('is read to its end by a client that comes while the rest is missing in passing', async () => {
    const projects = [250]
    await using aurora = await openAurora({ projects })
    type Answer = { projects: { nodes: object[]; pageInfo: { hasNextPage: boolean; endCursor: string } } }
    let count = 0
    let after = ''
    for (let hasNext = true; hasNext;) {
      const { data, errors } = await aurora.ask<Answer>(
        `{ projects(first: 250, after: "${after}") { nodes { id } pageInfo { hasNextPage endCursor } } }`,
      )
      if (errors) {
        projects.push(7)
        await aurora.advance(10_000)
        continue
      }
      count += data?.projects.nodes.length ?? 0
      hasNext = data?.projects.pageInfo.hasNextPage === true
      after = data?.projects.pageInfo.endCursor ?? after
    }

    expect(count).toBe(257)
  })

  it('has no next page once the end is proven', async () => {
    await using aurora = await openAurora({ projects: [250] })
    const query = '{ projects(first: 200) { pageInfo { hasNextPage endCursor } } }'
    type Answer = { projects: { pageInfo: { hasNextPage: boolean; endCursor: string } } }
    const first = await aurora.ask<Answer>(query)
    const after = first.data?.projects.pageInfo.endCursor
    const askLast = () =>
      aurora.ask<Answer>(`{ projects(first: 200, after: "${after}") { pageInfo { hasNextPage endCursor } } }`)
    expect((await askLast()).data?.projects.pageInfo.hasNextPage).toBe(true)
    await aurora.advance(MINUTE)

    expect((await askLast()).data?.projects.pageInfo.hasNextPage).toBe(false)
  })

  it('proves nothing by a page behind the one that may be missing in passing', async () => {
    const projects = [250, 250, 7]
    await using aurora = await openAurora({ projects })
    const slice = (first: number, after = ''): string =>
      `{ projects(first: ${first}, after: "${after}") { nodes { id } pageInfo { endCursor } } }`
    type Answer = { projects: { nodes: object[]; pageInfo: { endCursor: string } } }
    const first = await aurora.ask<Answer>(slice(250))
    const second = await aurora.ask<Answer>(slice(250, first.data?.projects.pageInfo.endCursor))
    await aurora.advance(25 * 60 * MINUTE)
    projects.splice(0)
    await aurora.ask(slice(250, first.data?.projects.pageInfo.endCursor))
    await aurora.ask(slice(250, second.data?.projects.pageInfo.endCursor))
    projects.push(250, 250, 7)
    await aurora.advance(10_000)

    const { data } = await aurora.ask<Answer>(slice(250, second.data?.projects.pageInfo.endCursor))

    expect(data?.projects.nodes).toHaveLength(7)
  })
})

describe('a look-up in a list', () => {
  const TEAM = (id: string): string => `{ node(id: "Team:${id}") { id } }`

  it('does not say that a team does not exist, until the end is proven', async () => {
    await using aurora = await openAurora({ teams: [100] })

    expect(faultsOf(await aurora.ask(TEAM('nobody')))).toEqual([['node', 'UPSTREAM_UNAVAILABLE']])
    expect((await aurora.ask(TEAM('teams-99'))).errors).toBe(undefined)
    expect(aurora.calls).toEqual(['teams 1', 'teams 2'])

    await aurora.advance(MINUTE)
    expect(faultsOf(await aurora.ask(TEAM('nobody')))).toEqual([['node', 'NOT_FOUND']])
  })

  it('finds what stands behind the first page, though the end is in doubt', async () => {
    await using aurora = await openAurora({ teams: [30, 40] })

    expect((await aurora.ask(TEAM('teams-69'))).errors).toBe(undefined)
  })

  it('learns nothing from such an end for shorter lists', async () => {
    const teams = [100]
    await using aurora = await openAurora({ teams })
    await aurora.ask(TEAM('nobody'))
    teams.splice(0, 1, 37, 5)
    await aurora.advance(1000)

    const { errors } = await aurora.askReport(TEAM('teams-41'), { 'cache-control': 'no-cache' })

    expect(errors).toBe(undefined)
  })
})
