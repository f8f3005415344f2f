import { describe, expect, it } from 'vitest'
import { ERROR_CODES, isErrorCode } from '../../../src/errors/codes.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { GatewayError, isGatewayError } from '../../../src/errors/errors.ts'
import { fromStatus } from '../../../src/errors/from-status.ts'

const ROUTE = '/tenants/{tenant_id}/projects/{project_id}'
const reply = (status: number, method = 'GET', messages: readonly string[] = []) => ({
  method,
  route: ROUTE,
  status,
  messages,
})

describe("an answer of Aurora's that is no success has the code of the table", () => {
  it.each<[status: number, code: ErrorCode]>([
    [400, 'BAD_REQUEST'],
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [405, 'BAD_REQUEST'],
    [408, 'UPSTREAM_TIMEOUT'],
    [409, 'CONFLICT'],
    [410, 'BAD_REQUEST'],
    [418, 'BAD_REQUEST'],
    [421, 'UPSTREAM_UNAVAILABLE'],
    [422, 'UNPROCESSABLE'],
    [425, 'UPSTREAM_UNAVAILABLE'],
    [500, 'UPSTREAM_ERROR'],
    [502, 'UPSTREAM_ERROR'],
    [503, 'UPSTREAM_ERROR'],
    [504, 'UPSTREAM_ERROR'],
    [599, 'UPSTREAM_ERROR'],
    [301, 'UPSTREAM_INVALID'],
    [302, 'UPSTREAM_INVALID'],
    [304, 'UPSTREAM_INVALID'],
  ])('%i is %s', (status, code) => {
    const error = fromStatus(reply(status))

    expect(error.code).toBe(code)
    expect(error.details).toMatchObject({ status, upstream: { method: 'GET', route: ROUTE, status } })
  })
})

it('the message is short, the same for every call, and contains no text of Aurora', () => {
  for (const status of [301, 400, 401, 403, 404, 409, 422, 500]) {
    const { message } = fromStatus(reply(status, 'PUT', ['secret words']))

    expect(message).not.toContain(ROUTE)
    expect(message).toContain(`(HTTP ${status}).`)
    expect(message).not.toContain('secret')
  }
})

it.each([
  [408, 'UNKNOWN'],
  [421, undefined],
  [425, undefined],
  [429, undefined],
  [500, 'UNKNOWN'],
  [503, 'UNKNOWN'],
])('a write that is answered with %i has the outcome %s', (status, outcome) => {
  expect(fromStatus(reply(status, 'PUT')).details.outcome).toBe(outcome)
  expect(fromStatus(reply(status, 'GET')).details.outcome).toBeUndefined()
})

describe("Aurora's own messages", () => {
  it('are shown for a refused write, where they are about the input', () => {
    expect(fromStatus(reply(422, 'PUT', ['name must be a string'])).details).toMatchObject({
      reason: 'VALIDATION',
      messages: ['name must be a string'],
    })
  })

  it.each<[what: string, messages: readonly string[], isProven: boolean]>([
    ['of a credential that was accepted before', ['The signature of the roof is missing.'], true],
    ['of a credential that was accepted before, without words', [], true],
    ['that is about something else', ['Not available with an accepted EagleView request.'], false],
    ['that is about an authority', ['The authority has no name yet.'], false],
  ])('are shown for a refused read %s', (_what, messages, isProven) => {
    expect(fromStatus({ ...reply(422, 'GET', messages), isProven }).details).toMatchObject({
      reason: 'VALIDATION',
      messages,
    })
  })

  it.each([
    [[]],
    [['Signature does not match.']],
    [['API key is not active']],
    [['Unauthorized.']],
    [['Tenant is unknown']],
    [['Something else.', 'The token has expired.']],
  ])('are not shown for a refused read of a credential that was never accepted: %j', (messages) => {
    const { details } = fromStatus(reply(422, 'GET', messages))

    expect(details.reason).toBe('AUTHENTICATION')
    expect(details).not.toHaveProperty('messages')
  })

  it('are not shown for a refused read, where only the credential can be wrong', () => {
    const { details } = fromStatus(reply(422, 'GET', ['signature mismatch for key abc']))

    expect(details.reason).toBe('AUTHENTICATION')
    expect(details).not.toHaveProperty('messages')
  })

  it.each([400, 401, 403, 404, 409, 500])('are not shown with status %i, reads and writes', (status) => {
    for (const method of ['GET', 'POST']) {
      const { details } = fromStatus(reply(status, method, ['secret words']))
      expect(JSON.stringify(details)).not.toContain('secret')
      expect(details).not.toHaveProperty('reason')
    }
  })
})

describe('the table of codes', () => {
  it('has a meaning and an advice for each code', () => {
    for (const { meaning, advice } of Object.values(ERROR_CODES)) {
      expect(meaning).toMatch(/^[A-Z].*\.$/s)
      expect(advice).toMatch(/^[A-Z].*\.$/s)
    }
  })

  it.each([
    ['RATE_LIMITED', true],
    ['rate_limited', false],
    ['toString', false],
    ['__proto__', false],
    [undefined, false],
    [429, false],
  ])('knows %s: %s', (code, isKnown) => {
    expect(isErrorCode(code)).toBe(isKnown)
  })
})

it('a gateway error is recognized, and has a cause only where one was given', () => {
  expect(isGatewayError(new GatewayError('INTERNAL_SERVER_ERROR', 'x'))).toBe(true)
  expect(isGatewayError(Object.assign(new Error('x'), { name: 'GatewayError', code: 'FORBIDDEN' }))).toBe(
    false,
  )
  expect(new GatewayError('FORBIDDEN', 'x')).not.toHaveProperty('cause')
  expect(new GatewayError('FORBIDDEN', 'x', {}, 'y').cause).toBe('y')
})
