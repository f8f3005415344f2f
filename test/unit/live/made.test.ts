// When two answers say the same to a client.
import { expect, it } from 'vitest'
import { toMade } from '../../../src/live/made.ts'

const BEGUN = { mark: 0, atMs: 0 }

function fingerprintOf(response: object, isEvent = false): string {
  const bytes = Buffer.from(JSON.stringify(response))
  return toMade({ bytes, parts: [], isGood: true, isSpoilt: false, isLast: false }, BEGUN, isEvent)
    .fingerprint
}

const failed = (extensions: object, message = 'The gateway failed here.') => ({
  errors: [{ message, path: ['a'], extensions }],
  data: { a: null },
  extensions: { upstream: { calls: 0 } },
})

it.each([
  ['the id of a fault in the log', { errorId: 'one' }, { errorId: 'other' }],
  [
    'the times of a repeat',
    { retryAt: '2026-01-01', retryAfter: 1 },
    { retryAt: '2026-01-02', retryAfter: 2 },
  ],
])('answers that differ in %s are the same', (_name, one, other) => {
  expect(fingerprintOf(failed(one))).toBe(fingerprintOf(failed(other)))
})

it('answers whose errors differ otherwise are not the same', () => {
  expect(fingerprintOf(failed({ code: 'A' }))).not.toBe(fingerprintOf(failed({ code: 'B' })))
  expect(fingerprintOf(failed({}))).not.toBe(fingerprintOf(failed({}, 'errorId')))
})
