// Many by id: whatever Aurora's lists hold, and whatever was learned, a wrong guess costs a request one call.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_LOSS } from '../../src/loaders/decide-page.ts'
import { createMany } from '../../src/loaders/many.ts'
import { createPageShares } from '../../src/loaders/page-shares.ts'
import type { Members } from '../../src/aurora/body.ts'
import { buildScope } from '../support/builders.ts'
import { settle } from '../support/manual-clock.ts'

const PAGE_SIZE = 4
const ids = fc.integer({ min: 0, max: 30 }).map(String)

/** A page as it may come: of any objects, whole or lacking members, too short, refused, or not at all. */
const pages = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.array(ids, { minLength: PAGE_SIZE, maxLength: PAGE_SIZE }) },
    { weight: 1, arbitrary: fc.array(ids, { maxLength: PAGE_SIZE + 1 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  { maxLength: 8 },
)

const world = fc.record({
  pages,
  /** Lists show these without the member that is wanted. */
  thin: fc.uniqueArray(ids, { maxLength: 5 }),
  /** Own reads of these, and these pages, are kept. */
  kept: fc.uniqueArray(ids, { maxLength: 5 }),
  keptPages: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 4 }),
  isPaged: fc.boolean(),
  /** What one request after the other asks for, tick by tick. */
  requests: fc.array(fc.array(fc.array(ids, { maxLength: 15 }), { maxLength: 6 }), { maxLength: 5 }),
})

it('no request ever makes more calls than it wants objects, and one', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ requests, ...there }) => {
      const shares = createPageShares()
      for (const ticks of requests) {
        const { pageCalls, ownReads, wanted } = await ask({ ...there, ticks, shares })
        expect(pageCalls + ownReads).toBeLessThanOrEqual(wanted + MAX_LOSS)
        if (wanted < 3) expect(pageCalls).toBe(0)
      }
    }),
    { numRuns: 300 },
  )
})

interface Asked extends Omit<typeof world extends fc.Arbitrary<infer World> ? World : never, 'requests'> {
  readonly ticks: readonly (readonly string[])[]
  readonly shares: ReturnType<typeof createPageShares>
}

/** The calls of one request: pages that were not kept, and own reads of what no page showed enough of. */
async function ask({ ticks, shares, ...there }: Asked) {
  const shown = new Set<string>()
  const wanted = new Set<string>()
  const own = new Set<string>()
  let pageCalls = 0
  const itemsOf = (page: number): readonly Members[] | null =>
    (there.pages[page] === undefined ? [] : there.pages[page])?.map((id) => ({ id })) ?? null
  const name = (page: number) => ({ scope: buildScope().key, kind: 'project' as const, page })
  const many = createMany({
    shows: (id) => (shown.has(id) ? (there.thin.includes(id) ? 'some' : 'all') : 'nothing'),
    copyOf: (id) => (there.kept.includes(id) ? 'served' : null),
    list: {
      hasMore: (_page, { length }) => there.isPaged && length === PAGE_SIZE,
      peek: (page) => (there.keptPages.includes(page) ? itemsOf(page) : null),
      async read(page) {
        if (!there.keptPages.includes(page)) pageCalls += 1
        await Promise.resolve()
        for (const { id } of itemsOf(page) ?? []) shown.add(String(id))
        return itemsOf(page)
      },
      expect: (page) => shares.expect(name(page)),
      learn: (page, counts) => shares.learn(name(page), counts),
      passOver: (page, count) => shares.passOver(name(page), count),
    },
  })
  const isShown = (id: string): boolean => shown.has(id) && !there.thin.includes(id)
  const find = async (id: string): Promise<void> => {
    if (!shown.has(id)) await many.look(id, ['name'])
    if (!isShown(id) && !there.kept.includes(id)) own.add(id)
  }
  const finds: Promise<void>[] = []
  for (const tick of ticks) {
    const fresh = tick.filter((id) => !wanted.has(id))
    for (const id of fresh) if (!there.kept.includes(id) && !isShown(id)) wanted.add(id)
    finds.push(...fresh.map(find))
    await settle()
  }
  await Promise.all(finds)
  return { pageCalls, ownReads: own.size, wanted: wanted.size }
}
