// The queue of one key without its timers: each decision for a given window and a given moment.
import { describe, expect, it } from 'vitest'
import {
  createQueue,
  findReady,
  forecastCalls,
  nextEventAtMs,
  noteBusy,
  removeGranted,
  removeLate,
  reserve,
} from '../../../src/budget/queue.ts'
import type { Queue, QueuedCall } from '../../../src/budget/queue.ts'
import { createWindow, holdSlot, takeSlot } from '../../../src/budget/window.ts'

const WINDOW_MS = 1000
const HELD_MS = WINDOW_MS + 40

/** A queue over a window whose slots free at these times. */
function draw(limit: number, freesAtMs: readonly number[] = []): Queue<QueuedCall> {
  const window = createWindow(limit, WINDOW_MS)
  for (const atMs of freesAtMs) {
    takeSlot(window)
    holdSlot(window, atMs - HELD_MS)
  }
  return createQueue(window)
}

const call = (name: string, latestMs: number, parts: Partial<QueuedCall> = {}): QueuedCall => ({
  name,
  callClass: 'interactive',
  caller: 'a',
  reservedAtMs: null,
  wait: { latestMs, retryAtMs: null },
  isSentBack: false,
  ...parts,
})

const names = (calls: Iterable<QueuedCall>): string[] => [...calls].map(({ name }) => name)

describe('the call that goes next', () => {
  it('is the first one, once a slot is free and the ledger is not busy', () => {
    const queue = draw(1, [500])
    queue.calls.push(call('first', 9000), call('second', 9000))

    expect(findReady(queue, 499)).toBeUndefined()
    expect(findReady(queue, 500)?.name).toBe('first')
    noteBusy(queue, 'interactive', 600)
    expect(findReady(queue, 599)).toBeUndefined()
  })

  it('waits for no refusal of a class behind its own, and for each of a class before it', () => {
    const queue = draw(40)
    noteBusy(queue, 'revalidation', 600)
    queue.calls.push(call('read', 9000))

    expect(findReady(queue, 0)?.name).toBe('read')
    expect(nextEventAtMs(queue, 0)).toBe(0)
    expect(forecastCalls(queue, { callClass: 'warmUp', caller: 'a' }, { count: 1, nowMs: 0 })).toBe(600)
    noteBusy(queue, 'mutation', 700)
    expect(findReady(queue, 699)).toBeUndefined()
    expect(findReady(queue, 700)?.name).toBe('read')
  })

  it('gives its slot to the first one where it has left, and to none where all have left', () => {
    const queue = draw(1)
    const left = call('left', 9000)
    queue.calls.push(call('stays', 9000))

    expect(removeGranted(queue, left, 0)?.name).toBe('stays')
    expect(removeGranted(queue, left, 0)).toBeUndefined()
    expect(queue.turns.size).toBe(0)
  })

  it('is one of the caller whose last slot is the oldest', () => {
    const queue = draw(3)
    const one = call('a1', 9000)
    queue.calls.push(one, call('a2', 9000), call('b1', 9000, { caller: 'b' }))
    removeGranted(queue, one, 0)

    expect(findReady(queue, 0)?.name).toBe('b1')
  })
})

describe('calls that are late', () => {
  it('are removed in one pass, where each that is removed moves the others up', () => {
    const queue = draw(2, [500, 800])
    queue.calls.push(call('late', 499), call('first', 500), call('second', 800), call('third', 800))

    expect(names(removeLate(queue, 0))).toEqual(['late', 'third'])
    expect(names(queue.calls)).toEqual(['first', 'second'])
    expect(queue.calls.map(({ wait }) => wait.retryAtMs)).toEqual([500, 800])
  })

  it('are all that go after the end of the process', () => {
    const queue = draw(2, [500, 800])
    queue.calls.push(call('first', 9000), call('second', 9000))
    queue.drainedAtMs = 600

    expect(names(removeLate(queue, 0))).toEqual(['second'])
  })
})

describe('the time of a refusal', () => {
  it('is behind the calls that wait and the calls that have a time, and the same when a call comes too early', () => {
    const queue = draw(1, [500])
    queue.calls.push(call('waits', 9000))

    const times = ['x', 'y', 'x'].map((name) => reserve(queue, call(name, 0), 0))
    expect(times).toEqual([500 + HELD_MS, 500 + 2 * HELD_MS, 500 + HELD_MS])
  })

  it('does not count a call twice that has come back and waits', () => {
    const queue = draw(1, [500])
    reserve(queue, call('x', 0), 0)
    queue.calls.push(call('x', 9000, { reservedAtMs: 500 }))

    expect(forecastCalls(queue, call('another', 0), { count: 1, nowMs: 0 })).toBe(500 + HELD_MS)
  })
})

describe('the next event', () => {
  it('is a free slot or the first deadline, whichever is earlier, and none without calls', () => {
    const queue = draw(1, [500])
    expect(nextEventAtMs(queue, 0)).toBeNull()
    queue.calls.push(call('first', 9000))
    expect(nextEventAtMs(queue, 0)).toBe(500)
    queue.calls.push(call('second', 300))
    expect(nextEventAtMs(queue, 0)).toBe(300)
  })

  it('is a deadline alone while one call tries the key', () => {
    const queue = draw(1)
    takeSlot(queue.window)
    queue.window.isUnproven = true
    queue.calls.push(call('first', 9000))

    expect(nextEventAtMs(queue, 0)).toBe(9000)
  })
})
