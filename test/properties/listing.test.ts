// Lists that change while somebody reads them, page by page and slice by slice.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Position } from '../../src/loaders/cursor.ts'
import { readSlice, readWhole } from '../../src/loaders/listing.ts'
import type { Members } from '../../src/aurora/body.ts'
import { examplesOf } from '../support/examples.ts'
import { createListPages } from '../support/list-pages.ts'
import type { ReadPage } from '../support/list-pages.ts'

/** What happens to the list after one read: some are made at its head, some are deleted anywhere. */
interface Change {
  readonly made: number
  readonly deleted: readonly number[]
}

/** Never exactly a page: that is how a list that ignores paging looks. */
const many = fc.constantFrom(0, 1, 2, 7, 11)
const growth = (made: fc.Arbitrary<number>): fc.Arbitrary<Change> =>
  fc.record({ made, deleted: fc.constant([]) })
const change: fc.Arbitrary<Change> = fc.record({
  made: many,
  deleted: fc.array(fc.nat(40), { maxLength: 3 }),
})
const stillness = fc.constant<Change>({ made: 0, deleted: [] })

interface Plan {
  readonly length: number
  readonly pageSize: number
  /** How many are made within one second, since Aurora's times count no less. */
  readonly perSecond: number
  readonly firsts: readonly number[]
  readonly changes: readonly Change[]
}

const plan = (changes: fc.Arbitrary<Change>): fc.Arbitrary<Plan> =>
  fc.record({
    length: fc.nat(25),
    pageSize: fc.integer({ min: 3, max: 6 }),
    perSecond: fc.integer({ min: 1, max: 5 }),
    firsts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
    changes: fc.array(fc.oneof(stillness, changes), { maxLength: 30, size: 'max' }),
  })

function createSource({ length, pageSize, perSecond, changes }: Plan) {
  let made = 0
  const make = (): Members => {
    made += 1
    const second = String(Math.floor(made / perSecond)).padStart(3, '0')
    return { id: `i${made}`, created_at: `2026-03-04T17:25:09.${second}Z` }
  }
  const list: Members[] = []
  for (let index = 0; index < length; index += 1) list.unshift(make())
  let reads = 0
  const readPage: ReadPage = async (page) => {
    if (reads > 3000) throw new Error('runs away')
    const entries = list.slice(page * pageSize, (page + 1) * pageSize)
    const { made: more = 0, deleted = [] } = changes[reads] ?? {}
    reads += 1
    for (let index = 0; index < more; index += 1) list.unshift(make())
    for (const index of deleted) list.splice(index, 1)
    return entries
  }
  return { list, readPage }
}

async function pageThrough(given: Plan) {
  const { list, readPage } = createSource(given)
  const openPages = createListPages(readPage, { size: given.pageSize })
  const atStart = list.map(({ id }) => String(id))
  const slices: string[][] = []
  let after: Position | null = null
  for (let index = 0; index < 500; index += 1) {
    const first = given.firsts[index % given.firsts.length] ?? 1
    const { items, hasNext }: Awaited<ReturnType<typeof readSlice>> = await readSlice(
      { first, after },
      openPages(),
    )
    expect(items.length).toBeLessThanOrEqual(first)
    slices.push(items.map(({ members }) => String(members['id'])))
    if (!hasNext) return { slices, seen: slices.flat(), atStart }
    after = items.at(-1)?.position ?? after
  }
  throw new Error('it never ends')
}

/** The list grows by less than a page, all in all. */
const slowly = (changes: readonly Change[]): readonly Change[] =>
  changes.map(({ made, deleted }, index) => ({
    made: changes.slice(0, index).filter((before) => before.made > 0).length < 2 ? Math.min(1, made) : 0,
    deleted,
  }))

it('paging through a list that grows by less than a page shows each item that was there exactly once, in its order', async () => {
  await fc.assert(
    fc.asyncProperty(plan(growth(many)), async (given) => {
      // Items of one second may come in either order, so of those some are shown again.
      const { seen, atStart } = await pageThrough({ ...given, perSecond: 1, changes: slowly(given.changes) })

      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.filter((id) => atStart.includes(id))).toEqual(atStart)
    }),
    { numRuns: examplesOf(700) },
  )
})

it('paging through a list that grows by more than pages between two reads loses nothing', async () => {
  await fc.assert(
    fc.asyncProperty(plan(growth(many)), async (given) => {
      const { seen, atStart } = await pageThrough(given)

      expect([...new Set(seen)].filter((id) => atStart.includes(id))).toEqual(atStart)
    }),
    { numRuns: examplesOf(700) },
  )
})

it('paging through a list that grows and shrinks comes to an end, and no slice shows an item twice', async () => {
  await fc.assert(
    fc.asyncProperty(plan(change), async (given) => {
      const { slices } = await pageThrough(given)

      for (const slice of slices) expect(new Set(slice).size).toBe(slice.length)
    }),
    { numRuns: examplesOf(700) },
  )
})

it('reading the whole of a list that only grows brings each item that was there exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(plan(growth(many)), async (given) => {
      const { list, readPage } = createSource(given)
      const atStart = list.map(({ id }) => String(id))

      const ids = (await readWhole(createListPages(readPage, { size: given.pageSize })())).map(({ id }) =>
        String(id),
      )

      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.filter((id) => atStart.includes(id))).toEqual(atStart)
    }),
    { numRuns: examplesOf(700) },
  )
})
