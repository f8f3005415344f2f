// Aurora refuses the page behind a full one with 400 or 422: the list may end there, or its rest is not shown. Answers have what is known, and say so.
import { describe, expect, it } from 'vitest'
import { DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { faultsOf, openPagedAurora } from '../support/paged-aurora.ts'

const MINUTE = 60_000
const REFUSALS = [400, 422]

/** Every list has pages of these lengths; any other page is refused. */
const openAurora = (lengths: readonly number[], status: number) =>
  openPagedAurora((page) => {
    const length = lengths[page - 1]
    if (length === undefined) return { status, length: 0 }
    return { length, first: lengths.slice(0, page - 1).reduce((sum, each) => sum + each, 0) }
  })

describe.each(REFUSALS)('behind a full page, %i', (status) => {
  const USERS = '{ users { id } }'
  const QUESTION = `{
    usersConnection(search: "Ada", first: 1) { nodes { id } totalCount isComplete missingPages retryAt }
  }`

  it.each([{ lengths: [250] }, { lengths: [100, 100] }, { lengths: [20, 20, 20] }])(
    'leaves its items to a list that is shown as it is, marked: $lengths',
    async ({ lengths }) => {
      await using aurora = await openAurora(lengths, status)
      const length = lengths.reduce((sum, each) => sum + each)

      const { data, errors, extensions } = await aurora.askReport(USERS)

      expect(errors).toBe(undefined)
      expect(data['users']).toHaveLength(length)
      expect(extensions.freshness).toMatchObject([{ path: ['users'], reason: 'END_IN_DOUBT' }])
      expect(aurora.calls).toHaveLength(lengths.length + 1)
    },
  )

  it('makes no answer about the whole list complete, also when it comes again a minute later', async () => {
    await using aurora = await openAurora([250], status)
    const ask = () => aurora.ask<{ usersConnection: object }>(QUESTION)
    const first = await ask()
    await aurora.advance(MINUTE)
    const later = await ask()

    for (const answer of [first, later]) {
      expect(answer.data?.usersConnection).toEqual({
        nodes: [{ id: expect.any(String) }],
        totalCount: null,
        isComplete: false,
        missingPages: 1,
        retryAt: null,
      })
      expect(faultsOf(answer)).toEqual([['usersConnection.totalCount', 'UPSTREAM_INVALID']])
    }
  })

  it('is asked for again by the next question, so that the rest is shown as soon as Aurora shows it', async () => {
    const lengths = [250]
    await using aurora = await openAurora(lengths, status)
    await aurora.ask(USERS)
    await aurora.ask(QUESTION)
    lengths.push(7)

    expect((await aurora.ask<{ users: object[] }>(USERS)).data?.users).toHaveLength(257)
    expect((await aurora.ask(QUESTION)).data).toMatchObject({
      usersConnection: { totalCount: 257, isComplete: true },
    })
    expect(aurora.calls).toEqual(['users 1', 'users 2', 'users 2', 'users 2', 'users 3'])
  })

  it('proves of no address that nobody has it', async () => {
    await using aurora = await openAurora([250], status)

    expect(faultsOf(await aurora.ask('{ user(email: "nobody@example.com") { id } }'))).toEqual([
      ['user', 'UPSTREAM_INVALID'],
    ])
    expect((await aurora.ask('{ user(email: "a249@example.com") { id } }')).errors).toBe(undefined)
  })

  it('fails a slice that has no items, and no other', async () => {
    await using aurora = await openAurora([250], status)
    type Answer = { projects: { nodes: object[]; pageInfo: { hasNextPage: boolean; endCursor: string } } }
    const slice = (after: string) =>
      aurora.ask<Answer>(
        `{ projects(first: 200, after: "${after}") { nodes { id } pageInfo { hasNextPage endCursor } } }`,
      )
    const first = await slice('')
    const second = await slice(first.data?.projects.pageInfo.endCursor ?? '')
    const third = await slice(second.data?.projects.pageInfo.endCursor ?? '')

    expect(second.data?.projects).toMatchObject({ pageInfo: { hasNextPage: true } })
    expect(second.data?.projects.nodes).toHaveLength(50)
    expect(faultsOf(third)).toEqual([['projects', 'UPSTREAM_INVALID']])
  })
})

describe.each(REFUSALS)(
  '%i that names the credential is a failure, also where Aurora has accepted it before',
  (status) => {
    it.each([
      { what: 'a full page', length: 250, message: 'wrong signature' },
      { what: 'a page of a usual length', length: 100, message: 'wrong signature' },
      { what: 'a page a little shorter than that', length: 98, message: 'wrong signature' },
      { what: 'a message that is not shown', length: 100, message: `no access with ${DEFAULT_TOKEN}` },
    ])('behind $what', async ({ length, message }) => {
      await using aurora = await openPagedAurora((page) =>
        page === 1 ? { length } : { status, length: 0, message },
      )

      const { data, errors } = await aurora.askReport('{ users { id } }')

      expect(data).toEqual({ users: null })
      expect(errors).toMatchObject([
        { extensions: { code: status === 422 ? 'UNPROCESSABLE' : 'BAD_REQUEST' } },
      ])
    })
  },
)

it.each(REFUSALS)(
  '%i behind a later page that is short is the end of the list, whatever its words',
  async (status) => {
    await using aurora = await openPagedAurora((page) => {
      if (page > 2) return { status, length: 0, message: `no page ${page} for this tenant` }
      return page === 1 ? { length: 250 } : { length: 200, first: 250 }
    })

    const { data, errors } = await aurora.askReport('{ users { id } }')

    expect(aurora.calls).toContain('users 3')
    expect(errors).toBeUndefined()
    expect(data['users']).toHaveLength(450)
  },
)
