// After a sleep of the machine nothing is shown as fresher than it is; clocks that are corrected by a little change nothing.
import { describe, expect, it } from 'vitest'
import { nth } from '../support/builders.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { lookUntilFresh, openGateway, prove } from '../support/proven-gateway.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { watchLostTime } from '../../src/program/lost-time.ts'
import type { Machine } from '../../src/program/machine.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const VIRTUAL: Machine = { uptimeMs: () => 0, mayBeVirtual: () => true }
/** The simulator answers in real time. */
const CONFIG = { attemptTimeoutMs: 1_000_000_000, requestTimeoutMs: 1_000_000_000 }

async function open() {
  const clock = createManualClock()
  const gateway = await createTestGateway({ clock, config: CONFIG })
  watchLostTime({ ...gateway, clock, machine: VIRTUAL })
  const { id } = nth(gateway.simulator.data.projects, 0)
  const query = `{ project(id: "${id}") { name } }`
  /** By GET, so that the headers tell the age. */
  const look = async (headers: Record<string, string> = {}) => {
    const url = `http://gateway.test/graphql?query=${encodeURIComponent(query)}`
    const response = await gateway.handle(
      new Request(url, { headers: { 'graphql-require-preflight': '1', ...headers } }),
    )
    const { extensions } = (await response.json()) as {
      extensions: { upstream: { calls: number; saved: { cache: number; stale: number } } }
    }
    const { calls, saved } = extensions.upstream
    return { calls, stale: saved.stale, age: Number(response.headers.get('age')) }
  }
  return { ...gateway, clock, look, query }
}

describe('after a sleep of the machine', () => {
  it('what was fresh before is read again, also where it was remembered as a whole answer', async () => {
    await using gateway = await open()
    const { clock, look } = gateway
    for (const calls of [1, 0, 0, 0]) expect(await look()).toMatchObject({ calls })
    clock.jumpWall(8 * HOUR_MS)
    await clock.advance(1000)
    expect(await look()).toMatchObject({ calls: 1, stale: 0 })
    expect(await look()).toMatchObject({ calls: 0, age: 0 })
  })

  it('ages count it: what is still fresh has the age that it has, and a request that accepts no such age gets another', async () => {
    await using gateway = await open()
    const { clock, look } = gateway
    await look()
    clock.jumpWall(2 * MINUTE_MS)
    await clock.advance(1000)
    expect(await look()).toMatchObject({ calls: 0, age: 121 })
    expect(await look({ 'cache-control': 'max-age=60' })).toMatchObject({ calls: 1, age: 0 })
  })

  it('a stale answer names the time at which it was fetched', async () => {
    await using gateway = await open()
    const { clock, ask, query } = gateway
    const fetchedAtMs = clock.wallMs()
    await ask(query)
    clock.jumpWall(7 * MINUTE_MS)
    await clock.advance(1000)
    const { text } = await ask(query, undefined, undefined)
    expect(text).toContain('"stale":1')
    const { extensions } = (await (
      await gateway.handle(
        new Request('http://gateway.test/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'cache-control': 'only-if-cached, max-stale=9999' },
          body: JSON.stringify({ query, extensions: { freshness: true } }),
        }),
      )
    ).json()) as { extensions: { freshness?: { fetchedAt: string }[] } }
    expect(JSON.stringify(extensions)).toContain(new Date(fetchedAtMs).toISOString().slice(0, 19))
  })
})

it('a clock that is set back, or corrected by some seconds, costs no call and changes no age', async () => {
  await using gateway = await open()
  const { clock, look } = gateway
  await look()
  for (const byMs of [-HOUR_MS, 5000]) {
    clock.jumpWall(byMs)
    await clock.advance(1000)
    expect(await look()).toMatchObject({ calls: 0, stale: 0 })
  }
  expect(await look()).toMatchObject({ age: 2 })
})

it('webhooks are not trusted any more after a process stood still, since some may be lost', async () => {
  await using gateway = await openGateway(createMetrics({ operations: [], isWithProcess: false }))
  watchLostTime({ ...gateway, machine: VIRTUAL })
  await prove(gateway)
  await gateway.pass(30)
  expect((await gateway.look()).validatedBy).toEqual(['webhooks'])
  gateway.clock.standStill(2 * MINUTE_MS)
  await gateway.clock.advance(1000)
  expect(await gateway.look()).toMatchObject({ calls: 0, stale: 6, validatedBy: ['age'] })
  await lookUntilFresh(gateway)
  expect(gateway.takeReads()).toBe(6)
})
