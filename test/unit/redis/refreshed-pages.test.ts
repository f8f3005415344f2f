// A list that changes, of which several replicas have pages: what one of them has read again costs the others no calls.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import type { Upstream } from '../../../src/rest/call.ts'
import { buildReply, nth } from '../../support/builders.ts'
import { openListingReplicas } from '../../support/listing-replicas.ts'
import { createRandom } from '../../support/seeded-random.ts'

const SIZE = 3
const PAGES = [1, 2, 3, 4]
const pageOf = (page: number) => ({ endpoint: READS.listProjects, path: {}, query: { page: String(page) } })

/** Aurora answers at once, or each page as many milliseconds after it was asked as `tookMs` says. */
function open() {
  const replicas = openListingReplicas()
  const { clock } = replicas
  const aurora = { newest: 20, calls: [] as number[], tookMs: (_page: number) => 0 }
  const ask: Upstream = async ({ query }) => {
    const page = Number(query['page'])
    aurora.calls.push(page)
    const first = aurora.newest - (page - 1) * SIZE
    const sentAtMs = clock.monotonicMs()
    if (aurora.tookMs(page) > 0) await clock.sleep(aurora.tookMs(page))
    const items = Array.from({ length: SIZE }, (_, index) => ({ id: `p-${first - index}` }))
    return buildReply(items, { sentAtMs, answeredAtMs: clock.monotonicMs() })
  }
  return { ...replicas, aurora, start: () => replicas.start(ask) }
}

it.each([
  ['in their order', (page: number) => 2000 + page],
  ['the last one first', (page: number) => 2000 - 100 * page],
])('pages that are refreshed together, whose answers come %s', async (_order, tookMs) => {
  const { clock, aurora, start } = open()
  const [one, other] = [await start(), await start()]
  const walk = async (replica: typeof one): Promise<unknown[]> => {
    const shown: unknown[] = []
    for (const page of PAGES) {
      const [answer] = await Promise.all([replica(pageOf(page)), clock.advance(1)])
      shown.push(answer)
    }
    return shown
  }
  await walk(one)
  await walk(other)
  expect(aurora.calls).toEqual(PAGES)
  await clock.advance(10_000)

  aurora.newest += 1
  aurora.tookMs = tookMs
  const refreshed = Promise.all(PAGES.map((page) => one(pageOf(page), { maxAgeMs: 0 })))
  for (let step = 0; step < 100; step += 1) await clock.advance(50)
  const grown = await refreshed
  aurora.calls.length = 0
  aurora.tookMs = () => 0

  // The first page is as old as it was.
  expect((await walk(other)).slice(1)).toEqual(grown.slice(1))
  expect(grown[1]).toEqual({ shown: ['p-18', 'p-17', 'p-16'], stale: [] })
  expect(aurora.calls).toEqual([])
})

/** Calls in twenty minutes, in which a page is asked for every two seconds, of one replica or another. */
async function countCalls(replicaCount: number): Promise<number> {
  const { clock, start } = openListingReplicas()
  const random = createRandom(7)
  let list = Array.from({ length: 40 }, (_, index) => `p-${index}`)
  let calls = 0
  const ask: Upstream = async ({ query }) => {
    calls += 1
    const from = (Number(query['page']) - 1) * 10
    list = shuffled(list, random)
    const nowMs = clock.monotonicMs()
    const items = list.slice(from, from + 10).map((id) => ({ id }))
    return buildReply(items, { sentAtMs: nowMs, answeredAtMs: nowMs })
  }
  const replicas = []
  for (let index = 0; index < replicaCount; index += 1) replicas.push(await start(ask))
  for (let step = 0; step < 600; step += 1) {
    const replica = nth(replicas, Math.floor(random() * replicaCount))
    await Promise.all([replica(pageOf(1 + Math.floor(random() * 4))), clock.advance(1)])
    await clock.advance(1999)
  }
  return calls
}

const shuffled = (list: readonly string[], random: () => number): string[] =>
  list
    .map((id) => ({ id, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ id }) => id)

it('a list that comes in another order each time costs several replicas hardly more calls than one', async () => {
  const one = await countCalls(1)

  expect(one).toBeGreaterThan(10)
  expect(await countCalls(8)).toBeLessThan(1.5 * one)
})
