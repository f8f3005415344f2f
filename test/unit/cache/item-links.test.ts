// A list that comes again with the same objects keeps its links to them, and they are right whatever has shown the objects meanwhile.
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { ITEMS_AT_ONCE } from '../../../src/cache/in-pieces.ts'
import type { Call } from '../../../src/rest/call.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const { key } = buildScope()
const aPage = (page: number): Call =>
  buildCall({ endpoint: READS.listProjects, path: {}, query: { page: String(page), per_page: '250' } })
const aProject = (id: string): Call => buildCall({ path: { project_id: id } })

function open(maxBytes = 1024 * 1024) {
  const clock = createManualClock(1000)
  const cache = createCache({ maxBytes, clock })
  const store = (call: Call, ...[value, more]: Parameters<typeof buildReply>) =>
    cache.store(call, buildReply(value, { answeredAtMs: clock.monotonicMs(), ...more }))
  return { clock, cache, store, find: (id: string) => cache.readListed(key, 'project', id)?.['name'] ?? null }
}

it('objects that come again in the same place are the new ones, and stay as long as their list', async () => {
  const { clock, cache, store, find } = open(20_000)
  store(aPage(1), [{ id: 'p-1', name: 'old' }])
  store(aProject('a'), { id: 'a' }, { bytes: 2000 })
  await clock.advance(1000)
  store(aPage(1), [{ id: 'p-1', name: 'new' }])
  await nextTurn()
  store(aProject('b'), { id: 'b' }, { bytes: 2000 })
  store(aProject('c'), { id: 'c' }, { bytes: 2000 })

  expect(cache.read(aProject('a'))).toBeNull()
  expect(find('p-1')).toBe('new')
})

it('an object whose link has left the cache is found again when its list comes again', () => {
  const { cache, store, find } = open(20_000)
  store(aPage(1), [{ id: 'p-1', name: 'old' }])
  for (const id of ['a', 'b', 'c', 'd']) {
    cache.read(aPage(1))
    store(aProject(id), { id }, { bytes: 2000 })
  }
  expect(cache.read(aPage(1))).not.toBeNull()
  expect(find('p-1')).toBeNull()

  store(aPage(1), [{ id: 'p-1', name: 'new' }])
  expect(find('p-1')).toBe('new')
})

it('an object of a list that takes several turns is found also if the list comes again before', async () => {
  const { cache, store } = open(64 * 1024 * 1024)
  const items = Array.from({ length: 2 * ITEMS_AT_ONCE }, (_, index) => ({ id: `p-${index}` }))
  store(aPage(1), items)
  store(aPage(1), items)
  await nextTurn()
  await nextTurn()

  expect(items.filter(({ id }) => cache.readListed(key, 'project', id) === null)).toEqual([])
})

interface Page {
  readonly page: number
  readonly ids: readonly string[]
  /** Answers that are seconds late are older than what was stored before. */
  readonly lateMs: number
}

const pages: fc.Arbitrary<readonly Page[]> = fc.array(
  fc.record({
    page: fc.integer({ min: 1, max: 3 }),
    ids: fc.constantFrom(['p-1', 'p-2'], ['p-1', 'p-2'], ['p-2', 'p-1'], ['p-1'], ['p-1', 'p-1'], []),
    lateMs: fc.constantFrom(0, 0, 0, 3000),
  }),
  { maxLength: 10 },
)

/** Looks at each link of each page. */
function createModel() {
  const held = new Map<
    number,
    { readonly ids: readonly string[]; readonly atMs: number; readonly name: string; isOutdated?: true }
  >()
  const links = new Map<string, { readonly page: number; readonly index: number }>()
  /** When the page before each of these has changed. */
  const moved = new Map<number, number>()
  const movedAtMs = (page: number): number => moved.get(page) ?? -Infinity

  interface Change {
    readonly atMs: number
    readonly before: { readonly ids: readonly string[]; readonly atMs: number } | undefined
  }
  function change(page: number, ids: readonly string[], { atMs, before }: Change): void {
    if ((held.get(page + 1)?.atMs ?? Infinity) < atMs) held.delete(page + 1)
    if (!before && !moved.has(page)) return
    moved.set(page + 1, Math.max(atMs, movedAtMs(page + 1)))
    const hasMovedUp = !ids.includes(before?.ids[0] ?? '') && before?.ids.some((id) => ids.includes(id))
    const previous = held.get(page - 1)
    if (hasMovedUp && previous) previous.isOutdated = true
  }
  return {
    store(page: number, ids: readonly string[], { atMs, name }: { atMs: number; name: string }): void {
      if (atMs < movedAtMs(page)) return
      const before = held.get(page)
      if ((before?.ids ?? []).join() !== ids.join()) change(page, ids, { atMs, before })
      held.set(page, { ids, atMs, name })
      for (const [index, id] of ids.entries()) {
        const known = links.get(id)
        const isSame = known?.page === page && known.index === index
        const isOlder = known && (held.get(known.page)?.atMs ?? -Infinity) > atMs
        if (!isSame && !isOlder) links.set(id, { page, index })
      }
    },
    find(id: string): string | null {
      const { page, index } = links.get(id) ?? { page: 0, index: 0 }
      const list = held.get(page)
      return list?.ids[index] === id && !list.isOutdated ? list.name : null
    },
  }
}

it('objects are found as if each link were looked at each time', () => {
  fc.assert(
    fc.property(pages, (all) => {
      const { clock, cache, find } = open()
      const model = createModel()
      for (const [nth, { page, ids, lateMs }] of all.entries()) {
        const atMs = clock.monotonicMs() + nth * 700 - lateMs
        const name = `reading ${nth}`
        const items = ids.map((id) => ({ id, name }))
        cache.store(aPage(page), buildReply(items, { answeredAtMs: atMs }))
        model.store(page, ids, { atMs, name })
        for (const id of ['p-1', 'p-2']) expect(find(id)).toBe(model.find(id))
      }
    }),
    { numRuns: 1000 },
  )
})
