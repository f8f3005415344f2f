import { describe, expect, it } from 'vitest'
import { MAX_PAUSE_MS, parseRetryAfter } from '../../../src/rest/retry-after.ts'

/** Sun, 06 Nov 1994 08:49:30 GMT: seven seconds before the date of the RFC's examples. */
const NOW_MS = Date.UTC(1994, 10, 6, 8, 49, 30)

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
    ['that is absent says nothing', null, null],
    ['that is empty says nothing', '', null],
    ['that is negative says nothing', '-5', null],
    ['of garbage says nothing', 'soon', null],
    ['with a unit says nothing', '5 s', null],
    ['in scientific notation says nothing', '1e3', null],
    ['in hexadecimal says nothing', '0x10', null],
    ['of two values says nothing', '5, 10', null],
    ['with a weekday but no date says nothing', 'Sun, whenever', null],
    ['with an ISO date, which HTTP does not know, says nothing', '1994-11-06T08:49:37Z', null],
    ['of infinity says nothing', 'Infinity', null],
  ])('%s', (_what, header, waitMs) => {
    expect(parseRetryAfter(header, NOW_MS)).toBe(waitMs)
  })
})
