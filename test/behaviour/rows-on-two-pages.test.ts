// A list without a promised order, of which a row is on two pages: it was sorted anew while it was read, so another row may be on none.
import { describe, expect, it } from 'vitest'
import { faultsOf, openPagedAurora } from '../support/paged-aurora.ts'
import type { Page } from '../support/paged-aurora.ts'

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

it('a project on two pages is one that a new project has moved, because the newest come first', async () => {
  await using aurora = await openAurora([{ length: 250 }, { length: 30, first: 249 }])

  expect((await aurora.ask(countOf('projects'))).data).toEqual({ projects: COMPLETE })
})
