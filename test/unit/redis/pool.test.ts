// The model of the pool, one message at a time: a lease where answers are lost, late messages, and clocks that are set.
import { describe, expect, it } from 'vitest'
import type { PoolAnswer, PoolMessage, PoolState } from '../../../src/redis/pool-protocol.ts'
import { buildPool, buildPoolMessage } from '../../support/build-pool.ts'
import { applyMessage } from '../../support/pool-model.ts'

const WINDOW_MS = 20_000
const START_MS = 1_795_648_096_000

function open() {
  const seqs: Record<string, number> = {}
  let state: PoolState | null = buildPool({ at: START_MS })
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
    send(replica: string, parts: Partial<PoolMessage> = {}): PoolAnswer {
      const seq = (seqs[replica] ?? 0) + 1
      seqs[replica] = seq
      const message = buildPoolMessage({
        replica,
        seq,
        generation: 'g',
        sentAt: redisMs + (state?.shift ?? 0),
        token: 'new',
        windowMs: WINDOW_MS,
        ...parts,
      })
      const result = applyMessage(structuredClone(state), redisMs, message)
      if (!result.answer.isVoid) state = result.state
      return result.answer
    },
    take: () => `s${(slots += 1)}`,
  }
}

const hold = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}`, -1]))

describe('a lease', () => {
  it('is kept from the others until a message of the replica confirms a lower one', () => {
    const { send, take } = open()
    expect(send('a').lease).toBe(5)
    expect(send('b', { held: hold(5), take: take() })).toMatchObject({ isGranted: false, isWanted: true })
    // The answer that takes its lease away may be lost.
    expect(send('a', { lease: 5 }).lease).toBe(0)
    expect(send('b', { held: hold(5), take: take() }).isGranted).toBe(false)
    send('a', { lease: 0 })
    expect(send('b', { held: hold(5), take: take() }).isGranted).toBe(true)
  })

  it('grows to the share for a replica that sends nothing, as it may be working without the pool', () => {
    const { send, take, after } = open()
    expect(send('b', { held: hold(8) }).lease).toBe(2)
    expect(send('a', { lease: 0 }).lease).toBe(0)
    expect(send('b', { held: hold(2) }).lease).toBe(5)
    for (let beats = 0; beats < 4; beats += 1) {
      after(800)
      send('b', { held: hold(2) })
    }
    const { lost, isGranted } = send('b', { held: hold(5), take: take() })
    expect({ lost, isGranted }).toEqual({ lost: 5, isGranted: false })
    for (let beats = 0; beats < 18; beats += 1) {
      after(1000)
      send('b', { held: hold(5) })
    }
    expect(send('b', { held: hold(5), take: take() }).isGranted).toBe(true)
  })
})

describe('a message', () => {
  it('that comes late takes nothing', () => {
    const { send, take, after } = open()
    send('a')
    after(30_000)
    expect(send('a', { take: take(), sentAt: START_MS + 10, lease: 5 })).toMatchObject({
      isGranted: false,
      lease: 5,
    })
  })

  it('that comes after a later one changes nothing', () => {
    const { send, state } = open()
    send('a', { held: hold(3), seq: 7 })
    const before = structuredClone(state())
    expect(send('a', { held: {}, seq: 6 }).isVoid).toBe(true)
    expect(state()).toEqual(before)
  })

  it('lists all slots of its sender: a slot that is not in it is free', () => {
    const { send } = open()
    expect(send('a', { held: hold(10) }).lease).toBe(0)
    expect(send('a', { held: hold(1) }).lease).toBe(5)
  })
})

describe("Redis' clock", () => {
  it.each([3_600_000, -3_600_000])('that is set by %i ms frees no slot and keeps none', (ms) => {
    const { send, after, state } = open()
    send('a', { held: { x: 20_000 } })
    const sentAt = START_MS + 1000
    after(1000 + ms)
    send('b', { sentAt })
    expect(Object.keys(state()?.slots ?? {})).toEqual(['x'])
    after(19_000)
    send('b', { sentAt: sentAt + 19_100 })
    expect(Object.keys(state()?.slots ?? {})).toEqual([])
  })
})

describe('a pool that was lost', () => {
  it('opens when all slots that it has no record of have freed, and later where Redis was away again', () => {
    const { send, after, flush } = open()
    send('a')
    flush()
    expect(send('a', { take: 's' })).toMatchObject({ isGranted: false, generation: 'new', opensInMs: 21_000 })
    after(10_000)
    // No message came for ten seconds: replicas that hold slots could not report them.
    expect(send('a', { generation: 'new' }).opensInMs).toBe(21_000)
  })
})

describe('replicas with different limits', () => {
  it('have the lowest that one of them has told, until that one ends or tells another', () => {
    const pool = open()
    pool.send('a', { share: 0, limit: 10, take: 'a.1' })
    expect(pool.send('b', { share: 0, limit: 2, take: 'b.1' })).toMatchObject({ isGranted: true, limit: 2 })
    expect(pool.send('a', { share: 0, limit: 10, take: 'a.2', held: { 'a.1': -1 } })).toMatchObject({
      isGranted: false,
      limit: 2,
    })
    expect(pool.send('b', { share: 0, limit: 12, held: { 'b.1': -1 } })).toMatchObject({ limit: 10 })
    expect(pool.send('a', { share: 0, limit: 12, take: 'a.2', held: { 'a.1': -1 } })).toMatchObject({
      isGranted: true,
      limit: 12,
    })
  })

  it('keep for one that is lost the share that it has', () => {
    const pool = open()
    pool.send('lost', { limit: 20, share: 7 })
    pool.after(4000)
    expect(pool.send('a', { limit: 10, share: 2 })).toMatchObject({ lost: 7 })
  })
})

describe('a pool that has lost its data', () => {
  const former = (peers: Record<string, true>, parts: object = {}) => ({
    former: { generation: 'g', isWhole: true, peers, orphansForMs: 0, ...parts },
  })
  /** Two replicas report to it, and after 3 s again. */
  const opensIn = (a: Partial<PoolMessage>, b: Partial<PoolMessage>, ms = 3000): number => {
    const pool = open()
    pool.flush()
    pool.send('a', a)
    pool.send('b', b)
    pool.after(ms)
    pool.send('a', { ...a, generation: 'new' })
    return pool.send('b', { ...b, generation: 'new' }).opensInMs
  }

  it('opens as soon as every replica of the pool before it had the time to report its slots', () => {
    expect(opensIn(former({ b: true }), former({ a: true }))).toBe(0)
    expect(opensIn(former({ b: true }), former({ a: true }), 2999)).toBeGreaterThan(17_000)
  })

  it('opens also where a replica is new to it, and then counts what all have reported', () => {
    expect(opensIn(former({}), {})).toBe(0)
    const pool = open()
    pool.flush()
    pool.send('a', { ...former({ b: true }), held: { 'a.1': 9000, 'a.2': -1 } })
    pool.send('b', { ...former({ a: true }), held: { 'b.1': 9000 } })
    pool.after(3000)
    const held = { 'a.1': 6000, 'a.2': -1 }
    const answer = pool.send('a', { ...former({ b: true }), generation: 'new', held, take: 'a.3' })
    expect(answer).toMatchObject({ isGranted: true, opensInMs: 0, frees: [6000] })
    expect(Object.keys(pool.state()?.slots ?? {})).toHaveLength(4)
  })

  it.each([
    ['a replica of it is missing', former({ b: true, c: true }), former({ a: true, c: true })],
    ['a replica of it was cut off', former({ b: true }, { isWhole: false }), former({ a: true })],
    ['its replicas know different ones', former({ b: true }), former({ a: true }, { generation: 'h' })],
    ['nobody knows one', {}, {}],
  ])('stays closed for a window where %s', (_, a, b) => {
    expect(opensIn(a, b)).toBeGreaterThan(17_000)
  })

  it('waits for the slots of a replica that had ended', () => {
    expect(opensIn(former({ b: true }, { orphansForMs: 5000 }), former({ a: true }))).toBe(5000)
  })
})
