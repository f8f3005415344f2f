// The times that clients are told: what a key gives to one caller does not depend on how much another has asked for.
import { describe, expect, it } from 'vitest'
import { spendAnHour } from '../support/budget-hour.ts'
import type { HourReport, Told } from '../support/budget-hour.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer, TestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

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

it('a client that leaves before its answer counts no more, not even for its own caller', async () => {
  await using gateway = await createTestGateway({
    simulator: { limit: 30, projectCount: 260, latencyMs: 200 },
    config: { rateLimit: 30, rateWindowMs: WINDOW_MS, maxWaitMs: 0 },
  })
  const leaving = new AbortController()
  const asked = gateway.ask('{ projects(first: 250) { nodes { designs { name } } } }', {}, leaving.signal)
  await waitUntil(() => gateway.simulator.calls.length === 29)
  leaving.abort()
  await asked.catch(() => null)

  const explained = await gateway.ask<{ explain: { readyAt: string } }>(
    '{ explain(query: "{ roles { name } teams { name } partners { name } }") { readyAt } }',
  )
  expect(Date.parse(explained.data?.explain.readyAt ?? '') - Date.now()).toBeLessThan(62_000)
})

/** Callers of each kind that want more than there is, and of a low limit fewer callers than that. */
const MIXES = [
  {
    limit: 90,
    clients: { greedy: 2, modest: 8, leaving: 3, early: 2, hammering: 1 },
    least: 0.92,
    seeds: [1, 2],
  },
  {
    limit: 90,
    clients: { greedy: 3, modest: 25, leaving: 8, early: 5, hammering: 2 },
    least: 0.98,
    seeds: [1],
  },
  {
    limit: 30,
    clients: { greedy: 1, modest: 3, leaving: 2, early: 1, hammering: 1 },
    least: 0.9,
    seeds: [1, 2],
  },
  {
    limit: 5,
    clients: { greedy: 1, modest: 1, leaving: 1, early: 0, hammering: 0 },
    least: 0.85,
    seeds: [1, 2, 3],
  },
] as const

/** The client came back at its time or later, and got its first slot more than a window after its time. */
const isTooEarly = ({ firstAtMs, toldMs }: Told): boolean =>
  firstAtMs !== null && firstAtMs - toldMs > WINDOW_MS
/** More than a window before its time, all calls that fit into a window could have gone, or did go. */
const isTooLate = ({ freeAtMs, keptAtMs, toldMs }: Told): boolean =>
  [freeAtMs, keptAtMs].some((atMs) => atMs !== null && toldMs - atMs > WINDOW_MS)
const shareWrong = (told: readonly Told[]): number =>
  told.filter((each) => isTooEarly(each) || isTooLate(each)).length / told.length

describe('in an hour of greedy, modest, leaving, early and hammering callers', () => {
  it.each(MIXES)(
    'of a key with $limit calls a minute and $clients, 95 of 100 times are true within a window',
    async ({ limit, clients, least, seeds }) => {
      const reports: HourReport[] = []
      for (const seed of seeds) reports.push(await spendAnHour({ limit, clients, seed, minutes: 60 }))

      const told = reports.flatMap((report) => report.told)
      expect(told.length).toBeGreaterThan(300)
      expect(shareWrong(told)).toBeLessThan(0.05)
      // Those who ask all the time are told so many times that they would hide the others.
      expect(shareWrong(told.filter(({ temper }) => temper !== 'hammering'))).toBeLessThan(0.05)
      for (const { used, longestWithoutMs } of reports) {
        expect(used, 'slots that are held').toBeGreaterThan(least)
        expect(longestWithoutMs, 'the longest that a modest query takes to be whole').toBeLessThan(
          5 * WINDOW_MS,
        )
      }
    },
    90_000,
  )
})
