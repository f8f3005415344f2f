import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/errors/errors.ts'
import { createMany } from '../../../src/loaders/many.ts'
import type { PagedList } from '../../../src/loaders/many.ts'
import type { Members } from '../../../src/aurora/body.ts'
import { settle } from '../../support/manual-clock.ts'

/** A list of pages of ten that the test lands one by one; every object that is looked for is expected on each. */
function open(list: Partial<PagedList> = {}) {
  const shown = new Map<string, Members>()
  const reads: { readonly page: number; land(items: readonly Members[] | null | Error): void }[] = []
  const learned: string[] = []
  const settled: string[] = []
  const refused: string[] = []
  const many = createMany({
    shows(id, members) {
      const item = shown.get(id)
      if (!item) return 'nothing'
      return members.every((member) => Object.hasOwn(item, member)) ? 'all' : 'some'
    },
    copyOf: (id) => (id.startsWith('kept') ? 'served' : id.startsWith('old') ? 'old' : null),
    list: {
      hasMore: (_page, { length }) => length === 10,
      peek: () => null,
      expect: () => 1,
      learn: (page, { looked, found }) => void learned.push(`page ${page}: ${found} of ${looked}`),
      passOver: () => {},
      read: (page) =>
        new Promise((resolve, reject) => {
          reads.push({
            page,
            land(items) {
              if (items instanceof Error) return reject(items)
              for (const item of items ?? []) shown.set(String(item['id']), item)
              resolve(items)
            },
          })
        }),
      ...list,
    },
  })
  const look = async (...ids: readonly string[]): Promise<void> => {
    for (const id of ids)
      void many.look(id, ['name']).then(
        () => settled.push(id),
        () => refused.push(id),
      )
    await settle()
  }
  return { many, look, reads, learned, settled, refused }
}

const pageOf = (...ids: readonly string[]): readonly Members[] =>
  Array.from({ length: 10 }, (_, index) => ({ id: ids[index] ?? `other-${index}`, name: 'n' }))

describe('an object that is looked for on pages', () => {
  it('resolves with the page that shows it, however long the next one takes', async () => {
    const { look, reads, settled, learned } = open()
    await look('a', 'b', 'c', 'd', 'e', 'w', 'x', 'y', 'z')

    reads[0]?.land(pageOf('a', 'b', 'c', 'd', 'e'))
    await settle()
    expect(settled).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(reads.map(({ page }) => page)).toEqual([0, 1])

    reads[1]?.land([])
    await settle()
    expect(settled).toEqual(['a', 'b', 'c', 'd', 'e', 'w', 'x', 'y', 'z'])
    expect(learned).toEqual(['page 0: 5 of 9', 'page 1: 0 of 4'])
  })

  it('is at once left to its own read where that costs nothing, and does not count', async () => {
    const { look, reads, settled } = open()
    await look('kept-1', 'kept-2', 'a', 'b')
    expect(settled.toSorted()).toEqual(['a', 'b', 'kept-1', 'kept-2'])
    expect(reads).toEqual([])
  })

  it('is decided on together in one tick, and once for each object', async () => {
    const { look, reads, settled } = open()
    await look('a', 'a', 'b', 'b', 'a')
    expect(reads).toEqual([])
    expect(settled).toHaveLength(5)
  })

  it('shares a page that is under way, in a later tick', async () => {
    const { look, reads, settled, learned } = open()
    await look('a', 'b', 'c')
    await look('d')
    await look('z')
    expect(reads).toHaveLength(1)

    reads[0]?.land(pageOf('a', 'b', 'c', 'd'))
    await settle()
    expect(settled).toEqual(['a', 'b', 'c', 'd', 'z'])
    expect(reads).toHaveLength(1)
    expect(learned).toEqual(['page 0: 3 of 3', 'page 0: 1 of 1', 'page 0: 0 of 1'])
  })

  it('with a member that the list lacks goes to its own read at once, because no later page shows more', async () => {
    const { look, reads, settled, learned } = open()
    await look('a', 'b', 'c')
    reads[0]?.land(pageOf('a', 'b', 'c').map(({ id }) => ({ id })))
    await settle()
    expect(settled).toEqual(['a', 'b', 'c'])
    expect(reads).toHaveLength(1)
    expect(learned).toEqual(['page 0: 0 of 3'])
  })

  it('is left to its own read after a page that fails; nothing is learned, and the page is not tried again', async () => {
    const { look, reads, settled, learned } = open()
    await look('a', 'b', 'c')
    reads[0]?.land(null)
    await look('d', 'e', 'f', 'g')
    expect(settled).toHaveLength(7)
    expect(reads).toHaveLength(1)
    expect(learned).toEqual([])
  })

  it('is refused with its page where no call is left, unless there is an older copy', async () => {
    const { look, reads, settled, refused, learned } = open({ expect: () => 0.75 })
    await look('old-1', 'a', 'b', 'c', 'd', 'e')
    reads[0]?.land(new GatewayError('RATE_LIMITED', 'm'))
    await settle()
    expect([settled, refused]).toEqual([['old-1'], ['a', 'b', 'c', 'd', 'e']])
    expect(learned).toEqual([])
    // Later fields of the request get the same error, without another try.
    await look('f')
    expect([reads.length, refused.at(-1)]).toEqual([1, 'f'])
  })

  it('is found on a page that costs nothing, also if it is the only one', async () => {
    const kept = pageOf('a')
    const { look, reads, settled } = open({ peek: (page) => (page === 0 ? kept : null) })
    await look('b')
    expect([reads.length, settled]).toEqual([0, ['b']])
    await look('a')
    reads[0]?.land(kept)
    await settle()
    expect([reads.length, settled]).toEqual([1, ['b', 'a']])
  })

  it.each([
    ['of a list without pages', { hasMore: () => false }, 10],
    ['that is not full', {}, 9],
  ] as const)('is looked for no further than a page %s', async (_, list, count) => {
    const { look, reads, settled } = open(list)
    await look('a', 'b', 'c', 'd', 'e', 'w', 'x', 'y', 'z')
    reads[0]?.land(pageOf('a', 'b', 'c', 'd', 'e').slice(0, count))
    await settle()
    expect(settled).toHaveLength(9)
    expect(reads).toHaveLength(1)
  })

  it('rejects, and does not stay open, after an unexpected error', async () => {
    const { many } = open({
      peek: () => {
        throw new TypeError('bug')
      },
    })
    const outcomes = await Promise.allSettled(['a', 'b'].map((id) => many.look(id, [])))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})
