// P1 with many replicas, held against a model: whatever becomes of Redis, no window holds more calls than the limit.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSharedLedger } from '../../src/redis/shared-ledger.ts'
import type { Pooled } from '../../src/redis/shared-ledger.ts'
import { examplesOf } from '../support/examples.ts'
import { createFakePool } from '../support/fake-pool.ts'
import { createManualClock } from '../support/manual-clock.ts'

const LIMIT = 20
const WINDOW_MS = 20_000
const MAX_REPLICAS = 4
const MAX_FLIGHT_MS = 1000
const RUN_MS = 90_000
/** From the answer of Redis that a key is not counted there to the sending of the call. */
const ANSWER_MARGIN_MS = 300
const NOBODY = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 }

/** A replica that is cut off alone for longer than a window is taken for dead: that is not covered, docs/replicas.md. */
const cutMs = fc.integer({ min: 100, max: 14_000 })
const troubleMs = fc.integer({ min: 100, max: 40_000 })
const atMs = fc.integer({ min: 0, max: RUN_MS })

const trouble = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), replica: fc.nat(3), atMs, forMs: cutMs }),
  fc.record({ kind: fc.constant('freeze' as const), atMs, forMs: troubleMs }),
  fc.record({ kind: fc.constant('kill' as const), atMs, forMs: troubleMs }),
  fc.record({ kind: fc.constant('flush' as const), atMs }),
  fc.record({
    kind: fc.constant('slow' as const),
    atMs,
    forMs: troubleMs,
    delayMs: fc.integer({ min: 1, max: 120 }),
  }),
  fc.record({
    kind: fc.constant('clock' as const),
    atMs,
    byMs: fc.integer({ min: -3_600_000, max: 3_600_000 }),
  }),
  fc.record({ kind: fc.constant('die' as const), replica: fc.nat(3), atMs }),
)

const load = fc.record({
  replicas: fc.integer({ min: 2, max: MAX_REPLICAS }),
  /** Between two calls of a replica: some are idle for most of the time. */
  gapsMs: fc.array(fc.integer({ min: 50, max: 3000 }), { minLength: 4, maxLength: 4 }),
  startsAtMs: fc.array(fc.constantFrom<number>(0, 0, 30_000), { minLength: 4, maxLength: 4 }),
  latenciesMs: fc.array(fc.integer({ min: 1, max: MAX_FLIGHT_MS }), { minLength: 1, maxLength: 8 }),
  /** When within its flight a call is counted. */
  countedAt: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }),
})

async function run(
  {
    replicas,
    gapsMs,
    startsAtMs,
    latenciesMs,
    countedAt,
  }: typeof load extends fc.Arbitrary<infer L> ? L : never,
  troubles: readonly (typeof trouble extends fc.Arbitrary<infer T> ? T : never)[],
  /** The n-th answers that are the first success at each replica; without it the key is one of the settings. */
  successes?: readonly number[],
  { windowMs, runMs } = { windowMs: WINDOW_MS, runMs: RUN_MS },
): Promise<number[]> {
  const clock = createManualClock(1000)
  const pool = createFakePool(clock)
  const counted: number[] = []
  const at = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item
  let calls = 0
  const players = Array.from({ length: replicas }, (_, index) => {
    const link = pool.connect()
    let isAlive = true
    const exchange: typeof link.exchange = (name, message) =>
      isAlive ? link.exchange(name, message) : new Promise(() => {})
    let answers = 0
    let isAccepted = false
    /** As in shared.ts: counted in Redis already because it was accepted elsewhere, or accepted here. */
    const isPooled = async (name: string): Promise<Pooled> => {
      const isSeen = pool.state(name) !== undefined
      if (pool.delayMs > 0) await clock.sleep(pool.delayMs)
      if (isSeen) return 'seen'
      return isAccepted ? 'unseen' : 'no'
    }
    const ledger = openSharedLedger({
      exchange,
      ...(successes && { isPooled }),
      clock,
      replicaId: `r${index}`,
      newToken: () => '',
      maxReplicas: MAX_REPLICAS,
      maxFlightMs: MAX_FLIGHT_MS + (successes ? ANSWER_MARGIN_MS : 0),
    })({ name: 'key', limit: LIMIT, windowMs, onFreed: () => {}, waiting: () => NOBODY })

    async function call(): Promise<void> {
      const got = await ledger.take(calls % 5 === 0 ? 'mutation' : 'interactive')
      if ('retryAtMs' in got || !isAlive) return
      calls += 1
      const latencyMs = at(latenciesMs, calls)
      clock.after(latencyMs * at(countedAt, calls), () => void counted.push(clock.monotonicMs()))
      clock.after(latencyMs, () => {
        answers += 1
        if (successes && answers >= at(successes, index)) isAccepted = true
        if (isAlive) got.answered()
      })
    }
    function tick(): void {
      if (!isAlive) return
      void call()
      clock.after(at(gapsMs, index), tick)
    }
    clock.after(at(startsAtMs, index), tick)
    return { link, die: () => void (isAlive = false) }
  })

  for (const one of troubles) {
    if ('replica' in one && one.replica >= replicas) continue
    clock.after(one.atMs, () => {
      const end = (work: () => void): void => void ('forMs' in one && clock.after(one.forMs, work))
      switch (one.kind) {
        case 'cut':
          at(players, one.replica).link.cut()
          return end(() => at(players, one.replica).link.mend())
        case 'freeze':
          pool.freeze()
          return end(() => pool.thaw())
        case 'kill':
          pool.kill()
          return end(() => pool.restart())
        case 'flush':
          pool.kill()
          return pool.restart()
        case 'slow':
          pool.delayMs = one.delayMs
          return end(() => (pool.delayMs = 0))
        case 'clock':
          return pool.setClock(one.byMs)
        case 'die':
          return at(players, one.replica).die()
      }
    })
  }
  await clock.advance(runMs)
  return counted.sort((left, right) => left - right)
}

/** The most that any window holds. */
function worstWindow(times: readonly number[], windowMs = WINDOW_MS): number {
  let from = 0
  let worst = 0
  times.forEach((time, index) => {
    while (time - (times[from] ?? time) >= windowMs) from += 1
    worst = Math.max(worst, index - from + 1)
  })
  return worst
}

describe('the shared ledger', () => {
  it('never lets more calls through than the limit, whatever happens to Redis, its clock, or a replica', async () => {
    const troubles = fc.uniqueArray(trouble, {
      maxLength: 5,
      selector: (one) => (one.kind === 'cut' ? `cut ${one.replica}` : one),
    })
    const property = fc.asyncProperty(load, troubles, async (loaded, given) => {
      expect(worstWindow(await run(loaded, given))).toBeLessThanOrEqual(LIMIT)
    })
    await fc.assert(property, { numRuns: examplesOf(40) })
  }, 600_000)

  it('holds the limit for a key that callers bring, while some replicas have not seen it accepted', async () => {
    const troubles = fc.array(
      trouble.filter(({ kind }) => ['slow', 'clock', 'die'].includes(kind)),
      { maxLength: 3 },
    )
    const successes = fc.array(fc.constantFrom(1, 1, 3, 8, 1000), { minLength: 4, maxLength: 4 })
    const property = fc.asyncProperty(load, troubles, successes, async (loaded, given, accepted) => {
      expect(worstWindow(await run(loaded, given, accepted))).toBeLessThanOrEqual(LIMIT)
    })
    await fc.assert(property, { numRuns: examplesOf(40) })
  }, 600_000)

  it('gives no slots to a replica that has seen the pool of others, and got no answer from it', async () => {
    // The last message before Redis is quick again: the others have used the pool meanwhile.
    const loaded = { replicas: 3, gapsMs: [50, 50, 50, 50], startsAtMs: [0, 30_000, 0, 0] }
    const slow = { kind: 'slow' as const, atMs: 21_651, forMs: 8500, delayMs: 75 }
    const counted = await run({ ...loaded, latenciesMs: [1], countedAt: [0] }, [slow], [1, 1, 1, 1])
    expect(worstWindow(counted)).toBe(LIMIT)
  })

  it.each([500, 1000, 2000])(
    'holds the limit of windows of %i ms, when replicas return at different times after Redis was frozen',
    async (windowMs) => {
      const busy = {
        replicas: 3,
        gapsMs: [20],
        startsAtMs: [0],
        latenciesMs: [20, 30],
        countedAt: [0.5, 0, 1],
      }
      for (const earlierMs of [300, 700])
        for (const laterMs of [10, 700, 1200]) {
          const frozen = { kind: 'freeze' as const, atMs: 12_000, forMs: 9000 }
          // One replica lost Redis earlier than the others, so its probes are between theirs, and it may return later.
          const cut = { kind: 'cut' as const, replica: 1, atMs: 12_000 - earlierMs, forMs: 9000 + laterMs }
          const counted = await run(busy, [frozen, cut], undefined, { windowMs, runMs: 24_000 })
          expect(worstWindow(counted, windowMs)).toBeLessThanOrEqual(LIMIT)
        }
    },
    60_000,
  )

  it('uses the whole limit for a key that callers bring, once it is accepted', async () => {
    const busy = { replicas: 3, gapsMs: [100, 100, 3000, 3000], startsAtMs: [0, 0, 0, 0] }
    const counted = await run({ ...busy, latenciesMs: [100], countedAt: [0.5] }, [], [1, 5, 1000, 1])
    const inThird = counted.filter((time) => time >= 1000 + 2 * WINDOW_MS && time < 1000 + 4 * WINDOW_MS)
    expect(worstWindow(counted)).toBe(LIMIT)
    expect(inThird.length).toBeGreaterThan(1.8 * LIMIT)
  })

  it('uses the whole limit when nothing happens', async () => {
    const busy = { replicas: 3, gapsMs: [100, 100, 3000, 3000], startsAtMs: [0, 0, 0, 0] }
    const counted = await run({ ...busy, latenciesMs: [100], countedAt: [0.5] }, [])
    // The pool opens after a window; in each one from then on there is a limit's worth of calls.
    const inThird = counted.filter((time) => time >= 1000 + 2 * WINDOW_MS && time < 1000 + 4 * WINDOW_MS)
    expect(worstWindow(counted)).toBe(LIMIT)
    expect(inThird.length).toBeGreaterThan(1.8 * LIMIT)
  })
})
