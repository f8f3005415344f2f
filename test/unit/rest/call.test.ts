import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertSafeId } from '../../../src/rest/ids.ts'
import { AttemptError } from '../../../src/rest/attempt-error.ts'
import { createTally } from '../../../src/telemetry/tally.ts'
import { isGatewayError } from '../../../src/errors/errors.ts'

const refusal = expect.objectContaining({ name: 'GatewayError', code: 'BAD_USER_INPUT' }) as Error

describe('S6 an id that would change the address asked is refused before any call', () => {
  it.each([
    ['two dots', '..'],
    ['one dot', '.'],
    ['escaped dots', '%2e%2e'],
    ['a slash', 'a/b'],
    ['an escaped slash', 'a%2Fb'],
    ['a backslash', 'a\\b'],
    ['a query', 'a?x=1'],
    ['a fragment', 'a#b'],
    ['a semicolon', 'a;b'],
    ['line ends and a header', 'a\r\nX: y'],
    ['a line end at its end', 'a\n'],
    ['a space', 'a b'],
    ['a zero byte', 'a\0'],
    ['dots of another script', '\u2024\u2024'],
    ['a fullwidth slash', 'a\uff0fb'],
    ['a lone surrogate', '\ud800'],
    ['letters of another script', 'projekt-ä'],
    ['a colon', 'Project:1'],
    ['an at sign', 'user@host'],
    ['nothing in it', ''],
    ['a hyphen in front', '-rf'],
    ['an underscore in front', '__proto__'],
    ['129 letters', 'a'.repeat(129)],
    ['10 KB', 'a'.repeat(10_240)],
  ])('%s', (_what, id) => {
    expect(() => assertSafeId(id)).toThrow(refusal)
  })
})

it.each(['7d0c5a52-6f1e-4b5c-9a0e-2f4c8e6b1a90', 'A', '0', 'prj_0001-x', 'a'.repeat(128), 'constructor'])(
  'the id %s passes, whatever form Aurora gives its ids next',
  (id) => {
    expect(() => assertSafeId(id)).not.toThrow()
  },
)

it('a refused id is not repeated in the message, since it may hold anything', () => {
  expect(() => assertSafeId('<script>')).toThrow(/^An id is 1 to 128 letters/)
})

it('S6 of 10,000 random texts each is refused or is one segment of a path as it stands', () => {
  const charset = fc.constantFrom(...'ab09-_./\\%?#:;@ \r\n\0ä\u2024\uff0f'.split(''), '2e', '2F', '..')
  const text = fc.oneof(fc.string({ unit: charset, maxLength: 12 }), fc.string({ unit: 'binary' }), fc.uuid())
  let accepted = 0

  fc.assert(
    fc.property(text, (id) => {
      try {
        assertSafeId(id)
      } catch (error) {
        return isGatewayError(error) && error.code === 'BAD_USER_INPUT'
      }
      accepted += 1
      const url = new URL(`https://host/tenants/t/projects/${id}/designs`)
      return (
        url.pathname.split('/').length === 6 &&
        url.pathname === `/tenants/t/projects/${id}/designs` &&
        url.search === '' &&
        url.hash === '' &&
        url.host === 'host'
      )
    }),
    { numRuns: 10_000 },
  )

  expect(accepted).toBeGreaterThan(1000)
})

it('a new tally has spent and saved nothing, and shares nothing with another', () => {
  const tally = createTally()
  tally.saved.cache += 1
  tally.calls += 1

  expect(createTally()).toEqual({
    calls: 0,
    saved: { cache: 0, joined: 0, stale: 0 },
    refused: 0,
    unnotified: 0,
    queuedMs: 0,
  })
})

it('a failed attempt is a gateway error that also says whether Aurora can have counted it', () => {
  const cause = new Error('socket')
  const facts = { wasSent: false, isPassing: true, refusal: null, details: { status: 502 }, cause }

  const error = new AttemptError('UPSTREAM_UNAVAILABLE', 'GET /x: no connection.', facts)

  expect(isGatewayError(error)).toBe(true)
  expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', wasSent: false, isPassing: true, cause })
  expect(error.details).toEqual({ status: 502 })
})
