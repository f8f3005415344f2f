// The repeats of many tabs and devices at a real gateway, with a clock of its own: what load they make, and that it never storms.
import { describe, expect, it } from 'vitest'
import { createAsking } from '../../client/src/asking.ts'
import { createLocks } from '../../client/src/device.ts'
import type { Device } from '../../client/src/device.ts'
import { limitedOf } from '../../client/src/limited.ts'
import { createRetries } from '../../client/src/retries.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { advanceUntil } from '../support/wait-until.ts'
import { createManualDevice } from './open-gateway.ts'

const WINDOW_MS = 60_000
// Half of what decision 60 has figures of, in the same proportion: each request costs time of a processor.
const LIMIT = 45
const CLIENTS = 100
const ANSWER_MS = 300
const STEP_MS = 100

/** Repeatable chance: mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Repeat {
  readonly atMs: number
  readonly isWhole: boolean
}

const QUERY = 'query Name($id: ID!) { project(id: $id) { id name } }'

/** All ask at once for one call each, when no call is left, and come back until each has its answer. */
async function comeBack(deviceOf: (device: Device) => Device, callerOf: (client: number) => string) {
  const clock = createManualClock()
  await using gateway = await createTestGateway({
    clock,
    config: { rateLimit: LIMIT, maxWaitMs: 0 },
    simulator: { projectCount: CLIENTS + LIMIT },
  })
  const ids = gateway.simulator.data.projects.map(({ id }) => id)
  await Promise.all(ids.slice(CLIENTS).map((id) => gateway.ask(QUERY, { id })))
  gateway.takeCalls()

  const repeats: Repeat[] = []
  const answers: (string | null)[] = ids.slice(0, CLIENTS).map(() => null)
  /** Those who are about to ask: they hash their document on another thread, and no time passes meanwhile. */
  const begun = new Set<number>()
  let underWay = 0
  let repeatsUnderWay = 0
  let mostAtOnce = 0
  const fetchOf =
    (client: number): typeof fetch =>
    async (url, init) => {
      begun.delete(client)
      const isRepeat = answers[client] !== null
      const atMs = clock.monotonicMs()
      if (isRepeat) mostAtOnce = Math.max(mostAtOnce, (repeatsUnderWay += 1))
      underWay += 1
      const response = await gateway.handle(new Request(url, init), { name: callerOf(client) })
      const text = await response.text()
      underWay -= 1
      await clock.sleep(ANSWER_MS)
      if (isRepeat) {
        repeatsUnderWay -= 1
        repeats.push({ atMs, isWhole: !text.includes('RATE_LIMITED') })
      }
      return new Response(text)
    }
  for (const [client, id] of ids.slice(0, CLIENTS).entries()) {
    const device = deviceOf(createManualDevice(clock))
    const locks: Device['locks'] = {
      request: (name, options, whileHeld) =>
        device.locks.request(name, options, () => {
          begun.add(client)
          return whileHeld()
        }),
    }
    begun.add(client)
    createAsking(
      { url: 'http://gateway.test/graphql', fetch: fetchOf(client) },
      { device: { ...device, locks } },
    ).query(
      { query: QUERY, variables: { id } },
      {
        onAnswer: ({ data }) => void (answers[client] = JSON.stringify(data)),
        onError: (error) => void (answers[client] = String(error)),
      },
    )
  }
  const isDone = () => repeats.filter(({ isWhole }) => isWhole).length === CLIENTS
  const isIdle = () => underWay === 0 && begun.size === 0
  await advanceUntil(clock, 0, async () => {
    while (isIdle() && !isDone()) await clock.advance(STEP_MS)
    return isDone()
  })
  const missing = answers.filter((answer, client) => !answer?.includes(ids[client] ?? 'none')).length
  return { repeats, mostAtOnce, missing, calls: gateway.takeCalls() }
}

const inVain = (repeats: readonly Repeat[]): number => repeats.filter(({ isWhole }) => !isWhole).length

/** The most that come in any window. */
const mostIn = (repeats: readonly Repeat[], lengthMs: number): number =>
  Math.max(
    ...repeats.map(
      ({ atMs }) => repeats.filter((other) => other.atMs >= atMs && other.atMs < atMs + lengthMs).length,
    ),
  )

describe(`${CLIENTS} clients that find no call left`, () => {
  it('come back one after the other as tabs of one browser, and never more of them than the budget serves', async () => {
    const [locks, random] = [createLocks(), createRandom(1)]
    const { repeats, ...found } = await comeBack(
      (device) => ({ ...device, locks, random }),
      () => 'one browser',
    )
    expect(found).toEqual({ mostAtOnce: 1, missing: 0, calls: [`${CLIENTS} GET /tenants/{}/projects/{}`] })
    expect(mostIn(repeats, WINDOW_MS)).toBeLessThanOrEqual(LIMIT)
    // One finds out that nothing is left, for all behind it.
    expect(inVain(repeats)).toBeLessThanOrEqual(2)
  })

  it('come back spread as devices that have nothing in common, of which the gateway names a time to each', async () => {
    const random = createRandom(2)
    const { repeats, ...found } = await comeBack(
      (device) => ({ ...device, locks: createLocks(), random }),
      (client) => `device ${client}`,
    )
    expect(found).toMatchObject({ missing: 0, calls: [`${CLIENTS} GET /tenants/{}/projects/{}`] })
    // It counts on six of ten to come back.
    expect(mostIn(repeats, WINDOW_MS)).toBeLessThanOrEqual(LIMIT / 0.6)
    expect(mostIn(repeats, 1000)).toBeLessThanOrEqual(LIMIT / 2)
    expect(inVain(repeats)).toBeLessThanOrEqual(CLIENTS / 2)
  })
})

describe('a repeat', () => {
  const REFUSAL = { code: 'RATE_LIMITED', retryAfter: 10, retryAt: '2026-03-04T17:25:19Z' }

  function open(device: Partial<Device> = {}) {
    const clock = createManualClock()
    const retries = createRetries({ device: { ...createManualDevice(clock), ...device } })
    const at: number[] = []
    const startMs = clock.monotonicMs()
    const plan = (
      extensions: object = REFUSAL,
      answer: (done: (errors?: []) => void) => void = (done) => done(),
    ) =>
      retries.plan({
        limited: limitedOf([{ extensions: { ...extensions } }], 0) ?? expect.fail('not limited'),
        vain: 0,
        ask(done) {
          at.push(Math.round(clock.monotonicMs() - startMs))
          answer(done)
        },
      })
    return { clock, at, plan }
  }

  it.each([
    ['in seconds, whatever the clock of the device shows', REFUSAL, 10_000],
    [
      'by the time of the answer where there are no seconds',
      { ...REFUSAL, retryAfter: undefined, retryAt: '1970-01-01T00:00:07Z' },
      7_000,
    ],
    ['after an hour, not at once, where a time is absurd', { ...REFUSAL, retryAfter: 1e9 }, 3_600_000],
  ])('comes %s', async (_, extensions, waitMs) => {
    const { clock, at, plan } = open()
    plan(extensions)
    await clock.advance(waitMs - 1)
    expect(at).toEqual([])
    await clock.advance(1)
    expect(at).toEqual([waitMs])
  })

  it.each([
    [{ code: 'RATE_LIMITED' }],
    [{ code: 'RATE_LIMITED', retryAt: 'soon' }],
    [{ code: 'NOT_FOUND' }],
    [{}],
  ])('is not planned for %j', (extensions) => {
    expect(limitedOf([{ extensions }])).toBeNull()
  })

  it('takes twice the room each time it was in vain, up to a window', async () => {
    const clock = createManualClock()
    const retries = createRetries({ device: { ...createManualDevice(clock), random: () => 1 } })
    const at: number[] = []
    const limited = { retryAt: new Date(), waitMs: 60_000, fields: 1 }
    for (const vain of [0, 1, 2, 3, 9])
      retries.plan({
        limited,
        vain,
        ask: (done) => (at.push(Math.round((clock.monotonicMs() - 61_000) / 1000)), done()),
      })
    await clock.advance(200_000)
    expect(at).toEqual([5, 10, 20, 40, 60])
  })

  it('waits until its page is seen, or for five windows', async () => {
    let isHidden = true
    let onChange = (): void => {}
    const { clock, at, plan } = open({
      isHidden: () => isHidden,
      onVisibility(changed) {
        onChange = changed
        return () => {}
      },
    })
    plan()
    await clock.advance(60_000)
    expect(at).toEqual([])
    isHidden = false
    onChange()
    await clock.advance(0)
    expect(at).toEqual([60_000])
    isHidden = true
    plan()
    await clock.advance(310_000)
    expect(at).toEqual([60_000, 370_000])
  })

  it('that has no answer holds up the others for ten seconds, and one that was cancelled not at all', async () => {
    const { clock, at, plan } = open()
    const cancel = plan()
    plan(REFUSAL, () => {})
    plan()
    cancel()
    await clock.advance(10_000)
    expect(at).toEqual([10_000])
    await clock.advance(10_000)
    expect(at).toEqual([10_000, 20_000])
    expect(clock.countTimers()).toBe(0)
  })
})
