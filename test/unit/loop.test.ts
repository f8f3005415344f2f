// Turns of the event loop: how much is done in each, whose step is next, and how accepted connections go before steps.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createLoop } from '../../src/turns/loop.ts'
import type { StepKind } from '../../src/turns/loop.ts'
import { createPace, UNITS_PER_TURN } from '../../src/turns/pace.ts'
import { createManualClock } from '../support/manual-clock.ts'

/** A clock that only the steps move: each takes as long as it says. */
function open() {
  let nowMs = 0
  const loop = createLoop({ clock: { monotonicMs: () => nowMs } })
  const seen: string[] = []
  const later = (kind: StepKind, name: string, takesMs = 0, party = 'a'): (() => void) =>
    loop.later(kind, () => {
      seen.push(name)
      nowMs += takesMs
    }, ['', party, {}])
  return { loop, seen, later, pass: (ms: number) => void (nowMs += ms) }
}

const repeat = (count: number, act: (index: number) => void): void => {
  for (let index = 0; index < count; index += 1) act(index)
}

describe('one turn of the event loop', () => {
  it('does steps until its time is over, and at least one', async () => {
    const { seen, later } = open()
    repeat(30, () => later('start', 'short', 1))
    repeat(3, () => later('start', 'long', 50))
    const lengths: number[] = []
    while (seen.length < 33) {
      const before = seen.length
      await nextTurn()
      lengths.push(seen.length - before)
    }
    expect(lengths.filter((length) => length > 0)).toEqual([10, 10, 10, 1, 1, 1])
  })

  it('has time for what comes at once only while nothing waits and its time is not over', async () => {
    const { loop, later, pass } = open()
    expect(loop.isFree()).toBe(true)
    pass(9)
    expect(loop.isFree()).toBe(true)
    pass(1)
    expect(loop.isFree()).toBe(false)
    await nextTurn()
    expect(loop.isFree()).toBe(true)
    later('read', 'waits')
    expect(loop.isFree()).toBe(false)
  })

  it('has time for what takes less than to wait until its time is over, also while others wait', async () => {
    const { loop, seen, later, pass } = open()
    later('read', 'waits')
    expect(loop.isFree()).toBe(false)
    expect(loop.hasTime()).toBe(true)
    pass(10)
    expect(loop.hasTime()).toBe(false)
    await nextTurn()
    await nextTurn()
    expect(seen).toEqual(['waits'])
    expect(loop.hasTime()).toBe(true)
  })

  it('does one piece of work, and other steps beside it', async () => {
    const { loop, seen, later } = open()
    repeat(3, () => loop.work(() => seen.push('work'), ['', 'a', {}]))
    expect(seen).toEqual(['work'])
    repeat(2, () => later('start', 'start'))
    await nextTurn()
    await nextTurn()
    expect(seen.filter((what) => what === 'work').length).toBeLessThanOrEqual(3)
    expect(seen.slice(1, 4)).toContain('start')
  })
})

describe('while connections are accepted', () => {
  /** In each turn one more is accepted. Returns how many steps each turn did. */
  async function accept(count: number, { loop, seen }: Pick<ReturnType<typeof open>, 'loop' | 'seen'>) {
    const lengths: number[] = []
    for (let turn = 0; turn < count; turn += 1) {
      loop.noteAccepted()
      const before = seen.length
      await nextTurn()
      lengths.push(seen.length - before)
    }
    return lengths
  }

  it('a long step is paid for with turns in which no step is done', async () => {
    const { loop, seen, later } = open()
    repeat(100, () => later('start', 'long', 10))
    const lengths = await accept(100, { loop, seen })
    expect(Math.max(...lengths)).toBe(1)
    expect(seen.length).toBeGreaterThanOrEqual(9)
    expect(seen.length).toBeLessThanOrEqual(11)
  })

  it('each turn has a millisecond of steps, so that whoever only opens connections stops nobody', async () => {
    const { loop, seen, later } = open()
    repeat(400, () => later('start', 'short', 0.25))
    const lengths = await accept(50, { loop, seen })
    expect(new Set(lengths.slice(1))).toEqual(new Set([4]))
  })

  it.each([0, 0.02, 0.3])('requests begin, too, where a read of %d ms comes with each', async (readMs) => {
    const { loop, seen, later } = open()
    const waits: number[] = []
    let starts = 0
    for (let turn = 0; turn < 1_000; turn += 1) {
      later('read', 'read', readMs)
      if (turn % 20 === 0) {
        starts += 1
        later('start', `start ${starts}`, 5)
      }
      await accept(1, { loop, seen })
      if (starts > waits.length && seen.includes(`start ${waits.length + 1}`)) waits.push(turn % 20)
    }
    expect(waits).toHaveLength(50)
    expect(Math.max(...waits)).toBeLessThanOrEqual(10)
    expect(seen.filter((what) => what === 'read').length).toBeGreaterThanOrEqual(990)
  })

  it('a kind waits for some tens of turns at the most, also after a step that took very long', async () => {
    const { loop, seen, later } = open()
    repeat(2, () => later('start', 'long', 300))
    repeat(1_000, () => later('read', 'read', 1))
    await accept(1_000, { loop, seen })
    const starts = [...seen.keys()].filter((index) => seen[index] === 'long')
    expect(starts).toHaveLength(2)
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeLessThanOrEqual(32)
  })

  it('what has come is not read at once, and all goes on as before when none comes any more', async () => {
    const { loop, seen, later } = open()
    repeat(20, () => later('start', 'long', 10))
    await accept(5, { loop, seen })
    expect(loop.isFree()).toBe(false)
    const before = seen.length
    await nextTurn()
    await nextTurn()
    await nextTurn()
    expect(seen.length).toBeGreaterThanOrEqual(before + 2)
  })
})

describe('the next step', () => {
  it('is of the kind that has had least of its share of the time; most is for what connections send first', async () => {
    const { seen, later } = open()
    repeat(400, () => later('start', 'start', 5))
    repeat(400, () => later('readOn', 'readOn', 1))
    repeat(400, () => later('read', 'read', 1))
    while (seen.length < 300) await nextTurn()
    const timeOf = (name: string): number =>
      seen.slice(0, 300).filter((what) => what === name).length * (name === 'start' ? 5 : 1)
    expect(timeOf('read') / timeOf('readOn')).toBeCloseTo(3, 0)
    expect(timeOf('start') / timeOf('readOn')).toBeCloseTo(1, 0)
  })

  it('is soon one of the other kinds, however many of one kind wait', async () => {
    const loop = createLoop({ clock: createManualClock() })
    const seen: string[] = []
    repeat(300, (index) => loop.later('readOn', () => seen.push('more'), ['', 'a', { index }]))
    loop.later('read', () => seen.push('read'), ['', 'a', {}])
    loop.later('start', () => seen.push('start'), ['', 'starts'])
    while (seen.length < 302) await nextTurn()
    expect(seen.slice(0, 3).toSorted()).toEqual(['more', 'read', 'start'])
  })

  it('is that of another address, however many connections of one address wait to be read', async () => {
    const { seen, later } = open()
    repeat(300, () => later('read', 'flood', 1, 'flooding'))
    later('read', 'honest', 1, 'other')
    while (seen.length < 301) await nextTurn()
    expect(seen.indexOf('honest')).toBeLessThanOrEqual(1)
  })
})

describe('a step that waits', () => {
  it('can be taken out again, and then keeps nobody waiting', async () => {
    const { loop, seen, later } = open()
    const takeOut = loop.later('read', () => seen.push('closed'), ['', 'a', {}])
    expect(loop.isFree()).toBe(false)
    takeOut()
    takeOut()
    expect(loop.isFree()).toBe(true)
    later('read', 'open')
    while (seen.length === 0) await nextTurn()
    takeOut()
    await nextTurn()
    expect(seen).toEqual(['open'])
    expect(loop.isFree()).toBe(true)
  })
})

describe('work of large answers', () => {
  it('of a hundred requests of one caller does not hold up another caller, and is one piece in each turn', async () => {
    const loop = createLoop({ clock: createManualClock() })
    const begun: string[] = []
    const start = (party: string): void => {
      const request = {}
      const pace = createPace({ inTurn: (piece) => loop.work(piece, ['', party, request]) })
      repeat(5, () => void pace.wait(UNITS_PER_TURN).then(() => begun.push(party)))
    }
    repeat(100, () => start('greedy'))
    start('modest')
    let most = 0
    while (begun.length < 505) {
      const before = begun.length
      await nextTurn()
      most = Math.max(most, begun.length - before)
    }
    expect(most).toBeLessThanOrEqual(2)
    expect(begun.lastIndexOf('modest')).toBeLessThan(20)
  })

  it('of one caller is done for four requests at once, so that few large answers are half made', async () => {
    const loop = createLoop({ clock: createManualClock() })
    const seen: number[] = []
    const requests = Array.from({ length: 20 }, () => ({}))
    const begin = (index: number, pieces: number): void =>
      void loop.work(() => {
        seen.push(index)
        if (pieces > 1) begin(index, pieces - 1)
      }, ['', 'greedy', requests[index] ?? {}])
    for (const index of requests.keys()) begin(index, 3)
    while (seen.length < 60) await nextTurn()
    const halfMade = seen.map((_, moment) => {
      const before = seen.slice(0, moment + 1)
      return new Set(before.filter((index) => before.filter((other) => other === index).length < 3)).size
    })
    expect(Math.max(...halfMade)).toBeLessThanOrEqual(5)
    expect(new Set(seen).size).toBe(20)
  })
})
