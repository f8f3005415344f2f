import { describe, expect, it } from 'vitest'
import {
  pauseWindow,
  countFree,
  createWindow,
  forecastMs,
  holdSlot,
  resetsAtMs,
  resumeWindow,
  returnSlot,
  takeSlot,
} from '../../../src/budget/window.ts'
import type { Window } from '../../../src/budget/window.ts'

const WINDOW_MS = 60_000
/** A slot is held a little longer than a window: clocks drift. */
const HELD_MS = WINDOW_MS + 40

interface Picture {
  readonly limit?: number
  /** When the calls that were answered were answered. */
  readonly answeredAtMs?: readonly number[]
  readonly inFlight?: number
  readonly pausedUntilMs?: number
  readonly isResumed?: boolean
}

function draw({ limit = 3, answeredAtMs = [], inFlight = 0, pausedUntilMs, isResumed }: Picture): Window {
  const window = createWindow(limit, WINDOW_MS)
  for (const atMs of answeredAtMs) {
    takeSlot(window)
    holdSlot(window, atMs)
  }
  for (let index = 0; index < inFlight; index += 1) takeSlot(window)
  if (pausedUntilMs !== undefined) pauseWindow(window, pausedUntilMs)
  if (isResumed) resumeWindow(window)
  return window
}

describe('calls that could go now', () => {
  it.each<[what: string, picture: Picture, nowMs: number, free: number]>([
    ['all, at the start', {}, 1000, 3],
    ['all but one in flight', { inFlight: 1 }, 1000, 2],
    ['none when all are in flight', { inFlight: 3 }, 1000, 0],
    ['none when all are in flight, however long', { inFlight: 3 }, 10_000_000, 0],
    ['all but one answered just now', { answeredAtMs: [1000] }, 1000, 2],
    ['all but one answered a window ago less a moment', { answeredAtMs: [1000] }, 1000 + HELD_MS - 1, 2],
    ['all when a window and its margin are over', { answeredAtMs: [1000] }, 1000 + HELD_MS, 3],
    ['those whose window is over', { answeredAtMs: [1000, 2000, 3000] }, 2000 + HELD_MS, 2],
    ['what is left of both kinds', { answeredAtMs: [1000], inFlight: 1 }, 1000, 1],
    ['none while the key is paused', { pausedUntilMs: 5000 }, 4999, 0],
    ['one when the pause ends, to try the key', { pausedUntilMs: 5000 }, 5000, 1],
    ['none while a call is in flight that tries the key', { pausedUntilMs: 5000, inFlight: 1 }, 5000, 0],
    ['all once such a call was answered', { pausedUntilMs: 5000, isResumed: true }, 5000, 3],
  ])('%s', (_what, picture, nowMs, free) => {
    expect(countFree(draw(picture), nowMs)).toBe(free)
  })
})

describe('when the n-th further call may go', () => {
  const NOW_MS = 10_000
  it.each<[what: string, picture: Picture, nth: number, atMs: number]>([
    ['the first: now', {}, 1, NOW_MS],
    ['the last of the limit: now', {}, 3, NOW_MS],
    ['one more than the limit: a window after the first', {}, 4, NOW_MS + HELD_MS],
    ['the last of the second round: then, too', {}, 6, NOW_MS + HELD_MS],
    ['one more than two rounds: two windows on', {}, 7, NOW_MS + 2 * HELD_MS],
    [
      'the first behind a full window: when the oldest frees',
      { answeredAtMs: [1000, 2000, 3000] },
      1,
      1000 + HELD_MS,
    ],
    [
      'the third behind a full window: when the newest frees',
      { answeredAtMs: [1000, 2000, 3000] },
      3,
      3000 + HELD_MS,
    ],
    [
      'the fourth behind a full window: a window after the first',
      { answeredAtMs: [1000, 2000, 3000] },
      4,
      1000 + 2 * HELD_MS,
    ],
    ['behind one that is free: now', { answeredAtMs: [1000, 2000] }, 1, NOW_MS],
    ['the second behind one that is free: the oldest', { answeredAtMs: [1000, 2000] }, 2, 1000 + HELD_MS],
    ['behind calls in flight: a window from now at the earliest', { inFlight: 3 }, 1, NOW_MS + HELD_MS],
    ['behind both kinds: the answered ones first', { inFlight: 2, answeredAtMs: [1000] }, 1, 1000 + HELD_MS],
    ['behind both kinds: then those in flight', { inFlight: 2, answeredAtMs: [1000] }, 2, NOW_MS + HELD_MS],
    ['of a paused key: when the pause ends', { pausedUntilMs: 15_000 }, 1, 15_000],
    [
      'of a paused key with a full window: when both are over',
      { pausedUntilMs: 15_000, answeredAtMs: [1000, 2000, 3000] },
      1,
      1000 + HELD_MS,
    ],
    [
      'of a key paused for longer than its window: when the pause ends',
      { pausedUntilMs: 900_000, answeredAtMs: [1000, 2000, 3000] },
      3,
      900_000,
    ],
    [
      'one more than the limit of a paused key: a window after the pause',
      { pausedUntilMs: 15_000 },
      4,
      15_000 + HELD_MS,
    ],
    ['of a key whose pause is over: now', { pausedUntilMs: 9000 }, 1, NOW_MS],
    ['the second with a limit of one: a window on', { limit: 1 }, 2, NOW_MS + HELD_MS],
  ])('%s', (_what, picture, nth, atMs) => {
    expect(forecastMs(draw(picture), nth, NOW_MS)).toBe(atMs)
  })

  it('is never before the one ahead of it', () => {
    const window = draw({ limit: 5, answeredAtMs: [1000, 4000], inFlight: 2, pausedUntilMs: 11_000 })
    const times = Array.from({ length: 30 }, (_, index) => forecastMs(window, index + 1, NOW_MS))

    expect(times.toSorted((left, right) => left - right)).toEqual(times)
  })
})

describe('when every slot is free again', () => {
  it.each<[what: string, picture: Picture, atMs: number | null]>([
    ['null when none is held', {}, null],
    ['when the newest frees', { answeredAtMs: [1000, 2000] }, 2000 + HELD_MS],
    [
      'a window from now at the earliest with calls in flight',
      { answeredAtMs: [1000], inFlight: 1 },
      3000 + HELD_MS,
    ],
    ['when the pause ends, where nothing is held', { pausedUntilMs: 5000 }, 5000],
    ['when the pause ends, where that is later', { pausedUntilMs: 90_000, answeredAtMs: [1000] }, 90_000],
    [
      'when the newest frees, where that is later',
      { pausedUntilMs: 5000, answeredAtMs: [1000] },
      1000 + HELD_MS,
    ],
    ['null once all that is over', { pausedUntilMs: 2000, answeredAtMs: [2000 - HELD_MS] }, null],
  ])('%s', (_what, picture, atMs) => {
    expect(resetsAtMs(draw(picture), 3000)).toBe(atMs)
  })

  it('is when a pause ends, also with calls in flight', () => {
    expect(resetsAtMs(draw({ pausedUntilMs: 900_000, inFlight: 1 }), 3000)).toBe(900_000)
  })
})

it('a slot that was never used is free at once', () => {
  const window = draw({ inFlight: 3 })

  returnSlot(window)

  expect(countFree(window, 1000)).toBe(1)
})

it('a second, shorter pause does not end the first one earlier', () => {
  const window = draw({ pausedUntilMs: 5000 })

  pauseWindow(window, 2000)

  expect(countFree(window, 4000)).toBe(0)
})
