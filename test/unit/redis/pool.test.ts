// The pool, one message at a time: what a lease is worth when answers are lost, what comes late, and what a clock may do.
import { describe, expect, it } from 'vitest'
import { contact } from '../../../src/redis/pool.ts'
import type { PoolAnswer, PoolMessage, PoolState } from '../../../src/redis/pool.ts'

const WINDOW_MS = 20_000
const START_MS = 1_795_648_096_000

function open() {
  const seqs: Record<string, number> = {}
  let state: PoolState | null = {
    generation: 'g',
    openAt: 0,
    at: START_MS,
    shift: 0,
    slots: {},
    replicas: {},
    closedUntil: 0,
    isUnproven: false,
    learnedLimit: -1,
    learnedAt: 0,
    wantedUntil: 0,
  }
  let redisMs = START_MS
  let slots = 0
  return {
    after(ms: number) {
      redisMs += ms
    },
    flush() {
      state = null
    },
    state: () => state,
    tell(replica: string, parts: Partial<PoolMessage> = {}): PoolAnswer {
      const seq = (seqs[replica] ?? 0) + 1
      seqs[replica] = seq
      const result = contact(structuredClone(state), redisMs, {
        replica,
        seq,
        generation: 'g',
        sentAt: redisMs + (state?.shift ?? 0),
        token: 'new',
        limit: 10,
        windowMs: WINDOW_MS,
        flightMs: 1000,
        share: 5,
        recoverMs: 400_000,
        lease: 0,
        held: {},
        waiting: [0, 0, 0, 0],
        take: '',
        rank: 0,
        kept: 0,
        lendMs: -1,
        closeForMs: -1,
        learnedLimit: -1,
        isReopened: false,
        isGoodbye: false,
        ...parts,
      })
      if (!result.answer.isVoid) state = result.state
      return result.answer
    },
    take: () => `s${(slots += 1)}`,
  }
}

const hold = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}`, -1]))

describe('a lease', () => {
  it('is kept from the others until the replica has shown that it knows a lower one', () => {
    const { tell, take } = open()
    expect(tell('a').lease).toBe(5)
    expect(tell('b', { held: hold(5), take: take() })).toMatchObject({ isGranted: false, isWanted: true })
    // The answer that takes its lease away may be lost.
    expect(tell('a', { lease: 5 }).lease).toBe(0)
    expect(tell('b', { held: hold(5), take: take() }).isGranted).toBe(false)
    tell('a', { lease: 0 })
    expect(tell('b', { held: hold(5), take: take() }).isGranted).toBe(true)
  })

  it('grows to the share for whoever is not heard of, as it may be running on its own', () => {
    const { tell, take, after } = open()
    expect(tell('b', { held: hold(8) }).lease).toBe(2)
    expect(tell('a', { lease: 0 }).lease).toBe(0)
    expect(tell('b', { held: hold(2) }).lease).toBe(5)
    for (let beats = 0; beats < 4; beats += 1) {
      after(800)
      tell('b', { held: hold(2) })
    }
    const { lost, isGranted } = tell('b', { held: hold(5), take: take() })
    expect({ lost, isGranted }).toEqual({ lost: 5, isGranted: false })
    for (let beats = 0; beats < 18; beats += 1) {
      after(1000)
      tell('b', { held: hold(5) })
    }
    expect(tell('b', { held: hold(5), take: take() }).isGranted).toBe(true)
  })
})

describe('a message', () => {
  it('that comes late takes nothing', () => {
    const { tell, take, after } = open()
    tell('a')
    after(30_000)
    expect(tell('a', { take: take(), sentAt: START_MS + 10, lease: 5 })).toMatchObject({
      isGranted: false,
      lease: 5,
    })
  })

  it('that is overtaken changes nothing', () => {
    const { tell, state } = open()
    tell('a', { held: hold(3), seq: 7 })
    const before = structuredClone(state())
    expect(tell('a', { held: {}, seq: 6 }).isVoid).toBe(true)
    expect(state()).toEqual(before)
  })

  it('says all that its sender holds: what it leaves out is free', () => {
    const { tell } = open()
    expect(tell('a', { held: hold(10) }).lease).toBe(0)
    expect(tell('a', { held: hold(1) }).lease).toBe(5)
  })
})

describe("Redis' clock", () => {
  it.each([3_600_000, -3_600_000])('that is set by %i ms frees no slot and keeps none', (ms) => {
    const { tell, after, state } = open()
    tell('a', { held: { x: 20_000 } })
    const sentAt = START_MS + 1000
    after(1000 + ms)
    tell('b', { sentAt })
    expect(Object.keys(state()?.slots ?? {})).toEqual(['x'])
    after(19_000)
    tell('b', { sentAt: sentAt + 19_100 })
    expect(Object.keys(state()?.slots ?? {})).toEqual([])
  })
})

describe('a pool that was lost', () => {
  it('opens when all that it never heard of has freed, later where Redis was away again', () => {
    const { tell, after, flush } = open()
    tell('a')
    flush()
    expect(tell('a', { take: 's' })).toMatchObject({ isGranted: false, generation: 'new', opensInMs: 21_000 })
    after(10_000)
    // Nobody was heard for ten seconds: those who hold slots could not tell.
    expect(tell('a', { generation: 'new' }).opensInMs).toBe(21_000)
  })
})
