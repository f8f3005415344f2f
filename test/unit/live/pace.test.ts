// When a change of a watched reply is read: a second after the last answer that was sent, and at once after a run that brought nothing.
import { describe, expect, it } from 'vitest'
import { AT_REST, notePace, readableAtMs } from '../../../src/live/schedule.ts'
import type { Pace, PacedRun } from '../../../src/live/schedule.ts'

const FRUITLESS: Omit<PacedRun, 'begunAtMs' | 'takenAtMs'> = { purpose: 'change', isNews: false }

/** As many runs as a flood of changes causes, each begun as soon as it may be. */
function flood(
  pace: Pace,
  fromMs: number,
  untilMs: number,
  { tookMs = 0, isGivenAnyhow = false }: { readonly tookMs?: number; readonly isGivenAnyhow?: boolean } = {},
) {
  const begun: number[] = []
  let now = pace
  for (let atMs = fromMs; atMs < untilMs; atMs = Math.max(atMs + tookMs, readableAtMs(now))) {
    begun.push(atMs - fromMs)
    const isSecond = begun.length > 1
    const run = { ...FRUITLESS, begunAtMs: atMs, takenAtMs: atMs + tookMs }
    now = notePace(now, { ...run, isGivenAnyhow: isGivenAnyhow && isSecond })
  }
  return { begun, pace: now }
}

describe('a change is read', () => {
  it('at once where nothing was sent lately', () => {
    expect(readableAtMs(AT_REST)).toBe(-Infinity)
    for (const purpose of ['first', 'age', 'retry'] as const)
      expect(
        readableAtMs(notePace(AT_REST, { begunAtMs: 5000, takenAtMs: 5300, purpose, isNews: false })),
      ).toBe(-Infinity)
  })

  it('a second after the last answer that was sent, whatever that was made for', () => {
    for (const purpose of ['first', 'age', 'retry', 'change'] as const)
      expect(
        readableAtMs(notePace(AT_REST, { begunAtMs: 5000, takenAtMs: 5300, purpose, isNews: true })),
      ).toBe(6300)
  })

  it('three times at once where that brings nothing, and then less and less often', () => {
    const { begun } = flood(AT_REST, 10_000, 75_000)
    expect(begun.slice(0, 3)).toEqual([0, 0, 0])
    const pauses = begun.slice(3).map((atMs, index) => atMs - (begun[index + 2] ?? 0))
    expect(pauses).toEqual(pauses.toSorted((one, other) => one - other))
    expect(pauses[0]).toBe(1000)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(16_000)
    expect(begun.length).toBeLessThan(12)
  })

  it('three times at once also where each run takes a while', () => {
    const { begun } = flood(AT_REST, 10_000, 12_500, { tookMs: 25 })
    expect(begun.slice(0, 3)).toEqual([0, 25, 50])
    expect(begun[3]).toBeGreaterThan(1000)
  })

  it('twice at once where further changes come during each run, and clients are given the second answer all the same', () => {
    const { begun } = flood(AT_REST, 10_000, 12_500, { tookMs: 25, isGivenAnyhow: true })
    expect(begun).toEqual([0, 25, 1025])
  })

  it('never more than 16 s late in a flood that does not end, and at once some time after it', () => {
    const { begun, pace } = flood(AT_REST, 0, 3_600_000)
    const last = begun.at(-1) ?? 0
    expect(readableAtMs(pace) - last).toBeLessThanOrEqual(16_000)
    expect(begun.length).toBeLessThan(3600 / 15)
    const laterMs = last + 120_000
    expect(
      readableAtMs(notePace(pace, { ...FRUITLESS, begunAtMs: laterMs, takenAtMs: laterMs })),
    ).toBeLessThanOrEqual(laterMs)
  })

  it('as if nothing had been, once a change has brought another answer', () => {
    const { pace } = flood(AT_REST, 0, 60_000)
    const news = notePace(pace, { begunAtMs: 69_900, takenAtMs: 70_000, purpose: 'change', isNews: true })
    expect(readableAtMs(news)).toBe(71_000)
    expect(flood(news, 71_000, 71_500).begun).toEqual([0, 0, 0])
  })
})
