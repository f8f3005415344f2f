// A list that has grown, of which one replica refreshes all pages together: the others take them from Redis.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import type { Upstream } from '../../../src/rest/call.ts'
import { buildReply } from '../../support/builders.ts'
import { openListingReplicas } from '../../support/listing-replicas.ts'

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
])('whose answers come %s', async (_order, tookMs) => {
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
