import { describe, expect, it } from 'vitest'
import { readResets } from '../../../src/rest/limit-reset.ts'
import { MAX_PAUSE_MS, readRetryAfter } from '../../../src/rest/retry-after.ts'

/** Sun, 06 Nov 1994 08:49:30 GMT: seven seconds before the date of the RFC's examples. */
const NOW_MS = Date.UTC(1994, 10, 6, 8, 49, 30)
const MINUTE_MS = 60_000

const dateIn = (ms: number): string => new Date(NOW_MS + ms).toUTCString()
const read = (answer: Partial<Parameters<typeof readRetryAfter>[0]>): number | null =>
  readRetryAfter({ retryAfter: null, date: null, body: '', ...answer }, NOW_MS)

describe('a Retry-After', () => {
  it.each<[what: string, header: string | null, waitMs: number | null]>([
    ['of whole seconds is that long', '7', 7000],
    ['of 0 means now', '0', 0],
    ['with a fraction is read to the millisecond', '1.5', 1500],
    ['of a fraction of a millisecond is rounded up, never early', '0.0001', 1],
    ['with many decimals is still a number', '2.00000000001', 2001],
    ['with spaces around it is read', '  3 ', 3000],
    ['in the preferred form of a date is the time until then', 'Sun, 06 Nov 1994 08:49:37 GMT', 7000],
    ['in the form of RFC 850 is the time until then', 'Sunday, 06-Nov-94 08:49:37 GMT', 7000],
    ['in the form of asctime is the time until then', 'Sun Nov  6 08:49:37 1994', 7000],
    ['with a date that has passed means now', 'Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['with a date far away is held to an hour', 'Mon, 07 Nov 1994 08:49:37 GMT', MAX_PAUSE_MS],
    ['of an hour is an hour', '3600', MAX_PAUSE_MS],
    ['of more than an hour is held to an hour', '3601', MAX_PAUSE_MS],
    ['of more seconds than there were is held to an hour', '99999999999999999999', MAX_PAUSE_MS],
    ['of more digits than a number holds is held to an hour', '9'.repeat(400), MAX_PAUSE_MS],
    ['that is absent is no time', null, null],
    ['that is empty is no time', '', null],
    ['that is negative is no time', '-5', null],
    ['of garbage is no time', 'soon', null],
    ['with a unit is no time', '5 s', null],
    ['in scientific notation is no time', '1e3', null],
    ['in hexadecimal is no time', '0x10', null],
    ['of two values is no time', '5, 10', null],
    ['with a weekday but no date is no time', 'Sun, whenever', null],
    ['with an ISO date is the time until then', '1994-11-06T08:49:37Z', 7000],
    ['with an ISO date and an offset is the time until then', '1994-11-06T09:49:37.5+01:00', 7500],
    ['with an ISO date that has passed means now', '1994-11-06T08:00:00Z', 0],
    ['with an ISO date far away is held to an hour', '2994-11-06T08:49:37Z', MAX_PAUSE_MS],
    ['with an ISO date that is none is no time', '1994-99-06T08:49:37Z', null],
    ['with an ISO day is no time', '1994-11-06', null],
    ['with an ISO duration is that long', 'PT7S', 7000],
    ['with more than a date is no time', '1994-11-06T08:49:37Z, 5', null],
    ['of infinity is no time', 'Infinity', null],
  ])('%s', (_what, header, waitMs) => {
    expect(read({ retryAfter: header })).toBe(waitMs)
  })
})

it.each([
  [1_800_000_007, 7000],
  [1_800_000_007_250, 7250],
])('a Retry-After of %d is a moment since 1970, not a duration', (retryAfter, waitMs) => {
  const answer = { retryAfter: String(retryAfter), date: null, body: '' }
  expect(readRetryAfter(answer, 1_800_000_000_000)).toBe(waitMs)
})

it.each([
  '{"next_allowed_at":"1994-11-06T08:49:35Z"}',
  '{"nextAllowedTime":"1994-11-06 08:49:35 UTC"}',
  '{"errors":[{"message":"Too many requests. Next request allowed at 1994-11-06T08:49:35Z"}]}',
  '{"errors":[{"message":"Rate limit exceeded. You can make the next request in 5 seconds."}]}',
  '{"errors":[{"message":"x","retryAfter":{"seconds":5}}]}',
])('the body %s names a time in 5 s', (body) => {
  expect(read({ body })).toBe(5000)
})

describe('a date in Retry-After beside a Date', () => {
  it.each<[what: string, aheadMs: number | null, waitMs: number]>([
    ['that is half an hour ahead of us', 30 * MINUTE_MS, 6000],
    ['that is half an hour behind us', -30 * MINUTE_MS, 6000],
    ['that is a year ahead of us', 365 * 24 * 60 * MINUTE_MS, 6000],
  ])('%s is read by that clock', (_what, aheadMs, waitMs) => {
    const ahead = aheadMs ?? 0
    expect(read({ date: dateIn(ahead), retryAfter: dateIn(ahead + 6000) })).toBe(waitMs)
  })

  it('in the past of that clock means now', () => {
    expect(read({ date: dateIn(30 * MINUTE_MS), retryAfter: dateIn(30 * MINUTE_MS - 2000) })).toBe(0)
  })

  it.each(['soon', '', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 2083 23:59:59 GMT', '784111777'])(
    'that is nonsense (%s) is read by our own clock',
    (date) => {
      expect(read({ date, retryAfter: dateIn(6000) })).toBe(6000)
    },
  )

  it('does not change a time in seconds', () => {
    expect(read({ date: dateIn(30 * MINUTE_MS), retryAfter: '6' })).toBe(6000)
  })
})

describe('the time in a body', () => {
  it.each<[body: unknown, waitMs: number | null]>([
    [{ retry_after: 2 }, 2000],
    [{ retryAfter: 2.5 }, 2500],
    [{ 'Retry-After': '2' }, 2000],
    [{ retry_after_seconds: 3 }, 3000],
    [{ retryAfterSecs: 3 }, 3000],
    [{ retry_after_ms: 1500 }, 1500],
    [{ retryAfterInMilliseconds: 1500 }, 1500],
    [{ retry_in: '12 seconds' }, 12_000],
    [{ retryDelay: '3.5s' }, 3500],
    [{ wait_seconds: 4 }, 4000],
    [{ wait: 'PT30S' }, 30_000],
    [{ wait: 'pt1m30s' }, 90_000],
    [{ retry_after: 'PT0.5S' }, 500],
    [{ retry_after: 'PT0,5S' }, 500],
    [{ retry_after: 'P0Y0M0DT0H0M30S' }, 30_000],
    [{ retry_after: 'PT0S' }, 0],
    [{ retryDelay: 'PT59M' }, 59 * MINUTE_MS],
    [{ retry_after: 'P1DT2H' }, MAX_PAUSE_MS],
    [{ retry_after: 'P1M' }, MAX_PAUSE_MS],
    [{ retry_after: 'P2W' }, MAX_PAUSE_MS],
    [{ retry_after: `PT${'9'.repeat(400)}S` }, MAX_PAUSE_MS],
    [{ retry_after: 'P' }, null],
    [{ retry_after: 'PT' }, null],
    [{ retry_after: '-PT30S' }, null],
    [{ retry_after: 'PT30' }, null],
    [{ retry_after: 'PT1S1M' }, null],
    [{ retry_in: '1 day' }, MAX_PAUSE_MS],
    [{ error: 'Retry after PT30S.' }, 30_000],
    [{ error: 'Retry P3 tickets' }, null],
    [{ reset_in: 5 }, 5000],
    [{ x_ratelimit_reset_after: 5 }, 5000],
    [{ error: { retry_after: 2 } }, 2000],
    [{ errors: [{ message: 'm', retryAfter: 2 }] }, 2000],
    [{ errors: [{ message: 'm', meta: { retry_after: 2 } }] }, 2000],
    [{ meta: { rate_limit: { retry_after: '2.25' } } }, 2250],
    [{ error: { retry_after: 2 }, meta: { retry_after: 5 } }, 5000],
    [{ retry_at: '1994-11-06T08:49:37Z' }, 7000],
    [{ resetAt: '1994-11-06T09:49:37+01:00' }, 7000],
    [{ resetAt: '1994-11-06 08:49:37' }, 7000],
    [{ reset: NOW_MS / 1000 + 7 }, MAX_PAUSE_MS],
    [{ retry_after: 'Sun, 06 Nov 1994 08:49:37 GMT' }, 7000],
    [{ retry_after: 86_400 }, MAX_PAUSE_MS],
    [{ retry_after: 1e300 }, MAX_PAUSE_MS],
    [{ retry_after: 0 }, 0],
    [{ retry_after: -3 }, null],
    [{ retry_after: null }, null],
    [{ retry_after: true }, null],
    [{ retry_after: 'soon' }, null],
    [{ retry_after: {} }, null],
    [{ retry_count: 3, limit: 90, window: 60, remaining: 0 }, null],
    [{ errors: [{ message: 'Too many requests. Try again in 12 seconds.' }] }, 12_000],
    [{ errors: ['Please retry after 2.5s'] }, 2500],
    [{ message: 'Request was throttled. Expected available in 7 seconds.' }, 7000],
    [{ error: 'Rate limit reached, try again in 1m30s' }, 90_000],
    [{ error: 'Please wait 1 minute and 5 seconds before the next call' }, 65_000],
    [{ error: 'Please wait at least another 300 ms' }, 300],
    [{ error: 'Retry after 1994-11-06T08:49:37Z' }, 7000],
    [{ error: 'The limit resets at Sun, 06 Nov 1994 08:49:37 GMT' }, 7000],
    [{ error: 'Limit of 90 requests per 60 seconds exceeded, retry later' }, null],
    [{ error: 'Please wait: 90 requests per 60 seconds' }, null],
    [{ error: 'Retry 3 times' }, null],
    [{ error: 'Support is available 24 hours a day' }, null],
    [{ error: 'We will be back in about 5 minutes' }, 300_000],
    ['Try again in 12 seconds', 12_000],
    [12, null],
    [null, null],
    [[], null],
  ])('%j', (body, waitMs) => {
    expect(read({ body: JSON.stringify(body) })).toBe(waitMs)
  })

  it('may stand in a text that is no JSON', () => {
    expect(read({ body: '<h1>Slow down</h1><p>Try again in 12 seconds.</p>' })).toBe(12_000)
    expect(read({ body: 'rate limited' })).toBeNull()
  })

  it('as a number of seconds since 1970 is a moment by the clock that made the answer', () => {
    const nowMs = Date.UTC(2026, 2, 4, 17, 25, 9)
    const date = new Date(nowMs + 30 * MINUTE_MS).toUTCString()
    for (const reset of [nowMs / 1000 + 30 * 60 + 7, nowMs + 30 * MINUTE_MS + 7000])
      expect(readRetryAfter({ retryAfter: null, date, body: JSON.stringify({ reset }) }, nowMs)).toBe(7000)
  })

  it.each([
    ['2', { retry_after: 5 }, 5000],
    ['9', { retry_after: 5 }, 9000],
    ['soon', { retry_after: 5 }, 5000],
    ['2', { retry_after: 2000 }, 2000],
    ['2', 'no time', 2000],
  ])('beside a header of %s and %j: the later one counts', (retryAfter, body, waitMs) => {
    expect(read({ retryAfter, body: JSON.stringify(body) })).toBe(waitMs)
  })

  it('is not looked for beyond a few levels and a few hundred values', () => {
    const deep = '['.repeat(20_000) + '{"retry_after":2}' + ']'.repeat(20_000)
    const wide = JSON.stringify([...Array.from({ length: 20_000 }, () => 0), { retry_after: 2 }])
    expect(read({ body: deep })).toBeNull()
    expect(read({ body: wide })).toBeNull()
  })

  it.each(['retry ', 'wait a ', 'again 1 ', 'retry after ', 'retry P1', 'wait PT1X'])(
    'is found out at once where %j is repeated',
    (part) => {
      expect(read({ body: part.repeat(64 * 1024) })).toBeNull()
      expect(read({ body: `retry${' '.repeat(64 * 1024)}` })).toBeNull()
    },
  )
})

describe('the end of the window of a limit', () => {
  it.each<[headers: Record<string, string | string[]>, waitMs: number | null]>([
    [{ 'ratelimit-reset': '25' }, 25_000],
    [{ 'x-ratelimit-reset': '25', 'x-ratelimit-remaining': '0' }, 25_000],
    [{ 'x-rate-limit-reset': dateIn(7000) }, 7000],
    [{ ratelimit: '"minute";r=0;t=30' }, 30_000],
    [{ ratelimit: '"hour";r=40;t=2000, "minute";r=0;t=30' }, 30_000],
    [{ ratelimit: ['"hour";r=40;t=2000', '"minute";r=0;t=30'] }, 30_000],
    [{ 'ratelimit-reset': '5', 'x-ratelimit-reset': ['9', '30'] }, 9000],
    [{ 'x-ratelimit-reset': '25', 'x-ratelimit-remaining': '3' }, null],
    // Nothing says that this limit was met, and a longer window than Aurora's is probably that of another one.
    [{ 'x-ratelimit-reset': '120' }, 120_000],
    [{ 'x-ratelimit-reset': '121' }, 120_000],
    [{ 'x-ratelimit-reset': '43000', 'x-ratelimit-remaining': 'many' }, 120_000],
    [{ 'ratelimit-reset': dateIn(43_000_000) }, 120_000],
    [{ ratelimit: '"day";t=43000' }, 120_000],
    [{ ratelimit: '"day";t=43000, "minute";r=0;t=30' }, 30_000],
    [{ 'x-ratelimit-reset': '1800', 'x-ratelimit-remaining': '0' }, 1_800_000],
    // Some servers count on below zero.
    [{ 'x-ratelimit-reset': '1800', 'x-ratelimit-remaining': '-3' }, 1_800_000],
    [{ ratelimit: '"day";r=0;t=1800' }, 1_800_000],
    [{ 'x-ratelimit-reset': '999999', 'x-ratelimit-remaining': '0' }, MAX_PAUSE_MS],
    [{ 'x-ratelimit-reset': 'soon' }, null],
    [{}, null],
  ])('is in %j, where nothing else names a time', (headers, waitMs) => {
    const resets = readResets(headers)
    expect(read({ resets })).toBe(waitMs)
    expect(read({ resets, retryAfter: '2' })).toBe(2000)
    expect(read({ resets, body: '{"retry_after":3}' })).toBe(3000)
  })

  it('as seconds since 1970 is a moment', () => {
    const answer = {
      retryAfter: null,
      date: null,
      body: '',
      resets: [{ until: '1800000007', isUsedUp: false }],
    }
    expect(readRetryAfter(answer, 1_800_000_000_000)).toBe(7000)
  })
})
