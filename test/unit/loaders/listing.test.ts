import { describe, expect, it } from 'vitest'
import { readSlice, readWhole } from '../../../src/loaders/listing.ts'
import type { Slice } from '../../../src/loaders/listing.ts'
import type { Position } from '../../../src/loaders/cursor.ts'
import type { Members } from '../../../src/aurora/body.ts'
import { createListPages } from '../../support/list-pages.ts'
import type { ReadPage } from '../../support/list-pages.ts'

/** So small that rows may always be hidden: a list ends with an empty page. */
const SIZE = 3
const open = (readPage: ReadPage, size = SIZE) => createListPages(readPage, { size })()
/** Newest first, one a second: `i9`, `i8` … */
const items = (...numbers: number[]): Members[] => numbers.map((number) => item(number))
const item = (number: number, second = number): Members => ({
  id: `i${number}`,
  created_at: `2026-03-04 17:25:${String(second).padStart(2, '0')} UTC`,
})
const idsOf = (found: readonly Members[]) => found.map(({ id }) => String(id))

/** Serves the list as it is at each read; what a read changes happens after it. */
function serve(list: Members[], size = SIZE, afterRead: (read: number) => void = () => {}) {
  const pages: number[] = []
  const readPage: ReadPage = async (page) => {
    pages.push(page)
    const entries = list.slice(page * size, (page + 1) * size)
    afterRead(pages.length)
    return entries
  }
  return { pages, readPage }
}

describe('a whole list', () => {
  it.each<[what: string, length: number, pages: number[]]>([
    ['that is empty is one call', 0, [0]],
    ['of one small page costs one call more, since rows may be hidden', 2, [0, 1]],
    ['of several pages is a call for each, and one more', 8, [0, 1, 2, 3]],
    ['of an exact multiple costs no other number of calls', 6, [0, 1, 2]],
  ])('%s', async (_what, length, pages) => {
    const list = Array.from({ length }, (_, index) => item(index))
    const source = serve(list)

    expect(await readWhole(open(source.readPage))).toEqual(list)
    expect(source.pages).toEqual(pages)
  })

  it('that ignores paging ends when three pages have repeated the first', async () => {
    const list = items(3, 2, 1)
    let reads = 0

    const whole = await readWhole(
      open(async () => {
        reads += 1
        return list
      }),
    )

    expect(whole).toEqual(list)
    expect(reads).toBe(4)
  })

  it('that ignores the size of a page and its number is one call more each time, because the next page may be another', async () => {
    const list = Array.from({ length: 12 }, (_, index) => item(index))
    let reads = 0
    const openPages = createListPages(
      async () => {
        reads += 1
        return list
      },
      { size: 10 },
    )

    expect(await readWhole(openPages())).toEqual(list)
    expect(reads).toBe(2)
    expect(await readWhole(openPages())).toEqual(list)
    expect(reads).toBe(4)
  })

  it('that ignores the size of a page but has more of them is read to its end', async () => {
    const source = serve(
      Array.from({ length: 30 }, (_, index) => item(index)),
      12,
    )

    expect(await readWhole(open(source.readPage, 10))).toHaveLength(30)
    expect(source.pages).toEqual([0, 1, 2, 3])
  })

  it('without an end fails after 400 pages', async () => {
    let reads = 0
    const endless = open(async () => items((reads += 1)))

    await expect(readWhole(endless)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' })
    expect(reads).toBe(400)
  })

  it('that grows while it is read has each item once, and none is lost', async () => {
    const list = items(9, 8, 7, 6, 5, 4, 3, 2, 1)
    const source = serve(list, SIZE, (read) => void (read === 1 && list.unshift(item(10))))

    const whole = await readWhole(open(source.readPage))

    expect(idsOf(whole)).toEqual(['i9', 'i8', 'i7', 'i6', 'i5', 'i4', 'i3', 'i2', 'i1'])
  })

  it('fails if one of its pages fails', async () => {
    const error = new Error('page 2')

    await expect(
      readWhole(open(async (page) => (page === 0 ? items(3, 2, 1) : Promise.reject(error)))),
    ).rejects.toBe(error)
  })
})

describe('a slice', () => {
  const list = () => items(9, 8, 7, 6, 5, 4, 3, 2)
  const positionOf = (slice: Slice): Position | null => slice.items.at(-1)?.position ?? null
  const read = async (first: number, after: Position | null, source: Members[]) => {
    const { pages, readPage } = serve(source)
    const slice = await readSlice({ first, after }, open(readPage))
    return { ids: idsOf(slice.items.map(({ members }) => members)), hasNext: slice.hasNext, pages, slice }
  }
  /** Where a reader stands who has seen the list down to this item, when it was as `list` is. */
  const at = (number: number): Position => {
    const index = 9 - number
    const isLast = index % SIZE === SIZE - 1 || number === 2
    const page = Math.floor(index / SIZE)
    return {
      id: `i${number}`,
      createdAt: String(item(number)['created_at']),
      next: isLast ? { page: page + 1, index: 0 } : { page, index: (index % SIZE) + 1 },
    }
  }

  it.each<
    [
      what: string,
      asked: Parameters<typeof readSlice>[0],
      found: Omit<Awaited<ReturnType<typeof read>>, 'slice'>,
    ]
  >([
    ['from the head', { first: 2, after: null }, { ids: ['i9', 'i8'], hasNext: true, pages: [0] }],
    ['of a whole page', { first: 3, after: null }, { ids: ['i9', 'i8', 'i7'], hasNext: true, pages: [0] }],
    [
      'over two pages',
      { first: 4, after: null },
      { ids: ['i9', 'i8', 'i7', 'i6'], hasNext: true, pages: [0, 1] },
    ],
    [
      'of all and more',
      { first: 20, after: null },
      { ids: idsOf(list()), hasNext: false, pages: [0, 1, 2, 3] },
    ],
    ['of exactly all', { first: 8, after: null }, { ids: idsOf(list()), hasNext: true, pages: [0, 1, 2] }],
    ['after an item within a page', { first: 1, after: at(9) }, { ids: ['i8'], hasNext: true, pages: [0] }],
    [
      'after the last item of a page',
      { first: 2, after: at(7) },
      { ids: ['i6', 'i5'], hasNext: true, pages: [1] },
    ],
    [
      'over the end of a page',
      { first: 3, after: at(8) },
      { ids: ['i7', 'i6', 'i5'], hasNext: true, pages: [0, 1] },
    ],
    ['up to the end', { first: 2, after: at(4) }, { ids: ['i3', 'i2'], hasNext: true, pages: [2] }],
    [
      'after the last item, behind which another page may be,',
      { first: 5, after: at(2) },
      { ids: [], hasNext: false, pages: [3] },
    ],
  ])('%s', async (_what, { first, after }, wanted) => {
    const { ids, hasNext, pages } = await read(first, after, list())

    expect({ ids, hasNext, pages }).toEqual(wanted)
  })

  it('of an empty list is empty, and ends it', async () => {
    expect(await read(5, null, [])).toMatchObject({ ids: [], hasNext: false, pages: [0] })
  })

  it('at the end of an exact multiple reports a next page, which is empty', async () => {
    const full = items(9, 8, 7)
    const { slice, hasNext } = await read(3, null, full)
    expect(hasNext).toBe(true)

    expect(await read(3, positionOf(slice), full)).toMatchObject({ ids: [], hasNext: false })
  })

  it('of 5, of 20 and the one after come out of the same page', async () => {
    const { pages, readPage } = serve(
      Array.from({ length: 60 }, (_, index) => item(index, 59 - index)),
      50,
    )

    const five = await readSlice({ first: 5, after: null }, open(readPage, 50))
    await readSlice({ first: 20, after: null }, open(readPage, 50))
    await readSlice({ first: 20, after: positionOf(five) }, open(readPage, 50))

    expect(pages).toEqual([0, 0, 0])
  })

  describe('after an item that has moved since', () => {
    it.each<[what: string, now: number[], after: Position, ids: string[]]>([
      ['within its page, by one that came', [10, 9, 8, 7, 6, 5], at(9), ['i8', 'i7']],
      ['to the next page, by one that came', [10, 9, 8, 7, 6, 5], at(7), ['i6', 'i5']],
      [
        'to the page after the next, by many that came',
        [16, 15, 14, 13, 12, 11, 10, 9, 8, 7],
        at(9),
        ['i8', 'i7'],
      ],
      ['within its page, by one that went', [8, 7, 6, 5, 4], at(8), ['i7', 'i6']],
      ['to the page before, by one that went', [9, 7, 6, 5, 4], at(6), ['i5', 'i4']],
      ['to the page before, where the list now ends', [7, 6, 5], at(6), ['i5']],
      ['away: it was deleted, within its page', [9, 7, 6, 5, 4], at(8), ['i7', 'i6']],
      ['away, and others came in its place', [12, 11, 10, 9, 8, 6, 5, 4], at(7), ['i6', 'i5']],
      ['away, with all that was before it, within its page', [7, 5, 4], at(8), ['i7', 'i5']],
      ['away, with all that was after it', [9, 8], at(7), []],
      ['away, with the page on which it was', [9], at(3), []],
      ['nowhere: nothing is left', [], at(7), []],
    ])('%s', async (_what, now, after, ids) => {
      expect(await read(2, after, items(...now))).toMatchObject({ ids })
    })

    it('shows none of those made in the same second twice, though the item itself has moved to the next page', async () => {
      const second = (number: number) => item(number, 5)
      const before = [second(9), second(8), second(7), second(6), second(5)]
      const first = await read(2, null, before)
      const grown = [second(12), second(11), second(10), ...before]

      const next = await read(2, positionOf(first.slice), grown)

      expect([...first.ids, ...next.ids]).toEqual(['i9', 'i8', 'i7', 'i6'])
    })

    it('loses none of those made in the same second at the border of a page, where nothing has moved', async () => {
      const list = [7, 6, 5, 4].map((number) => item(number, 5))
      const first = await read(3, null, list)

      expect(await read(3, positionOf(first.slice), list)).toMatchObject({ ids: ['i4'] })
    })
  })

  it('that crosses into a page while the list grows shows nothing twice and loses nothing', async () => {
    const growing = items(9, 8, 7, 6, 5, 4)
    const { readPage } = serve(
      growing,
      SIZE,
      (read) => void (read === 1 && growing.unshift(item(11), item(10))),
    )

    const slice = await readSlice({ first: 4, after: at(9) }, open(readPage))

    expect(idsOf(slice.items.map(({ members }) => members))).toEqual(['i8', 'i7', 'i6', 'i5'])
  })

  it('whose item is gone shows those of the same second again, because nothing tells which of them were seen', async () => {
    const list = [7, 6, 4, 3].map((number) => item(number, number === 3 ? 3 : 5))
    const after = { ...at(8), createdAt: String(item(5)['created_at']) }

    expect((await read(5, after, list)).ids).toEqual(['i7', 'i6', 'i4', 'i3'])
  })

  it('compares times by what they mean, in every form', async () => {
    const written = (number: number, at: string): Members => ({ id: `i${number}`, created_at: at })
    const after = { id: 'gone', next: { page: 0, index: 2 }, createdAt: '2026-03-04T17:25:09Z' }
    const list = [
      written(4, '2026-03-04 17:25:10 UTC'),
      written(3, '2026-03-04T18:25:09.700+01:00'),
      written(2, '2026-03-04T17:25:09.500'),
      written(1, '2026-03-04 17:25:08 UTC'),
    ]

    expect((await read(5, after, list)).ids).toEqual(['i1'])
  })

  it('of a list without times whose item is gone begins with the page of the item', async () => {
    const list = [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }, { id: 'e' }]
    const after = { id: 'gone', next: { page: 1, index: 1 }, createdAt: null }

    expect((await read(5, after, list)).ids).toEqual(['d', 'e'])
  })

  it('of a source that repeats itself has each item once', async () => {
    const { readPage } = serve([...items(9, 8, 9), ...items(8, 7, 7)])

    const slice = await readSlice({ first: 10, after: null }, open(readPage))

    expect(idsOf(slice.items.map(({ members }) => members))).toEqual(['i9', 'i8', 'i7'])
  })

  it('whose source ignores paging ends', async () => {
    const list = items(9, 8, 7)
    let reads = 0
    const readPage: ReadPage = async () => {
      reads += 1
      if (reads > 20) throw new Error('asks for ever')
      return list
    }

    const slice = await readSlice({ first: 10, after: null }, open(readPage))

    expect(slice.items).toHaveLength(3)
  })

  it('fails with the page that it needs', async () => {
    const error = new Error('page')

    await expect(
      readSlice(
        { first: 1, after: null },
        open(() => Promise.reject(error)),
      ),
    ).rejects.toBe(error)
  })
})
