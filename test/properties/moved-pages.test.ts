// Pages of a list that grows, as the cache holds them: no item is lost between two pages that lie side by side.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { READS } from '../../src/aurora/reads.ts'
import { createCache } from '../../src/cache/cache.ts'
import { itemsOf } from '../../src/rest/answer.ts'
import type { Call, Reply } from '../../src/rest/call.ts'
import { buildCall, buildReply } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { createManualClock } from '../support/manual-clock.ts'

const SIZE = 3
const PAGES = [1, 2, 3, 4, 5, 6]

const aPage = (page: number): Call =>
  buildCall({ endpoint: READS.listProjects, path: {}, query: { page: String(page), per_page: String(SIZE) } })

const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('make' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  // Answers may come in another order than they were asked for.
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), page: fc.constantFrom(...PAGES) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), nth: fc.nat(3) }) },
)

interface UnderWay {
  readonly call: Call
  readonly askedAtMs: number
  readonly items: Reply['value']
}

it('whenever they are read, and in whatever order their answers come', async () => {
  let pairs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const clock = createManualClock()
      const cache = createCache({ maxBytes: 1024 * 1024, clock })
      const underWay: UnderWay[] = []
      let newest = 30
      for (const each of steps) {
        await clock.advance(1)
        if (each.do === 'make') newest += each.count
        if (each.do === 'ask') {
          const first = newest - (each.page - 1) * SIZE
          const items = Array.from({ length: SIZE }, (_, index) => ({ id: String(first - index) }))
          underWay.push({ call: aPage(each.page), askedAtMs: clock.monotonicMs(), items })
        }
        if (each.do === 'answer') {
          const [answered] = underWay.splice(each.nth, 1)
          if (!answered) continue
          const times = { sentAtMs: answered.askedAtMs, answeredAtMs: clock.monotonicMs() }
          cache.store(answered.call, buildReply(answered.items, times))
        }
        pairs += countPairs(cache)
      }
    }),
    { numRuns: examplesOf(500) },
  )
  expect(pairs).toBeGreaterThan(1000)
})

/** Of pages side by side that are fresh; expects that the second one begins where the first one ends, or before. */
function countPairs(cache: ReturnType<typeof createCache>): number {
  const numbersOf = (page: number): readonly number[] => {
    const cached = cache.read(aPage(page))
    return cached?.age === 'fresh' ? itemsOf(cached.answer).map(({ id }) => Number(id)) : []
  }
  let pairs = 0
  for (const page of PAGES) {
    const last = numbersOf(page).at(-1)
    const [first] = numbersOf(page + 1)
    if (last === undefined || first === undefined) continue
    pairs += 1
    expect(first).toBeGreaterThanOrEqual(last - 1)
  }
  return pairs
}
