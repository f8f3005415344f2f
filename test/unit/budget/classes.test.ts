import { describe, expect, it } from 'vitest'
import { countKept, forecastGoMs, lendMs, mayGo } from '../../../src/budget/classes.ts'
import { pauseWindow, createWindow, holdSlot, takeSlot } from '../../../src/budget/window.ts'
import type { Window } from '../../../src/budget/window.ts'

const WINDOW_MS = 60_000
const HELD_MS = WINDOW_MS + 40
const NOW_MS = 100_000

/** `held` gives the milliseconds from now until each slot in use frees. */
function draw(limit: number, held: readonly number[], inFlight = 0): Window {
  const window = createWindow(limit, WINDOW_MS)
  for (const freesInMs of held) {
    takeSlot(window)
    holdSlot(window, NOW_MS + freesInMs - HELD_MS)
  }
  for (let index = 0; index < inFlight; index += 1) takeSlot(window)
  return window
}

const evenly = (count: number, fromMs: number, toMs: number): number[] =>
  Array.from({ length: count }, (_, index) => fromMs + (index * (toMs - fromMs)) / Math.max(1, count - 1))

describe('what a class leaves free', () => {
  it.each([
    [90, [0, 2, 17, 32]],
    [30, [0, 1, 6, 11]],
    [10, [0, 0, 1, 3]],
    [1, [0, 0, 0, 0]],
  ] as const)('of %i slots', (limit, kept) => {
    expect(
      (['mutation', 'interactive', 'revalidation', 'warmUp'] as const).map((callClass) =>
        countKept(callClass, limit),
      ),
    ).toEqual(kept)
  })
})

describe('who may go now', () => {
  const LATE = evenly(90, 30_000, 60_000)
  it.each<[what: string, window: Window, mayGo: [boolean, boolean, boolean, boolean]]>([
    ['everybody, at the start', draw(90, []), [true, true, true, true]],
    ['no guess, when two thirds are used', draw(90, LATE.slice(0, 60)), [true, true, true, false]],
    ['no refresh, when a sixth is left', draw(90, LATE.slice(0, 73)), [true, true, false, false]],
    [
      'only what changes something, when two are left',
      draw(90, LATE.slice(0, 88)),
      [true, false, false, false],
    ],
    ['nobody, when none is left', draw(90, LATE), [false, false, false, false]],
    [
      'reads too, when the next slot is about to free',
      draw(90, evenly(88, 1900, 60_000)),
      [true, true, false, false],
    ],
    [
      'no read, when it frees a moment later',
      draw(90, evenly(88, 2100, 60_000)),
      [true, false, false, false],
    ],
    ['no read, when nobody knows when the next frees', draw(90, [], 88), [true, false, false, false]],
  ])('%s', (_what, window, expected) => {
    expect(
      (['mutation', 'interactive', 'revalidation', 'warmUp'] as const).map((callClass) =>
        mayGo(window, callClass, NOW_MS),
      ),
    ).toEqual(expected)
  })

  it('nobody while the key is paused', () => {
    const window = draw(90, [])
    pauseWindow(window, NOW_MS + 1)

    expect(mayGo(window, 'mutation', NOW_MS)).toBe(false)
  })
})

describe('when a read may go', () => {
  it.each<[what: string, window: Window, nth: number, inMs: number]>([
    ['now, above the floor', draw(90, evenly(80, 30_000, 60_000)), 8, 0],
    ['a little before the next slot frees, below it', draw(90, evenly(80, 30_000, 60_000)), 9, 28_000],
    ['likewise for the last of the floor', draw(90, evenly(80, 30_000, 60_000)), 10, 28_000],
    [
      'then as slots free, if others free soon after',
      draw(90, evenly(90, 10_000, 60_000)),
      2,
      10_000 + 50_000 / 89,
    ],
    ['a little before the one after, if they do not', draw(20, [10_000, 50_000], 18), 1, 48_000],
  ])('%s', (_what, window, nth, inMs) => {
    expect(forecastGoMs(window, 'interactive', nth, NOW_MS) - NOW_MS).toBeCloseTo(inMs, 3)
  })

  it('comes true: at that time it may go, and not a moment before', () => {
    for (const held of [
      evenly(90, 1000, 60_000),
      evenly(89, 20_000, 21_000),
      [5000, ...evenly(89, 40_000, 60_000)],
    ]) {
      const window = draw(90, held)
      const atMs = forecastGoMs(window, 'interactive', 1, NOW_MS)
      if (atMs > NOW_MS) expect(mayGo(window, 'interactive', atMs - 1)).toBe(false)
      expect(mayGo(window, 'interactive', atMs)).toBe(true)
    }
  })

  it('a mutation goes with the first slot, a refresh when enough are free', () => {
    const window = draw(90, evenly(90, 1000, 60_000))

    expect(forecastGoMs(window, 'mutation', 1, NOW_MS)).toBe(NOW_MS + 1000)
    expect(forecastGoMs(window, 'revalidation', 1, NOW_MS) - NOW_MS).toBeCloseTo(1000 + (17 * 59_000) / 89, 3)
  })
})

it('two seconds of a minute are lent', () => {
  expect(lendMs({ windowMs: WINDOW_MS })).toBe(2000)
})
