// The ledger that replicas share, over a fake pool: which replica gets slots, what it reports, and what a lost one keeps.
import { describe, expect, it } from 'vitest'
import type { Busy, Ledger, LedgerOptions, Slot } from '../../../src/budget/ledger.ts'
import { countFree, limitNow } from '../../../src/budget/window.ts'
import { openSharedLedger } from '../../../src/redis/shared-ledger.ts'
import type { SharedLedgerOptions } from '../../../src/redis/shared-ledger.ts'
import type { CallClass } from '../../../src/telemetry/events.ts'
import { nth } from '../../support/builders.ts'
import { createFakePool } from '../../support/fake-pool.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const LIMIT = 40
const WINDOW_MS = 20_000
const FLIGHT_MS = 1000
const OPEN_AFTER_MS = WINDOW_MS + FLIGHT_MS + 40
const NOBODY = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 }

function openLedger(
  options: Pick<SharedLedgerOptions, 'exchange' | 'clock'> & Partial<SharedLedgerOptions>,
  ledgerOptions: Partial<LedgerOptions> = {},
): Ledger {
  const open = openSharedLedger({
    replicaId: 'r',
    newToken: () => '',
    maxReplicas: 4,
    maxFlightMs: FLIGHT_MS,
    ...options,
  })
  return open({
    name: 'key',
    limit: LIMIT,
    windowMs: WINDOW_MS,
    onFreed: () => {},
    waiting: () => NOBODY,
    ...ledgerOptions,
  })
}

async function open(count: number, forMs = OPEN_AFTER_MS + 1000) {
  const clock = createManualClock()
  const pool = createFakePool(clock)
  const replicas = Array.from({ length: count }, (_, index) => {
    const link = pool.connect()
    const freed = { times: 0 }
    const counts = { waiting: NOBODY }
    const ledger = openLedger(
      { exchange: link.exchange, clock, replicaId: `r${index}` },
      { onFreed: () => void (freed.times += 1), waiting: () => counts.waiting },
    )
    return { ledger, link, freed, counts }
  })
  await clock.advance(forMs)
  return { clock, pool, replicas, ledgers: replicas.map(({ ledger }) => ledger) }
}

type Got = Slot | Busy

/** Takes slots until none is granted. Slots that are leased to others come within seconds. */
async function takeAll(ledger: Ledger, callClass: CallClass = 'mutation'): Promise<Slot[]> {
  const slots: Slot[] = []
  for (let got: Got = await ledger.take(callClass); !('retryAtMs' in got);) {
    slots.push(got)
    got = await ledger.take(callClass)
  }
  return slots
}

describe('replicas that share a ledger', () => {
  it('have the limit together, and no more, and one that asks gets all of it', async () => {
    const { clock, ledgers } = await open(3)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    const first = await takeAll(one)
    // Two shares of ten are leased to the others.
    expect(first).toHaveLength(LIMIT - 20)
    await clock.advance(2500)
    const rest = await takeAll(one)
    expect(first.length + rest.length).toBe(LIMIT)
    expect(await takeAll(other)).toHaveLength(0)
    expect(countFree(other.window, clock.monotonicMs())).toBe(0)
  })

  it('have a slot back a window after its answer, whichever replica had it', async () => {
    const { clock, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    await takeAll(one)
    await clock.advance(2500)
    const [slot] = await takeAll(one)
    slot?.answered()
    await clock.advance(WINDOW_MS - 100)
    expect(await takeAll(other)).toHaveLength(0)
    await clock.advance(1500)
    const atOnce = await takeAll(other)
    // It may have been leased to the replica whose slot it was.
    await clock.advance(2500)
    expect([...atOnce, ...(await takeAll(other))]).toHaveLength(1)
  })

  it('have a slot back at once whose call was never sent', async () => {
    const { clock, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    await takeAll(one)
    await clock.advance(2500)
    nth(await takeAll(one), 0).neverSent()
    await clock.advance(0)
    expect(await takeAll(other)).toHaveLength(1)
  })

  it('use no slot that was granted before its replica stood still: others may have used it meanwhile', async () => {
    const { clock, ledgers } = await open(2)
    const slot = nth(await takeAll(nth(ledgers, 0)), 0)
    expect(slot.mayBeUsed?.()).toBe(true)
    // Its timers run, so the pool is told that the slot is in use.
    await clock.advance(2 * WINDOW_MS)
    expect(slot.mayBeUsed?.()).toBe(true)
    clock.standStill(2 * WINDOW_MS)
    expect(slot.mayBeUsed?.()).toBe(false)
    await clock.advance(1500)
    expect(slot.mayBeUsed?.()).toBe(true)
  })

  it('use no slot that was granted before the machine slept: others may have used it meanwhile', async () => {
    const { clock, ledgers } = await open(2)
    const slot = nth(await takeAll(nth(ledgers, 0)), 0)
    clock.jumpWall(2 * WINDOW_MS)
    expect(slot.mayBeUsed?.()).toBe(false)
    await clock.advance(1500)
    expect(slot.mayBeUsed?.()).toBe(true)
  })

  it.each([
    ['longer than the pool keeps them', 2 * WINDOW_MS, 0],
    ['a moment', 5000, LIMIT / 4],
  ])('have those of their lease after the machine slept for %s: %d ms', async (_what, sleptMs, expected) => {
    const { clock, pool, ledgers } = await open(1)
    let lostMs = 0
    const link = pool.connect()
    const sleeping = openLedger({
      exchange: link.exchange,
      replicaId: 'sleeping',
      clock: { ...clock, monotonicMs: () => clock.monotonicMs() - lostMs },
    })
    await clock.advance(3000)
    link.cut()
    for (let ms = 0; ms < sleptMs; ms += 500) {
      lostMs += 500
      await clock.advance(500)
    }
    const others = await takeAll(nth(ledgers, 0))
    const slots = await Promise.all([takeAll(sleeping), clock.advance(200)])
    expect(others).toHaveLength(LIMIT - expected)
    expect(slots[0]).toHaveLength(expected)
  })

  it('use no slot whose grant comes after a replica stood still', async () => {
    const clock = createManualClock()
    const pool = createFakePool(clock)
    pool.openAtOnce('key')
    const link = pool.connect()
    const ledger = openLedger({
      clock,
      async exchange(name, message) {
        const answered = await link.exchange(name, message)
        if (message.take !== '') clock.standStill(2 * WINDOW_MS)
        return answered
      },
    })
    await clock.advance(1000)
    const slot = await ledger.take('mutation')
    expect(slot).toHaveProperty('mayBeUsed')
    expect('mayBeUsed' in slot && slot.mayBeUsed?.()).toBe(false)
  })

  it('use no slot from before a standstill because of a message that nobody has answered yet', async () => {
    const clock = createManualClock()
    const pool = createFakePool(clock)
    pool.openAtOnce('key')
    const link = pool.connect()
    let isSilent = false
    const ledger = openLedger({
      clock,
      exchange: (name, message) => (isSilent ? new Promise(() => {}) : link.exchange(name, message)),
    })
    await clock.advance(1500)
    const slot = nth(await takeAll(ledger), 0)
    clock.standStill(2 * WINDOW_MS)
    isSilent = true
    // The message that was due is sent.
    await clock.advance(0)
    expect(slot.mayBeUsed?.()).toBe(false)
  })

  it('leave the kept slots to mutations, whichever replica sends them', async () => {
    const { clock, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    await takeAll(one, 'interactive')
    await clock.advance(2500)
    await takeAll(one, 'interactive')
    expect(await other.take('interactive')).toHaveProperty('retryAtMs')
    expect(await takeAll(other, 'mutation')).toHaveLength(2)
  })

  it('let a mutation that waits at another replica go first', async () => {
    const { clock, ledgers, replicas } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    await takeAll(one)
    await clock.advance(2500)
    const slots = await takeAll(one)
    nth(replicas, 1).counts.waiting = { ...NOBODY, mutation: 3 }
    await other.take('mutation')
    for (const slot of slots.slice(0, 5)) slot.neverSent()
    await clock.advance(0)
    // Five slots are free: calls wait for three of them, and two are kept for mutations.
    expect(await one.take('interactive')).toHaveProperty('retryAtMs')
    expect(await takeAll(other)).toHaveLength(5)
  })

  it('all pause after a 429 that one of them got, lower the limit alike, and one call alone tries the key', async () => {
    const { clock, replicas, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    one.pause(clock.monotonicMs() + 5000, { isFirstInARow: true })
    await clock.advance(0)
    const refused = await other.take('mutation')
    expect(refused).toEqual({ retryAtMs: clock.monotonicMs() + 5000 })
    expect(limitNow(other.window, clock.monotonicMs())).toBe(LIMIT * 0.75)
    await clock.advance(5000)
    const trial = await other.take('mutation')
    expect(await one.take('mutation')).toHaveProperty('retryAtMs')
    expect(await other.take('mutation')).toHaveProperty('retryAtMs')
    const freedBefore = nth(replicas, 1).freed.times
    // The replica that got the answer resumes the key, though another one had paused it.
    if (!('retryAtMs' in trial)) trial.answered()
    await clock.advance(0)
    expect(nth(replicas, 1).freed.times).toBeGreaterThan(freedBefore)
    expect(await one.take('mutation')).toHaveProperty('answered')
    expect(await other.take('mutation')).toHaveProperty('answered')
  })

  it('do not resume a key that was tried by a call without a whole answer', async () => {
    const { clock, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    one.pause(clock.monotonicMs() + 5000, { isFirstInARow: true })
    await clock.advance(5000)
    const trial = await other.take('mutation')
    if (!('retryAtMs' in trial)) trial.answered(false)
    await clock.advance(0)
    const again = await one.take('mutation')
    expect(again).toHaveProperty('answered')
    expect(await other.take('mutation')).toHaveProperty('retryAtMs')
    if (!('retryAtMs' in again)) again.answered()
    await clock.advance(0)
    expect(await other.take('mutation')).toHaveProperty('answered')
  })

  it('do not resume a key where the call that tried it got a 429', async () => {
    const { clock, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    one.pause(clock.monotonicMs() + 1000, { isFirstInARow: true })
    await clock.advance(1000)
    const trial = await other.take('mutation')
    other.pause(clock.monotonicMs() + 2000, { isFirstInARow: false })
    if (!('retryAtMs' in trial)) trial.answered()
    await clock.advance(100)
    expect(one.window.isUnproven).toBe(true)
    expect(await one.take('mutation')).toEqual({ retryAtMs: clock.monotonicMs() + 1900 })
  })

  it.each([
    ['and has not heard of it', 0],
    ['and has heard of it', 10],
    ['and is answered after the pause', 1500],
  ])(
    'do not resume a key by a call that one of them sent before another got a 429, %s',
    async (_, laterMs) => {
      const { clock, ledgers } = await open(2)
      const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
      const sentAtMs = clock.monotonicMs()
      await clock.advance(100)
      one.pause(clock.monotonicMs() + 1000, { isFirstInARow: true })
      await clock.advance(laterMs)
      // It had got an earlier 429 itself, so that an answer counts as news to it.
      other.resume(sentAtMs)
      await clock.advance(2000)
      const trial = await one.take('mutation')
      expect(trial).toHaveProperty('answered')
      expect(await one.take('mutation')).toHaveProperty('retryAtMs')
      expect(await other.take('mutation')).toHaveProperty('retryAtMs')
      if (!('retryAtMs' in trial)) trial.answered()
      await clock.advance(0)
      expect(await other.take('mutation')).toHaveProperty('answered')
    },
  )

  it('do not resume a key by an earlier call where one has heard of the 429 and then lost the pool', async () => {
    const { clock, replicas, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    const sentAtMs = clock.monotonicMs()
    await clock.advance(100)
    one.pause(clock.monotonicMs() + 3000, { isFirstInARow: true })
    await clock.advance(1100)
    nth(replicas, 1).link.cut()
    other.resume(sentAtMs)
    await clock.advance(1000)
    expect(other.window.isUnproven).toBe(true)
  })

  it('do not resume a key by a call that tried it, where another got a 429 while that one was under way', async () => {
    const { clock, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    one.pause(clock.monotonicMs() + 1000, { isFirstInARow: true })
    await clock.advance(1000)
    const trial = await other.take('mutation')
    one.pause(clock.monotonicMs() + 1000, { isFirstInARow: false })
    if (!('retryAtMs' in trial)) trial.answered()
    await clock.advance(1000)
    expect(await one.take('mutation')).toHaveProperty('answered')
    expect(await other.take('mutation')).toHaveProperty('retryAtMs')
  })

  it('try a key again as soon as a call from before the pause is answered, though it does not resume the key', async () => {
    const { clock, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    one.pause(clock.monotonicMs() + 1000, { isFirstInARow: true })
    await clock.advance(1000)
    const trial = await other.take('mutation')
    one.pause(clock.monotonicMs() + 1000, { isFirstInARow: false })
    await clock.advance(1500)
    expect(await one.take('mutation')).toHaveProperty('retryAtMs')
    if (!('retryAtMs' in trial)) trial.answered()
    await clock.advance(0)
    expect(await one.take('mutation')).toHaveProperty('answered')
    expect(await other.take('mutation')).toHaveProperty('retryAtMs')
  })
})

describe('a replica that is lost', () => {
  it('keeps its share from the others for a window, and then no more', async () => {
    const { clock, replicas, ledgers } = await open(2)
    const [one, dead] = [nth(ledgers, 0), nth(replicas, 1)]
    dead.link.cut()
    await clock.advance(4000)
    const before = await takeAll(one)
    expect(before).toHaveLength(LIMIT - LIMIT / 4)
    await clock.advance(WINDOW_MS - 3000)
    expect(await takeAll(one)).toHaveLength(LIMIT / 4)
  })

  it('keeps nothing when it has sent its last message', async () => {
    const { clock, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    other.end()
    await clock.advance(0)
    expect(await takeAll(one)).toHaveLength(LIMIT)
  })

  it('has its lease at once, and its window shows what it has', async () => {
    const { clock, pool, replicas } = await open(1)
    const [{ ledger, link }] = [nth(replicas, 0)]
    link.cut()
    const got = takeAll(ledger)
    await clock.advance(150)
    expect(await got).toHaveLength(LIMIT / 4)
    expect(limitNow(ledger.window, clock.monotonicMs())).toBe(LIMIT / 4)
    link.mend()
    await clock.advance(2500)
    expect(limitNow(ledger.window, clock.monotonicMs())).toBe(LIMIT)
    expect(Object.keys(pool.state('key')?.slots ?? {})).toHaveLength(LIMIT / 4)
  })

  it('has nothing while a pool is used up, and its part of the slots that free', async () => {
    const { clock, replicas, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(replicas, 1)]
    for (const slot of await takeAll(one)) slot.answered()
    await clock.advance(2500)
    for (const slot of await takeAll(one)) slot.answered()
    await clock.advance(1500)
    other.link.cut()
    const refused = other.ledger.take('mutation')
    await clock.advance(150)
    expect(await refused).toHaveProperty('retryAtMs')
    await clock.advance(16_500)
    // 30 have freed, and it may count on a quarter of them.
    expect(await takeAll(other.ledger)).toHaveLength(7)
  })
})

describe('a ledger that is opened again', () => {
  it('gets answers, also where its last message was lost', async () => {
    const clock = createManualClock()
    const pool = createFakePool(clock)
    const link = pool.connect()
    const parts = { exchange: link.exchange, clock, replicaId: 'r', newToken: () => '' }
    const openLedger = openSharedLedger({ ...parts, maxReplicas: 4, maxFlightMs: FLIGHT_MS })
    const again = () =>
      openLedger({ name: 'key', limit: LIMIT, windowMs: WINDOW_MS, onFreed: () => {}, waiting: () => NOBODY })
    const first = again()
    await clock.advance(OPEN_AFTER_MS + 1000)
    link.cut()
    first.end()
    await clock.advance(200)
    link.mend()
    await clock.advance(2000)
    expect(await takeAll(again())).toHaveLength(LIMIT)
  })
})

describe('a key that callers bring', () => {
  async function openBrought() {
    const clock = createManualClock()
    const pool = createFakePool(clock)
    const link = pool.connect()
    let messages = 0
    let isPooled = false
    const ledger = openLedger({
      exchange: (...message) => ((messages += 1), link.exchange(...message)),
      clock,
      isPooled: async () => (isPooled ? 'unseen' : 'no'),
    })
    return { clock, pool, ledger, accept: () => void (isPooled = true), countMessages: () => messages }
  }

  it('has the share of one replica, and nothing of it is in Redis, while it is not accepted', async () => {
    const { clock, pool, ledger, countMessages } = await openBrought()
    const slots = await takeAll(ledger)
    expect(slots).toHaveLength(LIMIT / 4)
    for (const slot of slots) slot.answered()
    await clock.advance(WINDOW_MS + 1000)
    expect([countMessages(), pool.state('key'), ledger.isAsNew()]).toEqual([0, undefined, true])
    ledger.end()
    expect(countMessages()).toBe(0)
  })

  it('brings the slots that it holds into the pool when it is accepted', async () => {
    const { clock, pool, ledger, accept } = await openBrought()
    const [first] = await takeAll(ledger)
    accept()
    first?.answered()
    expect(await ledger.take('mutation')).toHaveProperty('retryAtMs')
    expect(Object.keys(pool.state('key')?.slots ?? {})).toHaveLength(LIMIT / 4)
    await clock.advance(OPEN_AFTER_MS + 2000)
    expect(limitNow(ledger.window, clock.monotonicMs())).toBe(LIMIT)
  })

  it('sends no heartbeats when it was not used for a window, and joins the pool again when it is', async () => {
    const { clock, ledger, accept, countMessages } = await openBrought()
    accept()
    const slot = await ledger.take('mutation')
    if ('answered' in slot) slot.answered()
    await clock.advance(2 * WINDOW_MS)
    const before = countMessages()
    await clock.advance(10 * WINDOW_MS)
    expect(countMessages()).toBe(before)
    expect(await ledger.take('mutation')).toHaveProperty('answered')
    expect(countMessages()).toBeGreaterThan(before)
  })

  it('counts no slot of the others after it has left the pool, and gets slots again when theirs are free', async () => {
    const { clock, pool, ledger, accept } = await openBrought()
    const busy = openLedger({ exchange: pool.connect().exchange, clock, replicaId: 'busy' })
    accept()
    await clock.advance(OPEN_AFTER_MS + 1000)
    const slot = await ledger.take('mutation')
    if ('answered' in slot) slot.answered()
    await clock.advance(WINDOW_MS / 2)
    const slots = await takeAll(busy)
    await clock.advance(2500)
    slots.push(...(await takeAll(busy)))
    await clock.advance(WINDOW_MS + 2000)
    expect([slots.length > LIMIT / 2, ledger.window.inFlight, ledger.isAsNew()]).toEqual([true, 0, true])
    for (const each of slots) each.answered()
    await clock.advance(WINDOW_MS + 1000)
    expect(await ledger.take('mutation')).toHaveProperty('answered')
  })

  it('has nothing where a pool that is not open yet shows that others hold the whole limit', async () => {
    const clock = createManualClock()
    const pool = createFakePool(clock)
    const busy = openLedger({ exchange: pool.connect().exchange, clock, replicaId: 'busy' })
    await clock.advance(OPEN_AFTER_MS + 1000)
    const used = await takeAll(busy)
    await clock.advance(2500)
    used.push(...(await takeAll(busy)))
    for (const slot of used) slot.answered()
    pool.kill()
    pool.restart()
    await clock.advance(1500)
    const late = openLedger({
      exchange: pool.connect().exchange,
      clock,
      replicaId: 'late',
      isPooled: async () => 'seen',
    })
    expect([used.length, (await takeAll(late)).length]).toEqual([LIMIT, 0])
    await clock.advance(WINDOW_MS + 2000)
    expect(await late.take('mutation')).toHaveProperty('answered')
  })

  it('is counted in the pool from the start where the share of a replica is nothing', async () => {
    const clock = createManualClock()
    const pool = createFakePool(clock)
    const { exchange } = pool.connect()
    openLedger({ exchange, clock, maxReplicas: 8, isPooled: async () => 'no' }, { limit: 5 })
    await clock.advance(10)
    expect(pool.state('key')).toBeDefined()
  })
})

describe('a pool that Redis has read again from an older snapshot', () => {
  it('gives away no slots of replicas that have ended since', async () => {
    const { clock, pool, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    const restore = pool.save()
    const used = await takeAll(one)
    await clock.advance(2500)
    used.push(...(await takeAll(one)))
    for (const slot of used) slot.answered()
    one.end()
    await clock.advance(2000)
    restore()
    let taken = 0
    for (let second = 0; second < 15; second += 1) {
      taken += (await takeAll(other)).length
      await clock.advance(1000)
    }
    expect([used.length, taken]).toEqual([LIMIT, 0])
    await clock.advance(WINDOW_MS)
    expect(await takeAll(other)).toHaveLength(LIMIT)
  })

  it('opens in seconds where all its replicas are there', async () => {
    const { clock, pool, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    const restore = pool.save()
    const used = await takeAll(one)
    await clock.advance(2500)
    used.push(...(await takeAll(one)))
    for (const slot of used.splice(0, LIMIT / 2)) slot.neverSent()
    await clock.advance(1000)
    restore()
    await clock.advance(7000)
    const rest = await takeAll(other)
    await clock.advance(2500)
    rest.push(...(await takeAll(other)))
    expect(used.length + rest.length).toBe(LIMIT)
  })
})

describe('a pool that has forgotten a replica is not closed', () => {
  it('where the replica was suspended together with both of its clocks', async () => {
    const { clock, pool } = await open(1, 0)
    let lostMs = 0
    const link = pool.connect()
    openLedger({
      exchange: link.exchange,
      replicaId: 'suspended',
      clock: {
        ...clock,
        monotonicMs: () => clock.monotonicMs() - lostMs,
        wallMs: () => clock.wallMs() - lostMs,
      },
    })
    await clock.advance(OPEN_AFTER_MS + 1000)
    const before = pool.state('key')?.generation
    link.cut()
    for (let ms = 0; ms < 2 * WINDOW_MS; ms += 500) {
      lostMs += 500
      await clock.advance(500)
    }
    expect(pool.state('key')?.replicas).not.toHaveProperty('suspended')
    link.mend()
    await clock.advance(3000)
    expect(pool.state('key')?.replicas).toHaveProperty('suspended')
    expect(pool.state('key')?.generation).toBe(before)
  })

  it("where Redis' clock is set forwards, and a new replica is the first to send a message", async () => {
    const { clock, pool } = await open(2, OPEN_AFTER_MS + 1500)
    const before = pool.state('key')?.generation
    pool.setClock(3_600_000)
    openLedger({ exchange: pool.connect().exchange, clock, replicaId: 'new' })
    await clock.advance(3000)
    expect(Object.keys(pool.state('key')?.replicas ?? {})).toHaveLength(3)
    expect(pool.state('key')?.generation).toBe(before)
  })
})

describe('a pool that has lost its data', () => {
  it('opens again in seconds where all its replicas are there: none stands still for a window', async () => {
    const { clock, pool, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    const used = await takeAll(one)
    await clock.advance(2500)
    used.push(...(await takeAll(one)))
    expect(used).toHaveLength(LIMIT)
    for (const slot of used.splice(0, LIMIT / 2)) slot.neverSent()
    await clock.advance(1000)
    pool.kill()
    pool.restart()
    await clock.advance(5000)
    expect(limitNow(other.window, clock.monotonicMs())).toBe(LIMIT)
    const got = await takeAll(other)
    await clock.advance(2500)
    got.push(...(await takeAll(other)))
    expect(got).toHaveLength(LIMIT / 2)
  })

  it('gives each replica its share meanwhile', async () => {
    const { clock, pool, ledgers } = await open(2)
    pool.kill()
    pool.restart()
    await clock.advance(1200)
    for (const ledger of ledgers) expect(await takeAll(ledger)).toHaveLength(LIMIT / 4)
  })

  it('stays closed for a window where one of its replicas has died: its slots are unknown', async () => {
    const { clock, pool, replicas } = await open(2)
    const [one, dead] = [nth(replicas, 0), nth(replicas, 1)]
    await takeAll(dead.ledger)
    dead.link.cut()
    pool.kill()
    pool.restart()
    await clock.advance(6000)
    expect(limitNow(one.ledger.window, clock.monotonicMs())).toBe(LIMIT / 4)
    await clock.advance(OPEN_AFTER_MS)
    expect(limitNow(one.ledger.window, clock.monotonicMs())).toBe(LIMIT)
  })

  it('learns again of a pause and of a lower limit', async () => {
    const { clock, pool, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    one.pause(clock.monotonicMs() + 15_000, { isFirstInARow: true })
    await clock.advance(1200)
    pool.kill()
    pool.restart()
    await clock.advance(6000)
    expect(pool.state('key')?.learnedLimit).toBe((LIMIT * 3) / 4)
    expect(await takeAll(other)).toEqual([])
    expect(other.window.pausedUntilMs).toBeGreaterThan(clock.monotonicMs())
  })
})

describe('a limit that is read again', () => {
  it('counts at once where it is lower, and for all when one replica has it; a higher one when all have it', async () => {
    const { clock, ledgers } = await open(2)
    const [one, other] = [nth(ledgers, 0), nth(ledgers, 1)]
    one.setLimit(8)
    await clock.advance(0)
    expect(countFree(one.window, clock.monotonicMs())).toBe(8)
    await clock.advance(2500)
    const slots = await takeAll(other)
    await clock.advance(2500)
    slots.push(...(await takeAll(other)))
    expect(slots).toHaveLength(8)
    expect(limitNow(other.window, clock.monotonicMs())).toBe(8)
    other.setLimit(12)
    one.setLimit(12)
    await clock.advance(2500)
    const more = await takeAll(other)
    await clock.advance(2500)
    more.push(...(await takeAll(other)))
    expect(more).toHaveLength(4)
  })

  it('is the limit without the pool, too', async () => {
    const { clock, replicas } = await open(1)
    const { ledger, link } = nth(replicas, 0)
    link.cut()
    ledger.setLimit(20)
    const got = takeAll(ledger)
    await clock.advance(400)
    expect(await got).toHaveLength(5)
  })
})

describe('a pool that is new', () => {
  it('gives nothing for a window, in which each replica has its share', async () => {
    const { clock, ledgers } = await open(2, 3000)
    for (const ledger of ledgers) expect(await takeAll(ledger)).toHaveLength(LIMIT / 4)
    await clock.advance(OPEN_AFTER_MS)
    expect(limitNow(nth(ledgers, 0).window, clock.monotonicMs())).toBe(LIMIT)
  })
})
