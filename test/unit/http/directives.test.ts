import { describe, expect, it } from 'vitest'
import { readFreshness, readWait } from '../../../src/http/directives.ts'
import { ANY_FRESHNESS } from '../../../src/rest/freshness.ts'
import type { Freshness } from '../../../src/rest/freshness.ts'

const SECOND = 1000
const withHeader = (name: string, ...values: string[]): Headers =>
  new Headers(values.map((value): [string, string] => [name, value]))

describe('Cache-Control', () => {
  it('that is not there says nothing', () => {
    expect(readFreshness(new Headers())).toEqual(ANY_FRESHNESS)
  })

  it.each<[string, Partial<Freshness>]>([
    ['no-cache', { maxAgeMs: 0 }],
    ['no-store', { maxAgeMs: 0 }],
    ['max-age=0', { maxAgeMs: 0 }],
    ['max-age=5', { maxAgeMs: 5 * SECOND }],
    ['MAX-AGE=5', { maxAgeMs: 5 * SECOND }],
    ['max-age="5"', { maxAgeMs: 5 * SECOND }],
    ['max-age = 5', { maxAgeMs: 5 * SECOND }],
    ['no-cache, max-age=5', { maxAgeMs: 0 }],
    ['max-age=5, no-cache', { maxAgeMs: 0 }],
    ['max-stale', { maxStaleMs: Infinity }],
    ['max-stale=', { maxStaleMs: Infinity }],
    ['max-stale=600', { maxStaleMs: 600 * SECOND }],
    ['only-if-cached', { isCacheOnly: true }],
    ['only-if-cached=1', { isCacheOnly: true }],
    ['stale-if-error=60', { staleIfErrorMs: 60 * SECOND }],
    [
      'max-age=5,max-stale=10,stale-if-error=60,only-if-cached',
      {
        isCacheOnly: true,
        maxAgeMs: 5 * SECOND,
        maxStaleMs: 10 * SECOND,
        staleIfErrorMs: 60 * SECOND,
      },
    ],
    [' ,, max-age=5 ,', { maxAgeMs: 5 * SECOND }],
    // More than anybody lives is counted as that, and stays a number that can be reckoned with.
    ['max-age=99999999999999999999', { maxAgeMs: 2 ** 31 * SECOND }],
  ])('%s', (header, said) => {
    expect(readFreshness(withHeader('cache-control', header))).toEqual({ ...ANY_FRESHNESS, ...said })
  })

  it.each([
    '',
    ',',
    '=',
    'max-age',
    'max-age=',
    'max-age=-1',
    'max-age=+5',
    'max-age=1.5',
    'max-age=1e3',
    'max-age=0x5',
    'max-age=5s',
    'max-age=five',
    'max-age="5',
    'max-age:5',
    'max-stale=soon',
    'stale-if-error',
    'private, public, no-transform, min-fresh=5',
    'xno-cache',
    '__proto__=5, constructor',
  ])('%j says nothing that is understood', (header) => {
    expect(readFreshness(withHeader('cache-control', header))).toEqual(ANY_FRESHNESS)
  })

  it('that is sent twice counts as one list', () => {
    expect(readFreshness(withHeader('cache-control', 'max-age=5', 'max-stale'))).toEqual({
      ...ANY_FRESHNESS,
      maxAgeMs: 5 * SECOND,
      maxStaleMs: Infinity,
    })
  })
})

describe('Cache-Control beside a condition', () => {
  it.each<[string, Partial<Freshness>]>([
    ['no-cache', { maxStaleMs: 0 }],
    ['no-store', { maxStaleMs: 0 }],
    ['max-age=0', { maxStaleMs: 0 }],
    ['max-age=0, no-cache, max-stale=60', { maxStaleMs: 60 * SECOND }],
    ['no-cache, stale-if-error=5', { maxStaleMs: 0, staleIfErrorMs: 5 * SECOND }],
    ['no-cache, only-if-cached', { isCacheOnly: true }],
    ['no-cache, max-age=5', { maxAgeMs: 5 * SECOND, maxStaleMs: 0 }],
    ['max-age=1', { maxAgeMs: 1 * SECOND }],
    ['', {}],
  ])('%j', (header, said) => {
    for (const condition of ['If-None-Match', 'If-Modified-Since']) {
      const headers = new Headers({ [condition]: '"x"', 'cache-control': header, pragma: 'no-cache' })
      expect(readFreshness(headers)).toEqual({ ...ANY_FRESHNESS, ...said })
    }
  })

  it('or without one, Pragma says nothing', () => {
    expect(readFreshness(withHeader('pragma', 'no-cache'))).toEqual(ANY_FRESHNESS)
  })
})

describe('Prefer', () => {
  it.each([
    ['wait=5', 5 * SECOND],
    ['wait=1, wait=60', 1 * SECOND],
    ['Wait="5"', 5 * SECOND],
    ['respond-async, wait=0', 0],
    ['respond-async; wait=20', 20 * SECOND],
    ['wait', null],
    ['wait=-1', null],
    ['wait=long', null],
    ['', null],
  ])('%j', (header, waitMs) => {
    expect(readWait(withHeader('prefer', header))).toBe(waitMs)
  })

  it('that is not there says nothing', () => {
    expect(readWait(new Headers())).toBeNull()
  })
})
