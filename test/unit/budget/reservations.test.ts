import { describe, expect, it } from 'vitest'
import { createReservations } from '../../../src/budget/reservations.ts'

const GRACE_MS = 1000
const [first, second] = [{}, {}]

const at = (atMs: number, nowMs = 0) => ({ atMs, firstAtMs: atMs, nowMs })

describe('a reservation', () => {
  it('counts until a grace time after its time, and then no more', () => {
    const reservations = createReservations(GRACE_MS)
    reservations.add('call', { caller: 'a' }, at(5000))

    expect(reservations.expected('a', 100, 6000)).toBe(1)
    expect(reservations.expected('a', 100, 6001)).toBe(0)
    expect(reservations.takeUp('call', 6001)).toBeNull()
  })

  it('ends when its call comes back, and another call has none', () => {
    const reservations = createReservations(GRACE_MS)
    reservations.add('call', { caller: 'a' }, at(5000))
    expect(reservations.takeUp('other', 0)).toBeNull()

    expect(reservations.takeUp('call', 0)?.atMs).toBe(5000)
    expect([reservations.takeUp('call', 0), reservations.isEmpty(0)]).toEqual([null, true])
  })

  it('waits for the time that its request was told, and lapses with all others of the request', () => {
    const reservations = createReservations(GRACE_MS)
    const asker = { caller: 'a', request: first }
    reservations.add('early', asker, at(5000))
    reservations.add('late', asker, at(90_000))
    reservations.add('beside', { caller: 'a', request: second }, at(90_000))
    reservations.promise(asker, 8000)

    expect(reservations.countOf(asker, 9000)).toBe(2)
    expect(reservations.countOf(asker, 9001)).toBe(0)
    expect(reservations.takeUp('beside', 9001)?.atMs).toBe(90_000)
  })

  it('of a request that has come back, and was told nothing, lapses alone', () => {
    const reservations = createReservations(GRACE_MS)
    for (const [name, atMs] of [
      ['x', 5000],
      ['y', 6000],
      ['z', 90_000],
    ] as const)
      reservations.add(name, { caller: 'a' }, at(atMs))
    reservations.takeUp('x', 5000)

    expect(reservations.countOf({ caller: 'a' }, 7001)).toBe(1)
    expect(reservations.takeUp('z', 89_000)?.atMs).toBe(90_000)
  })

  it('counts no more once the client of its request has left', () => {
    const reservations = createReservations(GRACE_MS)
    const asker = { caller: 'a', request: first }
    reservations.add('call', asker, at(5000))

    reservations.forget({ caller: 'a', request: second })
    expect(reservations.countOf(asker, 0)).toBe(1)
    reservations.forget(asker)
    expect(reservations.isEmpty(0)).toBe(true)
  })
})

describe('the calls that are expected', () => {
  it('are of another caller no more than asked for, and of another request of the caller no more than fit into a window', () => {
    const reservations = createReservations(GRACE_MS)
    for (let index = 0; index < 8; index += 1) {
      reservations.add(`a ${index}`, { caller: 'a', request: first }, at(5000))
      if (index < 3) reservations.add(`b ${index}`, { caller: 'b' }, at(5000))
    }

    expect([1, 4, 100].map((most) => reservations.expectedOfOthers('c', most, 0))).toEqual([2, 7, 11])
    expect(reservations.expectedOfOthers('a', 100, 0)).toBe(3)
    expect(reservations.countBeside({ caller: 'a', request: second }, 5, 0)).toBe(5)
    expect(reservations.countBeside({ caller: 'a', request: first }, 5, 0)).toBe(0)
  })

  it('are fewer of a caller whose requests have not come back, and count again when they do', () => {
    const reservations = createReservations(GRACE_MS)
    const add = (name: string, nowMs: number): void =>
      reservations.add(name, { caller: 'a' }, at(nowMs, nowMs))
    for (let nowMs = 0; nowMs < 10_000; nowMs += 2000) add(`left ${nowMs}`, nowMs)
    add('now', 10_000)
    const afterLeaving = reservations.expected('a', 100, 10_000)
    expect(afterLeaving).toBeLessThan(0.3)

    for (let nowMs = 12_000; nowMs < 22_000; nowMs += 2000) {
      add(`back ${nowMs}`, nowMs)
      reservations.takeUp(`back ${nowMs}`, nowMs)
    }
    add('then', 22_000)
    expect(reservations.expected('a', 100, 22_000)).toBeGreaterThan(0.6)
  })
})

describe('the book of reservations', () => {
  it('has room for two thousand; the caller that has the most makes room for others, and gets no more itself', () => {
    const reservations = createReservations(GRACE_MS)
    for (let index = 0; index < 2000; index += 1)
      reservations.add(`many ${index}`, { caller: 'many' }, at(5000))

    reservations.add('one more', { caller: 'many' }, at(5000))
    expect(reservations.takeUp('one more', 0)).toBeNull()
    reservations.add('of another', { caller: 'one' }, at(5000))
    expect(reservations.takeUp('of another', 0)?.atMs).toBe(5000)
    expect(reservations.takeUp('many 1999', 0)).toBeNull()
    expect(reservations.takeUp('many 1998', 0)?.atMs).toBe(5000)
  })
})
