// The times that clients are told: what a key gives to one caller does not depend on how much another has asked for.
import { describe, expect, it } from 'vitest'
import { spendAnHour } from '../support/budget-hour.ts'
import type { HourReport, Told } from '../support/budget-hour.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer, TestGateway } from '../support/test-gateway.ts'

const WINDOW_MS = 60_000

describe('after a caller has asked for eight windows of calls', () => {
  const GREEDY = '{ projects(first: 250) { nodes { designs { name } } } }'
  const open = (): Promise<TestGateway> =>
    createTestGateway({
      simulator: { limit: 30, projectCount: 260 },
      config: { rateLimit: 30, rateWindowMs: WINDOW_MS, maxWaitMs: 0 },
    })
  const ask = async (gateway: TestGateway, name: string, query: string, signal?: AbortSignal) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ query })
    const request = new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers,
      body,
      ...(signal && { signal }),
    })
    const response = await gateway.handle(request, { name })
    return (await response.json()) as Answer<{ explain?: { readyAt: string } }>
  }
  /** Seconds until the time, which is told to the millisecond. */
  const secondsUntil = (at: unknown): number => (Date.parse(String(at)) - Date.now()) / 1000

  it('another one that needs one call is told the next window, and explain reports the same', async () => {
    await using gateway = await open()
    const greedy = await ask(gateway, 'greedy', GREEDY)
    expect(greedy.errors?.length).toBeGreaterThan(200)
    gateway.takeCalls()

    const explained = await ask(gateway, 'modest', '{ explain(query: "{ roles { name } }") { readyAt } }')
    const refused = await ask(gateway, 'modest', '{ roles { name } }')
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['RATE_LIMITED'])
    expect(gateway.takeCalls()).toEqual([])
    for (const at of [explained.data?.explain?.readyAt, refused.errors?.[0]?.extensions['retryAt']]) {
      expect(secondsUntil(at)).toBeGreaterThan(30)
      expect(secondsUntil(at)).toBeLessThan(62)
    }
  })

  it('a further request of its own goes behind one window of them, as the rest gets a new time then', async () => {
    await using gateway = await open()
    await ask(gateway, 'greedy', GREEDY)
    gateway.takeCalls()

    const { errors } = await ask(gateway, 'greedy', '{ roles { name } }')
    expect(gateway.takeCalls()).toEqual([])
    expect(secondsUntil(errors?.[0]?.extensions['retryAt'])).toBeLessThan(122)
  })
})

/** Each kind of caller, so that they want a little more than there is. */
const MIXES = [
  { limit: 90, clients: { greedy: 2, modest: 8, leaving: 3, early: 2, hammering: 1 } },
  { limit: 30, clients: { greedy: 1, modest: 3, leaving: 2, early: 1, hammering: 1 } },
] as const

/** A client came back at its time or later, and its first call was granted more than a window later. */
const isTooEarly = ({ firstAtMs, toldMs }: Told): boolean =>
  firstAtMs !== null && firstAtMs - toldMs > WINDOW_MS
/** All its calls could have gone more than a window before. */
const isTooLate = ({ freeAtMs, keptAtMs, toldMs }: Told): boolean =>
  [freeAtMs, keptAtMs].some((atMs) => atMs !== null && toldMs - atMs > WINDOW_MS)
const shareWrong = ({ told }: HourReport): number =>
  told.filter((each) => isTooEarly(each) || isTooLate(each)).length / told.length

describe('in an hour of greedy, modest, leaving, early and hammering callers', () => {
  it.each(MIXES.flatMap((mix) => [1, 2].map((seed) => ({ ...mix, seed }))))(
    'of a key with $limit calls a minute, 95 of 100 times are true within a window (seed $seed)',
    async (mix) => {
      const report = await spendAnHour({ ...mix, minutes: 60 })

      expect(report.told.length).toBeGreaterThan(50)
      expect(shareWrong(report)).toBeLessThan(0.05)
    },
    60_000,
  )
})
