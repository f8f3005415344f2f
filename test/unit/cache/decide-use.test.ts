import { describe, expect, it } from 'vitest'
import { decideUse, isFreshForAll } from '../../../src/cache/decide-use.ts'
import type { Use } from '../../../src/cache/decide-use.ts'
import { ANY_FRESHNESS } from '../../../src/rest/freshness.ts'
import type { Freshness } from '../../../src/rest/freshness.ts'
import { buildReply } from '../../support/builders.ts'

const LIFETIME = { freshMs: 10, staleMs: 20, keptMs: 40 }
const NOW_MS = 1000

/** For an answer from before the request. */
function useOf(ageMs: number, freshness: Partial<Freshness> = {}, begunAtMs = NOW_MS): Use {
  const answer = buildReply({}, { answeredAtMs: NOW_MS - ageMs })
  return decideUse(
    { answer, ageMs, lifetime: LIFETIME },
    { begunAtMs, freshness: { ...ANY_FRESHNESS, ...freshness } },
  )
}

/** What is served at each age, from 0 to 40, by the first letter; `-` is none. */
const table = (freshness: Partial<Freshness>): string =>
  Array.from({ length: 41 }, (_, ageMs) => {
    const use = useOf(ageMs, freshness, NOW_MS + 1)
    return use === 'none' ? '-' : use.charAt(0)
  }).join('')

describe('by age', () => {
  const f = (count: number) => 'f'.repeat(count)
  const r = (count: number) => 'r'.repeat(count)
  const a = (count: number) => 'a'.repeat(count)
  const i = (count: number) => 'i'.repeat(count)
  const none = (count: number) => '-'.repeat(count)

  it.each<[string, Partial<Freshness>, string]>([
    ['nothing said: as its kind lives', {}, f(10) + r(10) + i(20) + none(1)],
    ['no-cache: nothing, and what is kept in bad times', { maxAgeMs: 0 }, i(40) + none(1)],
    ['max-age: nothing older, not even in bad times', { maxAgeMs: 5 }, f(5) + none(36)],
    ['max-age beyond fresh: no longer than its kind is', { maxAgeMs: 30 }, f(10) + none(31)],
    ['max-stale: so far beyond fresh', { maxStaleMs: 5 }, f(10) + a(5) + i(25) + none(1)],
    ['max-stale 0: asked as soon as it is stale', { maxStaleMs: 0 }, f(10) + i(30) + none(1)],
    ['max-stale without a number: all that is kept', { maxStaleMs: Infinity }, f(10) + a(31)],
    ['max-age and max-stale: beyond that age', { maxAgeMs: 2, maxStaleMs: 3 }, f(2) + a(3) + none(36)],
    ['no-cache and max-stale', { maxAgeMs: 0, maxStaleMs: 3 }, a(3) + i(37) + none(1)],
    [
      'no-cache and stale-if-error 0: nothing, not even in bad times',
      { maxAgeMs: 0, staleIfErrorMs: 0 },
      none(41),
    ],
    ['stale-if-error: so far beyond fresh', { staleIfErrorMs: 15 }, f(10) + r(10) + i(5) + none(16)],
    [
      'stale-if-error 0: stale is served while it is refreshed',
      { staleIfErrorMs: 0 },
      f(10) + r(10) + none(21),
    ],
    ['no-cache and stale-if-error', { maxAgeMs: 0, staleIfErrorMs: 7 }, i(7) + none(34)],
    ['max-age and stale-if-error', { maxAgeMs: 5, staleIfErrorMs: 7 }, f(5) + i(7) + none(29)],
    [
      'stale-if-error beyond all: not beyond what its kind allows',
      { maxAgeMs: 0, staleIfErrorMs: 99 },
      i(40) + none(1),
    ],
  ])('%s', (_, freshness, uses) => {
    expect(table(freshness)).toBe(uses)
  })
})

describe('what came in after the request had begun', () => {
  it('is new enough for whatever it says', () => {
    expect(useOf(3, { maxAgeMs: 0 }, NOW_MS - 3)).toBe('fresh')
    expect(useOf(3, { maxAgeMs: 0 }, NOW_MS - 2)).toBe('ifFailing')
  })

  it('is so no longer than its kind is fresh', () => {
    expect(useOf(10, { maxAgeMs: 0 }, NOW_MS - 30)).toBe('ifFailing')
    expect(useOf(10, {}, NOW_MS - 30)).toBe('revalidated')
  })
})

it('what is in doubt is fresh for the request that has begun before it was asked for, and for no other', () => {
  const answer = { ...buildReply({}, { answeredAtMs: NOW_MS }), sentAtMs: NOW_MS - 1 }
  const wanted = { begunAtMs: NOW_MS - 2, freshness: ANY_FRESHNESS }
  for (const doubt of ['entry', 'lease'] as const) {
    const aged = { answer, ageMs: 0, lifetime: LIFETIME, doubt }
    expect(decideUse(aged, wanted)).toBe('fresh')
    expect(isFreshForAll(aged, wanted)).toBe(false)
  }
  expect(isFreshForAll({ answer, ageMs: 0, lifetime: LIFETIME, doubt: null }, wanted)).toBe(true)
})
