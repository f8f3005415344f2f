import { setMaxListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../src/budget/budget.ts'
import { openMemoryLedger } from '../../../src/budget/ledger.ts'
import type { Permission, Slot } from '../../../src/budget/ledger.ts'
import type { SlotRequest } from '../../../src/budget/waiting-room.ts'
import type { BudgetKey } from '../../../src/rest/scope.ts'
import { buildScope, buildSlotRequest } from '../../support/builders.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'
import { countHeldBytes } from '../../support/memory.ts'

const WINDOW_MS = 60_000
const HELD_MS = WINDOW_MS + 40
const START_MS = 1000
const { budgetKey: key } = buildScope()
const NEVER = new AbortController().signal
// All calls that wait in a test listen to this one.
setMaxListeners(0, NEVER)
const FOR_EVER = Number.MAX_SAFE_INTEGER
/** Not the first in a row: a first one lowers the limit, which has a test of its own. */
const NEWS = { isFirstInARow: false }

function open(limit = 2) {
  const clock = createManualClock(START_MS)
  const budget = createBudget({ limit, windowMs: WINDOW_MS, clock, openLedger: openMemoryLedger(clock) })
  const take = async (): Promise<Slot> => {
    const permission = await budget.spend(
      key,
      buildSlotRequest({ latestMs: clock.monotonicMs(), signal: NEVER }),
    )
    if ('slot' in permission) return permission.slot
    throw new Error(`no slot before ${permission.retryAtMs}`)
  }
  /** Takes every slot that is left and has each answered at once. */
  const fill = async (): Promise<void> => {
    while (budget.state(key).remaining > 0) (await take()).answered()
  }
  /** Waits in the queue and writes down what came of it. */
  const queue = (latestMs = FOR_EVER, signal = NEVER, parts: Partial<SlotRequest> = {}) => {
    const place: { permission?: Permission; error?: unknown } = {}
    budget.spend(key, buildSlotRequest({ latestMs, signal, ...parts })).then(
      (permission) => (place.permission = permission),
      (error: unknown) => (place.error = error),
    )
    return place
  }
  return { clock, budget, take, fill, queue }
}

const slotOf = ({ permission }: { permission?: Permission }): Slot => {
  if (permission && 'slot' in permission) return permission.slot
  throw new Error('still waiting')
}
const hasSlot = ({ permission }: { permission?: Permission }): boolean =>
  permission !== undefined && 'slot' in permission

describe('a slot', () => {
  it('is granted at once while there are any', async () => {
    const { take, budget } = open(2)

    await take()
    await take()

    expect(budget.state(key)).toEqual({ limit: 2, remaining: 0, resetAtMs: START_MS + HELD_MS })
  })

  it('is held until a window after its answer, however late that came', async () => {
    const { clock, budget, take } = open(1)
    const slot = await take()
    await clock.advance(30_000)
    slot.answered()

    await clock.advance(HELD_MS - 1)
    expect(budget.state(key).remaining).toBe(0)
    await clock.advance(1)
    expect(budget.state(key).remaining).toBe(1)
  })

  it('is free at once where the call never left', async () => {
    const { budget, take } = open(1)

    ;(await take()).neverSent()

    expect(budget.state(key)).toEqual({ limit: 1, remaining: 1, resetAtMs: null })
  })

  it('that is given back goes to the first call that waits', async () => {
    const { take, queue } = open(1)
    const slot = await take()
    const [first, second] = [queue(), queue()]

    slot.neverSent()
    await settle()

    expect([hasSlot(first), hasSlot(second)]).toEqual([true, false])
  })
})

describe('the waiting room', () => {
  it('grants in order of arrival, each time a slot frees', async () => {
    const { clock, take, queue } = open(2)
    ;(await take()).answered()
    await clock.advance(5000)
    ;(await take()).answered()
    const places = [queue(), queue(), queue()]

    await clock.advance(HELD_MS - 5000 - 1)
    expect(places.map(hasSlot)).toEqual([false, false, false])
    await clock.advance(1)
    expect(places.map(hasSlot)).toEqual([true, false, false])
    await clock.advance(5000)
    expect(places.map(hasSlot)).toEqual([true, true, false])
  })

  it('lets no call overtake, not even one that comes at the moment a slot frees', async () => {
    const { clock, budget, fill, queue } = open(1)
    await fill()
    const first = queue()
    let second: ReturnType<typeof queue> | undefined
    // Fires before the budget's own timer, as both are due at once.
    clock.after(HELD_MS, () => {
      second = queue()
      expect(budget.state(key).remaining).toBe(0)
    })
    const third = queue()

    await clock.advance(HELD_MS)

    expect([hasSlot(first), second !== undefined && hasSlot(second), hasSlot(third)]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('grants when a slot frees, however closely others keep arriving', async () => {
    const { clock, fill, queue } = open(1)
    await fill()
    await clock.advance(HELD_MS - 0.5)
    const first = queue()

    // Timers count whole milliseconds; each arrival falls between the slot's freeing and the timer's firing.
    for (let index = 0; index < 20; index += 1) {
      await clock.advance(index === 0 ? 0.75 : 0.5)
      queue()
    }

    expect(hasSlot(first)).toBe(true)
  })

  it('refuses at once a call that cannot be served in time, with the time when it could', async () => {
    const { clock, fill, queue } = open(2)
    await fill()
    await clock.advance(100)

    const refused = queue(START_MS + HELD_MS - 1)
    await settle()

    expect(refused.permission).toEqual({ retryAtMs: START_MS + HELD_MS })
  })

  it('takes a call that can just be served in time', async () => {
    const { clock, fill, queue } = open(2)
    await fill()

    const place = queue(START_MS + HELD_MS)
    await clock.advance(HELD_MS)

    expect(hasSlot(place)).toBe(true)
  })

  it('counts the calls that wait already', async () => {
    const { fill, queue } = open(1)
    await fill()
    queue()
    queue()

    const refused = queue(START_MS + 2 * HELD_MS)
    await settle()

    expect(refused.permission).toEqual({ retryAtMs: START_MS + 3 * HELD_MS })
  })

  it('refuses at its latest a call that was expected to be served, and was not', async () => {
    const { clock, take, queue } = open(1)
    // In flight when the queue forms: its answer, and so its slot, may come any time later.
    const slot = await take()
    const place = queue(START_MS + HELD_MS)
    await clock.advance(20_000)
    slot.answered()
    await settle()

    expect(place.permission).toEqual({ retryAtMs: START_MS + 20_000 + HELD_MS })
  })

  it('keeps no call waiting longer than its latest, whatever happens', async () => {
    const { clock, take, queue } = open(1)
    await take()
    const place = queue(START_MS + HELD_MS)

    await clock.advance(HELD_MS)

    expect(place.permission).toEqual({ retryAtMs: START_MS + HELD_MS + HELD_MS })
  })

  it('gives the place of a call that leaves to the next', async () => {
    const { clock, budget, fill, queue } = open(1)
    await fill()
    const leaving = new AbortController()
    const leaver = queue(FOR_EVER, leaving.signal)
    const next = queue()
    expect(budget.forecast(key, { caller: 'builder' }, 1)).toBe(START_MS + 3 * HELD_MS)

    leaving.abort('left')
    await settle()
    expect(leaver.error).toBe('left')
    expect(budget.forecast(key, { caller: 'builder' }, 1)).toBe(START_MS + 2 * HELD_MS)
    await clock.advance(HELD_MS)

    expect(leaver.permission).toBeUndefined()
    expect(hasSlot(next)).toBe(true)
  })

  it('does not grant a slot to a call that has left before', async () => {
    const { budget } = open(1)

    await expect(
      budget.spend(key, buildSlotRequest({ latestMs: FOR_EVER, signal: AbortSignal.abort('left') })),
    ).rejects.toBe('left')

    expect(budget.state(key).remaining).toBe(1)
  })

  it('is bounded: the one too many is refused at once, with the true time', async () => {
    const { fill, queue } = open(1)
    await fill()
    const places = Array.from({ length: 1000 }, () => queue())

    const tooMany = queue()
    await settle()

    expect(places.every(({ permission }) => permission === undefined)).toBe(true)
    expect(tooMany.permission).toEqual({ retryAtMs: START_MS + 1001 * HELD_MS })
  })

  it('has room again when somebody has left', async () => {
    const { fill, queue } = open(1)
    await fill()
    const leaving = new AbortController()
    queue(FOR_EVER, leaving.signal)
    for (let index = 0; index < 999; index += 1) queue()

    leaving.abort()
    const place = queue()
    await settle()

    expect(place.permission).toBeUndefined()
  })

  it('has one timer at the most, however many wait, and none when the last has left', async () => {
    const { clock, fill, queue } = open(1)
    await fill()
    const leaving = new AbortController()
    setMaxListeners(0, leaving.signal)
    for (let index = 0; index < 20; index += 1) queue(FOR_EVER, leaving.signal)
    expect(clock.countTimers()).toBe(1)

    leaving.abort()
    expect(clock.countTimers()).toBe(0)
  })

  it('leaves no timer and no listener behind when it is empty', async () => {
    const { clock, fill, queue } = open(1)
    await fill()
    const signal = new AbortController().signal
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...parts: Parameters<typeof add>) => ((listeners += 1), add(...parts))
    signal.removeEventListener = (...parts: Parameters<typeof remove>) => ((listeners -= 1), remove(...parts))
    const leaving = new AbortController()
    queue(FOR_EVER, leaving.signal)
    const places = [queue(FOR_EVER, signal), queue(START_MS + 2 * HELD_MS, signal)]

    leaving.abort()
    await clock.advance(HELD_MS)
    slotOf(places[0] ?? {}).answered()
    await clock.advance(HELD_MS)

    expect(listeners).toBe(0)
    expect(clock.countTimers()).toBe(0)
  })
})

describe('classes', () => {
  it('a mutation goes before reads that have waited longer, and those before reads that nobody waits for', async () => {
    const { clock, fill, queue } = open(1)
    await fill()
    const order: string[] = []
    for (const callClass of ['warmUp', 'revalidation', 'interactive', 'mutation'] as const) {
      const place = queue(FOR_EVER, NEVER, { callClass })
      void Promise.resolve().then(async function look(): Promise<void> {
        while (!place.permission) await clock.sleep(1000)
        order.push(callClass)
        slotOf(place).answered()
      })
    }

    await clock.advance(5 * HELD_MS)

    expect(order).toEqual(['mutation', 'interactive', 'revalidation', 'warmUp'])
  })

  it('reads leave some slots to mutations, and get them when the next slot is about to free', async () => {
    const { clock, take, queue } = open(20)
    for (let index = 0; index < 19; index += 1) (await take()).answered()
    await clock.advance(30_000)
    const [read, change] = [queue(), queue(FOR_EVER, NEVER, { callClass: 'mutation' })]
    await settle()
    expect([hasSlot(read), hasSlot(change)]).toEqual([false, true])
    slotOf(change).neverSent()

    await clock.advance(HELD_MS - 30_000 - 2001)
    expect(hasSlot(read)).toBe(false)
    await clock.advance(1)
    expect(hasSlot(read)).toBe(true)
  })

  it('a refresh that finds less than its reserve is refused at once', async () => {
    const { clock, take, queue } = open(20)
    for (let index = 0; index < 16; index += 1) (await take()).answered()
    const refresh = queue(clock.monotonicMs(), NEVER, { callClass: 'revalidation' })
    await settle()

    expect(refresh.permission).toEqual({ retryAtMs: START_MS + HELD_MS })
  })
})

describe('callers', () => {
  it('take turns: one with many calls does not keep another waiting', async () => {
    const { clock, fill, queue } = open(1)
    await fill()
    const many = Array.from({ length: 5 }, () => queue(FOR_EVER, NEVER, { caller: 'many' }))
    const one = queue(FOR_EVER, NEVER, { caller: 'one' })

    await clock.advance(HELD_MS)
    slotOf(many[0] ?? {}).answered()
    await clock.advance(HELD_MS)

    expect([...many, one].map(hasSlot)).toEqual([true, false, false, false, false, true])
  })
})

describe('a call that was refused', () => {
  it('and comes back at its reserved time goes before calls without a reservation', async () => {
    const { clock, fill, queue } = open(1)
    await fill()
    const refused = queue(START_MS, NEVER, { name: 'again' })
    await settle()
    expect(refused.permission).toEqual({ retryAtMs: START_MS + HELD_MS })
    const stranger = queue()

    // A little early, and yet after the stranger.
    await clock.advance(HELD_MS - 10)
    const again = queue(FOR_EVER, NEVER, { name: 'again' })
    await clock.advance(10)

    expect([hasSlot(stranger), hasSlot(again)]).toEqual([false, true])
  })

  it('counts in the times that others get, and gets the same time when it comes too early', async () => {
    const { clock, fill, queue } = open(1)
    await fill()
    const refusals: unknown[] = []
    for (const name of ['a', 'b', 'a', 'c']) {
      const place = queue(clock.monotonicMs(), NEVER, { name })
      await clock.advance(1000)
      refusals.push(place.permission)
    }

    expect(refusals).toEqual([1, 2, 1, 3].map((nth) => ({ retryAtMs: START_MS + nth * HELD_MS })))
  })

  it('holds no slot: a free one goes to the call that is there', async () => {
    const { clock, fill, queue, take } = open(1)
    await fill()
    queue(START_MS, NEVER, { name: 'gone' })
    await clock.advance(HELD_MS)

    await expect(take()).resolves.toBeDefined()
  })
})

describe('the reservations of others', () => {
  const greedy = (queue: ReturnType<typeof open>['queue'], count: number, parts: Partial<SlotRequest> = {}) =>
    Array.from({ length: count }, (_, index) =>
      queue(START_MS, NEVER, { caller: 'greedy', name: `greedy ${index}`, ...parts }),
    )

  it('count as many calls as the asker has itself, and in their own order', async () => {
    const { clock, budget, fill, queue } = open(10)
    await fill()
    await clock.advance(1000)
    const refused = greedy(queue, 76)
    await settle()
    expect(refused.at(-1)?.permission).toEqual({ retryAtMs: START_MS + 8 * HELD_MS })

    expect(budget.forecast(key, { caller: 'modest' }, 1)).toBe(START_MS + HELD_MS)
    expect(budget.comeBackAt(key, { caller: 'modest', waitMs: 0 }, 4)).toBe(START_MS + HELD_MS)
    // The caller's own calls go first, whatever it asks for.
    expect(budget.forecast(key, { caller: 'greedy', request: {} }, 1)).toBe(START_MS + 2 * HELD_MS)
  })

  it('end when nothing of their request was taken up at its time, and at once where its client left', async () => {
    const { clock, budget, fill, queue } = open(1)
    await fill()
    const [stays, leaves] = [{}, {}]
    greedy(queue, 3, { request: stays })
    queue(START_MS, NEVER, { caller: 'b', name: 'b', request: leaves })
    await settle()
    const next = (): number => budget.forecast(key, { caller: 'greedy', request: {} }, 1)
    expect(next()).toBe(START_MS + 3 * HELD_MS)

    budget.forget(key, { caller: 'b', request: leaves })
    expect(next()).toBe(START_MS + 2 * HELD_MS)
    expect(budget.comeBackAt(key, { caller: 'greedy', request: stays, waitMs: 0 }, 3)).toBe(
      START_MS + HELD_MS,
    )
    await clock.advance(HELD_MS + WINDOW_MS / 6)
    expect(next()).toBeGreaterThan(clock.monotonicMs())
    await clock.advance(1)
    expect(next()).toBe(clock.monotonicMs())
  })

  it('let a client that waits come back a little before its slot, where others want it, too', async () => {
    const { budget, fill, queue } = open(1)
    await fill()
    const asker = { caller: 'modest', request: {} }
    expect(budget.comeBackAt(key, { ...asker, waitMs: 2000 }, 1)).toBe(START_MS + HELD_MS)

    greedy(queue, 1)
    await settle()
    expect([0, 500, 2000].map((waitMs) => budget.comeBackAt(key, { ...asker, waitMs }, 1))).toEqual([
      START_MS + 2 * HELD_MS,
      START_MS + 2 * HELD_MS - 250,
      START_MS + 2 * HELD_MS - 1000,
    ])
  })
})

describe('a call whose time has come', () => {
  it('goes before calls of other callers that wait and have none', async () => {
    const { clock, fill, queue } = open(1)
    await fill()
    queue(START_MS, NEVER, { name: 'due', caller: 'modest' })
    await settle()
    await clock.advance(HELD_MS - 500)
    const hammering = queue(FOR_EVER, NEVER, { caller: 'hammering' })
    const due = queue(FOR_EVER, NEVER, { name: 'due', caller: 'modest' })
    await clock.advance(500)

    expect([hasSlot(due), hasSlot(hammering)]).toEqual([true, false])
  })

  it('keeps its place when it is refused again, and gets the time of the next slot', async () => {
    const { clock, fill, queue, take } = open(1)
    await fill()
    queue(START_MS, NEVER, { name: 'due', caller: 'modest' })
    for (let nth = 0; nth < 5; nth += 1) queue(START_MS, NEVER, { caller: `other ${nth}` })
    await clock.advance(HELD_MS)
    ;(await take()).answered()

    const again = queue(clock.monotonicMs(), NEVER, { name: 'due', caller: 'modest' })
    await settle()
    expect(again.permission).toEqual({ retryAtMs: START_MS + 2 * HELD_MS })
  })
})

it('a room that one caller has filled has place for a call of another, in the place of its last', async () => {
  const { fill, queue } = open(1)
  await fill()
  const many = Array.from({ length: 1000 }, () => queue(FOR_EVER, NEVER, { caller: 'many' }))

  const one = queue(FOR_EVER, NEVER, { caller: 'one' })
  await settle()
  expect(one.permission).toBeUndefined()
  expect(many.map(({ permission }) => permission !== undefined).lastIndexOf(false)).toBe(998)
  expect(many.at(-1)?.permission).toHaveProperty('retryAtMs')
})

it('a change that was refused is behind no reads that will come back', async () => {
  const { clock, fill, queue } = open(1)
  await fill()
  for (let index = 0; index < 5; index += 1) queue(START_MS, NEVER, { name: `read ${index}` })
  const change = queue(clock.monotonicMs(), NEVER, { callClass: 'mutation', name: 'change' })
  await settle()

  expect(change.permission).toEqual({ retryAtMs: START_MS + HELD_MS })
})

it('a wait that is put off while it lasts counts until its new end', async () => {
  const { clock, fill, queue } = open(1)
  await fill()
  const wait = { latestMs: START_MS + HELD_MS, retryAtMs: null as number | null }
  const place = queue(0, NEVER, { wait })
  const before = queue(FOR_EVER, NEVER, { callClass: 'mutation' })
  wait.latestMs = FOR_EVER
  await clock.advance(HELD_MS)
  expect([hasSlot(before), place.permission]).toEqual([true, undefined])
  slotOf(before).answered()

  await clock.advance(HELD_MS)
  expect(hasSlot(place)).toBe(true)
  expect(wait.retryAtMs).toBeNull()
})

it('an operation with a limit of its own keeps to both, and gives back what it does not use', async () => {
  const clock = createManualClock(START_MS)
  const openLedger = openMemoryLedger(clock)
  const operationLimits = { runAiRoof: 1 }
  const budget = createBudget({ limit: 3, windowMs: WINDOW_MS, operationLimits, clock, openLedger })
  const spend = (operation: string) =>
    budget.spend(key, { ...buildSlotRequest({ latestMs: clock.monotonicMs() }), operation })

  slotOf({ permission: await spend('runAiRoof') }).answered()
  expect(await spend('runAiRoof')).toEqual({ retryAtMs: START_MS + HELD_MS })
  expect(budget.state(key).remaining).toBe(2)
  for (let index = 0; index < 2; index += 1) slotOf({ permission: await spend('listProjects') }).answered()
  await clock.advance(HELD_MS)
  slotOf({ permission: await spend('runAiRoof') }).neverSent()

  expect(await spend('runAiRoof')).toHaveProperty('slot')
  expect(budget.state(key).remaining).toBe(2)
})

it('a request that an operation with a limit of its own has refused comes back when that has a slot', async () => {
  const clock = createManualClock(START_MS)
  const openLedger = openMemoryLedger(clock)
  const operationLimits = { runAiRoof: 1 }
  const budget = createBudget({ limit: 9, windowMs: WINDOW_MS, operationLimits, clock, openLedger })
  const spend = (request: object) => {
    const asked = buildSlotRequest({ latestMs: clock.monotonicMs(), request })
    return budget.spend(key, { ...asked, operation: 'runAiRoof' })
  }
  slotOf({ permission: await spend({}) }).answered()
  const [refused, another] = [{}, {}]
  await spend(refused)

  const comeBackAt = (request: object) => budget.comeBackAt(key, { caller: 'builder', request, waitMs: 0 }, 1)
  expect(comeBackAt(refused)).toBe(START_MS + HELD_MS)
  expect(comeBackAt(another)).toBe(START_MS)
})

describe('a 429', () => {
  it('pauses the key: no call gets a slot before its time, though slots are free', async () => {
    const { clock, budget, queue } = open(5)
    budget.pause(key, START_MS + 3000, NEWS)
    const place = queue()

    expect(budget.state(key)).toEqual({ limit: 5, remaining: 0, resetAtMs: START_MS + 3000 })
    await clock.advance(2999)
    expect(place.permission).toBeUndefined()
    await clock.advance(1)
    expect(hasSlot(place)).toBe(true)
  })

  it('refuses at once calls that wait and now cannot be served in time', async () => {
    const { clock, budget, fill, queue } = open(1)
    await fill()
    const [hurried, patient] = [queue(START_MS + HELD_MS), queue()]
    await clock.advance(10)

    budget.pause(key, START_MS + 70_000, NEWS)
    await settle()

    expect(hurried.permission).toEqual({ retryAtMs: START_MS + 70_000 + HELD_MS })
    expect(patient.permission).toBeUndefined()
    await clock.advance(69_990)
    expect(hasSlot(patient)).toBe(true)
  })

  it('grants one slot when its time is over, and all up to the limit when that call was answered', async () => {
    const { clock, budget, queue } = open(2)
    budget.pause(key, START_MS + 3000, NEWS)
    const places = [queue(), queue(), queue()]

    await clock.advance(3000)
    expect(places.map(hasSlot)).toEqual([true, false, false])
    budget.resume(key, START_MS + 3000)
    await clock.advance(1)

    expect(places.map(hasSlot)).toEqual([true, true, false])
  })
})

describe('the forecast', () => {
  it('is now while slots are left, and else behind the calls that wait', async () => {
    const { budget, fill, queue } = open(2)
    expect(budget.forecast(key, { caller: 'builder' }, 1)).toBe(START_MS)
    expect(budget.forecast(key, { caller: 'builder' }, 2)).toBe(START_MS)
    expect(budget.forecast(key, { caller: 'builder' }, 3)).toBe(START_MS + HELD_MS)
    await fill()
    queue()

    expect(budget.forecast(key, { caller: 'builder' }, 1)).toBe(START_MS + HELD_MS)
    expect(budget.forecast(key, { caller: 'builder' }, 2)).toBe(START_MS + 2 * HELD_MS)
  })

  it.each([0, -1])('of %i further calls is that of one', (count) => {
    expect(open(1).budget.forecast(key, { caller: 'builder' }, count)).toBe(START_MS)
  })

  it('comes true: a call that comes back then is served', async () => {
    const { clock, budget, fill } = open(3)
    await fill()
    const atMs = budget.forecast(key, { caller: 'builder' }, 3)

    await clock.advance(atMs - clock.monotonicMs())

    expect(budget.state(key).remaining).toBe(3)
  })
})

it('the first 429 of a row lowers the limit for a while, those that follow do not', () => {
  const { clock, budget } = open(20)

  budget.pause(key, START_MS + 1, { isFirstInARow: true })
  budget.pause(key, START_MS + 2, NEWS)
  expect(budget.state(key).limit).toBe(15)
  budget.resume(key, START_MS + 2)
  clock.jumpWall(3_600_000)

  expect(budget.state(key).limit).toBe(15)
  expect(budget.totals()).toEqual({
    limit: 15,
    remaining: 0,
    waiting: { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 },
    keys: 1,
  })
})

it('keys have nothing to do with each other', async () => {
  const { clock, budget, fill } = open(1)
  const other = buildScope('other').budgetKey
  await fill()
  budget.pause(key, START_MS + 1_000_000, NEWS)

  expect(budget.state(other)).toEqual({ limit: 1, remaining: 1, resetAtMs: null })
  expect(
    await budget.spend(other, buildSlotRequest({ latestMs: clock.monotonicMs(), signal: NEVER })),
  ).toHaveProperty('slot')
})

it('keys at rest take no memory, keys in use are not forgotten', async () => {
  const { clock, budget, take } = open(1)
  const use = async (token: string): Promise<void> => {
    const permission = await budget.spend(
      token as BudgetKey,
      buildSlotRequest({ latestMs: clock.monotonicMs(), signal: NEVER }),
    )
    slotOf({ permission }).answered()
  }
  const inUse = await take()
  const beforeBytes = countHeldBytes()

  for (let index = 0; index < 20_000; index += 1) {
    await use(`key-${index}`)
    if (index % 100 === 0) await clock.advance(HELD_MS)
  }

  expect(countHeldBytes() - beforeBytes).toBeLessThan(4 * 1024 * 1024)
  expect(budget.state(key).remaining).toBe(0)
  inUse.answered()
  expect(budget.state(key)).toMatchObject({ remaining: 0, resetAtMs: clock.monotonicMs() + HELD_MS })
})

it('a wall clock that is set does not move any slot', async () => {
  const { clock, budget, fill } = open(1)
  await fill()

  clock.jumpWall(3_600_000)
  expect(budget.state(key).remaining).toBe(0)
  clock.jumpWall(-7_200_000)
  await clock.advance(HELD_MS)

  expect(budget.state(key).remaining).toBe(1)
})

describe('before the end', () => {
  it('a call that can be served in time stays, another is refused at once and gets a time', async () => {
    const { clock, budget, take, queue } = open(1)
    ;(await take()).answered()
    const [first, second] = [queue(), queue()]

    budget.drain(START_MS + HELD_MS + 1000)
    await settle()
    expect(first.permission).toBeUndefined()
    expect(second.permission).toEqual({ retryAtMs: START_MS + 2 * HELD_MS })
    expect(budget.totals().waiting).toMatchObject({ interactive: 1 })

    await clock.advance(HELD_MS)
    expect(hasSlot(first)).toBe(true)
  })

  it('a call that waits for an answer that does not come is refused when the time is up', async () => {
    const { clock, budget, take, queue } = open(1)
    const slot = await take()
    const place = queue()

    // A slot that comes back any moment could still serve it.
    budget.drain(START_MS + HELD_MS + 1000)
    await clock.advance(HELD_MS + 1000)
    expect(place.permission).toHaveProperty('retryAtMs')
    slot.answered()
  })

  it('a key that is used for the first time is held to it too', async () => {
    const { budget, queue, clock } = open(1)
    budget.drain(START_MS + 1000)
    const first = queue()
    await settle()
    expect(hasSlot(first)).toBe(true)
    const second = queue()
    await settle()
    expect(second.permission).toHaveProperty('retryAtMs')
    expect(clock.countTimers()).toBe(0)
  })
})

describe('a limit that is read again', () => {
  function openWith(limits: Map<string, number>) {
    const clock = createManualClock(START_MS)
    const budget = createBudget({
      limit: 5,
      limitOf: (of) => limits.get(of),
      windowMs: WINDOW_MS,
      clock,
      openLedger: openMemoryLedger(clock),
    })
    const enter = (latestMs = START_MS) => {
      const place: { permission?: Permission } = {}
      void budget
        .spend(key, buildSlotRequest({ latestMs, callClass: 'mutation', signal: NEVER }))
        .then((permission) => (place.permission = permission))
      return place
    }
    return { clock, budget, enter }
  }

  it('counts at once: a lower one for every further slot, a higher one for calls that wait', async () => {
    const limits = new Map<string, number>([[key, 10]])
    const { budget, enter } = openWith(limits)
    Array.from({ length: 4 }, () => enter())
    await settle()
    limits.set(key, 5)
    budget.takeUpLimits()
    expect(budget.state(key)).toMatchObject({ limit: 5, remaining: 1 })
    enter()
    const waiting = enter(FOR_EVER)
    await settle()
    expect(hasSlot(waiting)).toBe(false)
    limits.set(key, 6)
    budget.takeUpLimits()
    await settle()
    expect(hasSlot(waiting)).toBe(true)
  })

  it('refuses calls at once that can no longer be served within their wait, with the time', async () => {
    const limits = new Map<string, number>([[key, 4]])
    const { clock, budget, enter } = openWith(limits)
    const slots = Array.from({ length: 4 }, () => enter())
    await settle()
    for (const [index, place] of slots.entries()) {
      slotOf(place).answered()
      await clock.advance(index < 3 ? 1000 : 0)
    }
    // The first slot frees in time.
    const waiting = enter(START_MS + HELD_MS)
    await settle()
    limits.set(key, 3)
    budget.takeUpLimits()
    await settle()
    expect(waiting.permission).toEqual({ retryAtMs: START_MS + 1000 + HELD_MS })
  })

  it('frees no slot that is held, and forgets keys that are at rest', async () => {
    const limits = new Map<string, number>([[key, 3]])
    const { clock, budget, enter } = openWith(limits)
    const slot = enter()
    await settle()
    budget.takeUpLimits()
    expect(budget.totals().keys).toBe(1)
    expect(budget.state(key).remaining).toBe(2)
    slotOf(slot).answered()
    await clock.advance(HELD_MS)
    budget.takeUpLimits()
    expect(budget.totals().keys).toBe(0)
  })
})

describe('a slot at once', () => {
  const asked = { operation: 'getProject', callClass: 'interactive', name: 'a' } as const

  it('is given while there are plenty, counts as any other, and is left to the queue where there are few', async () => {
    const { budget } = open(202)
    const slots = [1, 2, 3].map(() => budget.spendAtOnce(key, asked))
    expect(slots.every((slot) => slot !== null)).toBe(true)
    expect(budget.state(key).remaining).toBe(199)
    expect(budget.spendAtOnce(key, asked)).toBeNull()
    expect(budget.state(key).remaining).toBe(199)
    slots[0]?.neverSent()
    expect(budget.spendAtOnce(key, asked)).not.toBeNull()
  })

  it('is not given while the key is paused, nor before a call that waits', async () => {
    const { clock, budget, queue } = open(1000)
    budget.pause(key, clock.monotonicMs() + 5000, NEWS)
    expect(budget.spendAtOnce(key, asked)).toBeNull()
    const waits = queue()
    await clock.advance(5000)
    expect(hasSlot(waits)).toBe(true)
    // One call tries the key, and all others wait for its answer.
    expect(budget.spendAtOnce(key, asked)).toBeNull()
    slotOf(waits).answered()
    expect(budget.spendAtOnce(key, asked)).not.toBeNull()
  })

  it('is not given for an operation that has a limit of its own', () => {
    const clock = createManualClock(START_MS)
    const budget = createBudget({
      limit: 1000,
      windowMs: WINDOW_MS,
      operationLimits: { [asked.operation]: 1000 },
      clock,
      openLedger: openMemoryLedger(clock),
    })
    expect(budget.spendAtOnce(key, asked)).toBeNull()
    expect(budget.spendAtOnce(key, { ...asked, operation: 'getDesign' })).not.toBeNull()
  })
})
