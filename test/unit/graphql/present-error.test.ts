import { inspect } from 'node:util'
import { buildSchema, execute, GraphQLError, parse, Source, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../../../src/errors/codes.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import type { ErrorDetails } from '../../../src/errors/errors.ts'
import { createPresentError, fromRequestError } from '../../../src/graphql/present-error.ts'
import type { Circumstances } from '../../../src/graphql/present-error.ts'
import { AttemptError } from '../../../src/rest/attempt-error.ts'
import { createEventLog } from '../../support/builders.ts'

const CANARY = 'sk_prod_canary'
const WITH_DATA: Circumstances = {
  hasData: true,
  wholeAtMs: null,
  now: { monotonicMs: 1000, wallMs: Date.UTC(2026, 2, 4, 17, 25, 9) },
}

function open() {
  const events = createEventLog()
  const faults: { error: unknown; errorId: string; requestId: string | null }[] = []
  const presentError = createPresentError({
    emit: events.emit,
    hasSuggestions: true,
    logFault: (error, ids) => void faults.push({ error, ...ids }),
  })
  const show = (error: unknown, circumstances: Partial<Circumstances> = {}) => {
    const { message, extensions, path } = presentError(error, { ...WITH_DATA, ...circumstances }).toJSON()
    return { message, extensions, path }
  }
  return { events, faults, presentError, show }
}

/** Wraps an error like graphql-js wraps the errors of resolvers. */
const located = (originalError: Error): GraphQLError =>
  new GraphQLError(originalError.message, { originalError, path: ['project', 'name'] })

/** Everything that could leave the process, or that printing the error would show. */
const leaks = (error: GraphQLError): string =>
  [
    JSON.stringify(error),
    JSON.stringify(error.toJSON()),
    inspect(error.extensions, { depth: null }),
    error.message,
  ].join()

describe('an error of a request whose client has left', () => {
  const left = new AbortController()
  left.abort()
  const { signal: gone } = left

  it.each([
    ['the reason of its leaving', located(left.signal.reason as Error)],
    ['that of a read that was aborted', located(new DOMException('x', 'AbortError'))],
    ['not wrapped', left.signal.reason as Error],
  ])('is neither logged nor counted: %s', (_, error) => {
    const { show, faults, events } = open()
    show(error, { gone })
    expect([faults, events.of('errorPresented')]).toEqual([[], []])
  })

  it('is a fault all the same where it does not follow from that', () => {
    const { show, faults, events } = open()
    show(located(new TypeError('x')), { gone })
    expect(faults).toHaveLength(1)
    expect(events.of('errorPresented')).toEqual([{ code: 'INTERNAL_SERVER_ERROR' }])
  })

  it('is a fault where the client is still there', () => {
    const { show, faults } = open()
    show(located(new DOMException('x', 'AbortError')), { gone: new AbortController().signal })
    expect(faults).toHaveLength(1)
  })
})

describe('an error of the domain', () => {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[]

  it.each(codes)('of code %s is shown with its code, its message and its path', (code) => {
    const { show, faults, events } = open()

    expect(show(located(new GatewayError(code, 'What went wrong.')))).toMatchObject({
      message: 'What went wrong.',
      extensions: { code },
      path: ['project', 'name'],
    })
    expect(faults).toEqual([])
    expect(events.of('errorPresented')).toEqual([{ code }])
  })

  it.each(codes)('of code %s shows nothing of its cause', (code) => {
    const cause = Object.assign(new Error(`Bearer ${CANARY}`), {
      body: CANARY,
      headers: { authorization: CANARY },
    })
    const { presentError } = open()

    const presented = presentError(located(new GatewayError(code, 'm', {}, cause)), WITH_DATA)

    expect(leaks(presented)).not.toContain('canary')
    expect(presented.originalError).toBeUndefined()
    expect(presented.cause).toBeUndefined()
    expect(presented.stack ?? '').not.toContain('canary')
  })

  it('of a failed attempt shows nothing of the transport', () => {
    const { presentError } = open()
    const error = new AttemptError('UPSTREAM_INVALID', 'm', {
      wasSent: true,
      isPassing: false,
      refusal: null,
      details: { upstream: { method: 'GET', route: '/r' } },
      cause: new SyntaxError(`Unexpected token '<', "<html>${CANARY}" is not valid JSON`),
    })

    expect(presentError(located(error), WITH_DATA).toJSON().extensions).toEqual({
      code: 'UPSTREAM_INVALID',
      upstream: { method: 'GET', route: '/r' },
    })
  })

  it('shows the details that a client may see', () => {
    const details: ErrorDetails = {
      status: 422,
      upstream: { method: 'PUT', route: '/tenants/{tenant_id}/projects/{project_id}', status: 422 },
      reason: 'VALIDATION',
      messages: ['name must be a string'],
    }
    const { show } = open()

    expect(show(new GatewayError('UNPROCESSABLE', 'm', details)).extensions).toEqual({
      code: 'UNPROCESSABLE',
      ...details,
    })
    const rejected = new GatewayError('QUERY_REJECTED', 'm', { limit: 10, actual: 0 })
    const shown = { code: 'QUERY_REJECTED', limit: 10, actual: 0 }
    expect(show(rejected).extensions).toEqual(shown)
    const http = { status: 400, spec: false }
    expect(show(rejected, { hasData: false }).extensions).toEqual({ ...shown, http })
  })

  it('is found however often it is wrapped', () => {
    const { show } = open()

    expect(show(located(located(new GatewayError('FORBIDDEN', 'm')))).extensions).toEqual({
      code: 'FORBIDDEN',
    })
  })

  it('keeps its place in the document', () => {
    const source = new Source('{ a }')
    const error = new GraphQLError('x', {
      source,
      positions: [2],
      path: ['a'],
      originalError: new GatewayError('NOT_FOUND', 'm'),
    })

    const presented = open().presentError(error, WITH_DATA)

    expect(presented.toJSON()).toMatchObject({ locations: [{ line: 1, column: 3 }], path: ['a'] })
    expect(JSON.stringify(presented)).toBe(JSON.stringify(presented.toJSON()))
  })

  it('takes no stack of its own beside data, as an answer may have thousands', () => {
    const presented = open().presentError(located(new GatewayError('NOT_FOUND', 'm')), WITH_DATA)
    expect(presented).not.toHaveProperty('stack')
  })
})

describe('the time of a repeat', () => {
  const START = '2026-03-04T17:25:09.000Z'

  it.each<[what: string, retryAtMs: number, retryAfter: number, retryAt: string]>([
    [
      'in the future is given in whole seconds, rounded up, and as a date',
      1000 + 2001,
      3,
      '2026-03-04T17:25:11.001Z',
    ],
    ['of a whole second is that second', 1000 + 2000, 2, '2026-03-04T17:25:11.000Z'],
    ['that is nearly now is a second', 1001, 1, '2026-03-04T17:25:09.001Z'],
    ['that is now is a second', 1000, 1, START],
    ['that has passed is a second', 0, 1, START],
    ['of fractions of a millisecond is never early', 1000.25, 1, '2026-03-04T17:25:09.001Z'],
  ])('%s', (_what, retryAtMs, retryAfter, retryAt) => {
    const { show } = open()

    const { extensions } = show(new GatewayError('RATE_LIMITED', 'm', { retryAtMs }))

    expect(extensions).toEqual({ code: 'RATE_LIMITED', retryAfter, retryAt })
  })

  it('is the time of the whole query, even if one call could be sent at another time', () => {
    const { show } = open()
    const error = new GatewayError('RATE_LIMITED', 'm', { retryAtMs: 3000 })

    expect(show(error, { wholeAtMs: 61_000 }).extensions).toMatchObject({
      retryAfter: 60,
      retryAt: '2026-03-04T17:26:09.000Z',
    })
    expect(show(error, { wholeAtMs: 2000 }).extensions).toMatchObject({ retryAfter: 1 })
    expect(show(error, { wholeAtMs: null }).extensions).toMatchObject({ retryAfter: 2 })
  })

  it('is measured with the monotonic clock and written with the wall clock', () => {
    const { show } = open()
    const error = new GatewayError('RATE_LIMITED', 'm', { retryAtMs: 11_000 })
    const now = { monotonicMs: 5000, wallMs: WITH_DATA.now.wallMs + 3_600_000 }

    expect(show(error, { now }).extensions).toMatchObject({
      retryAfter: 6,
      retryAt: '2026-03-04T18:25:15.000Z',
    })
  })

  it('is given for other errors that have one, and is then not the time of the whole query', () => {
    const { show } = open()

    expect(
      show(new GatewayError('CONFLICT', 'm', { retryAtMs: 3000 }), { wholeAtMs: 61_000 }).extensions,
    ).toEqual({
      code: 'CONFLICT',
      retryAfter: 2,
      retryAt: '2026-03-04T17:25:11.000Z',
    })
    expect(show(new GatewayError('NOT_FOUND', 'm'), { wholeAtMs: 61_000 }).extensions).toEqual({
      code: 'NOT_FOUND',
    })
  })

  it('of a gateway that is full is told with a 429, but not for a write that was carried out', () => {
    const { show } = open()
    const times = { retryAfter: 1, retryAt: '2026-03-04T17:25:10.000Z' }
    const full = { retryInMs: 1000 }
    const http = { status: 429, spec: false, headers: { 'Retry-After': '1' } }
    expect(show(new GatewayError('RATE_LIMITED', 'm', full), { hasData: false }).extensions).toEqual({
      code: 'RATE_LIMITED',
      ...times,
      http,
    })
    const written = new GatewayError('RATE_LIMITED', 'm', { ...full, outcome: 'DONE' })
    expect(show(written, { hasData: false }).extensions).toEqual({
      code: 'RATE_LIMITED',
      outcome: 'DONE',
      ...times,
    })
  })

  it('is never missing from RATE_LIMITED', () => {
    expect(open().show(new GatewayError('RATE_LIMITED', 'm')).extensions).toMatchObject({
      retryAfter: 1,
      retryAt: START,
    })
  })
})

describe('a fault of the gateway itself', () => {
  it.each<[what: string, error: unknown]>([
    ['a plain error', new Error(`database ${CANARY}`)],
    ['an error within a resolver', located(new TypeError(CANARY))],
    [
      'an error that looks like ours',
      Object.assign(new Error(CANARY), { name: 'GatewayError', code: 'FORBIDDEN' }),
    ],
    ['a text', CANARY],
    ['nothing', undefined],
    ['an object', { message: CANARY }],
    ['the schema’s own broken promise', new GraphQLError(`Cannot return null ${CANARY}`, { path: ['a'] })],
  ])('%s is masked, and logged once under the id that the client gets', (_what, error) => {
    const { presentError, faults, events } = open()

    const presented = presentError(error, WITH_DATA)

    expect(presented.message).toBe('The gateway failed here. The fault is logged under the errorId.')
    expect(presented.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', errorId: faults[0]?.errorId })
    expect(faults).toHaveLength(1)
    expect(faults[0]?.errorId).toMatch(/^[0-9a-f-]{36}$/)
    expect(leaks(presented)).not.toContain('canary')
    expect(events.of('errorPresented')).toEqual([{ code: 'INTERNAL_SERVER_ERROR' }])
  })

  it('is logged as it was thrown, without its wrapping', () => {
    const { show, faults } = open()
    const fault = new TypeError('bug')
    show(located(fault))

    expect(faults[0]?.error).toBe(fault)
  })

  it('has a new id each time', () => {
    const { show, faults } = open()
    show(new Error('a'))
    show(new Error('a'))

    expect(new Set(faults.map(({ errorId }) => errorId)).size).toBe(2)
  })

  it('changes the status of an answer only where there is no data', () => {
    const { show } = open()

    expect(show(new Error('x'), { hasData: false }).extensions).toMatchObject({ http: { status: 500 } })
    expect(show(new Error('x'), { hasData: true }).extensions).not.toHaveProperty('http')
  })
})

describe('an error of the request itself', () => {
  it('keeps its message, its code and its HTTP status', () => {
    const { show, faults } = open()
    const parsing = new GraphQLError('Syntax Error: Unexpected "}".', {
      extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { status: 400, spec: true } },
    })

    expect(show(parsing, { hasData: false })).toMatchObject({
      message: 'Syntax Error: Unexpected "}".',
      extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { status: 400, spec: true } },
    })
    expect(faults).toEqual([])
  })

  it('that is a malformed HTTP request has its 4xx in every media type', () => {
    const malformed = new GraphQLError('m', {
      extensions: { code: 'BAD_REQUEST', http: { status: 400, spec: true } },
    })

    expect(open().show(malformed).extensions).toEqual({
      code: 'BAD_REQUEST',
      http: { status: 400, spec: false },
    })
  })

  it.each([
    ['of a code that is not of the table is a BAD_REQUEST', { code: 'SOMETHING_OF_YOGA' }, 'BAD_REQUEST'],
    ['without a code is BAD_USER_INPUT: a variable', {}, 'BAD_USER_INPUT'],
  ])('%s', (_what, extensions, code) => {
    expect(open().show(new GraphQLError('Variable "$id" is bad.', { extensions })).extensions).toEqual({
      code,
    })
  })

  it('shows no other extensions', () => {
    const error = new GraphQLError('m', { extensions: { code: 'GRAPHQL_PARSE_FAILED', debug: CANARY } })

    expect(open().show(error).extensions).toEqual({ code: 'GRAPHQL_PARSE_FAILED' })
  })

  it('can come from the validation of graphql-js', () => {
    const schema = buildSchema('type Query { a: Int }')
    const [error] = validate(schema, parse('{ b }'))

    expect(open().show(error, { hasData: false })).toMatchObject({
      message: 'Cannot query field "b" on type "Query". Did you mean "a"?',
      extensions: { code: 'BAD_USER_INPUT' },
    })
  })
})

describe('a value that a caller sent and graphql-js quotes', () => {
  // The texts of graphql 17.1.0: utilities/validateInputValue, and execution/values for the place of a variable.
  const required = 'Expected value of type "CreateWebhookInput" to include required field "urlTemplate"'
  const unknown = 'Expected value of type "CreateWebhookInput" not to include unknown field "event_type"'
  const inner = `{ headerAuthKey: "X", headerAuthValue: "${CANARY}" }`

  it.each<[what: string, message: string, shown: string]>([
    [
      'in the place of a text',
      `String cannot represent a non string value: ["${CANARY}"]`,
      'String cannot represent a non string value.',
    ],
    ['in an object without a required member', `${required}, found: ${inner}.`, `${required}.`],
    ['in an object with an unknown member', `${unknown}, found: ${inner}.`, `${unknown}.`],
    [
      'in an object with a member that is nearly a known one',
      `${unknown}. Did you mean "event" or "eventRaw"? Found: ${inner}.`,
      `${unknown}. Did you mean "event" or "eventRaw"?`,
    ],
    [
      'in the place of an object',
      `Expected value of type "CreateWebhookInput" to be an object, found: "${CANARY}".`,
      'Expected value of type "CreateWebhookInput" to be an object.',
    ],
    [
      'in the place of a scalar',
      `Expected value of type "Date", found: "${CANARY}".`,
      'Expected value of type "Date".',
    ],
    [
      'in the place of a scalar that throws',
      `Expected value of type "Date", but encountered error "no date"; found: "${CANARY}".`,
      'Expected value of type "Date", but encountered error "no date".',
    ],
    [
      'beside the mark of a quote',
      `${unknown}. Did you mean "event"? Found: { a: "${CANARY}", b: ", found: x", c: "? Found: " }.`,
      `${unknown}. Did you mean "event"?`,
    ],
    ['in several lines', `${required}, found: {\n  headerAuthValue: "${CANARY}"\n}.`, `${required}.`],
  ])('%s is not shown', (_what, message, shown) => {
    const inside = new GraphQLError(message)
    const place = 'Variable "$input" has invalid value at .nested[0]: '
    const variable = new GraphQLError(`${place}${message}`, { originalError: inside })

    expect(open().show(inside).message).toBe(shown)
    expect(open().show(variable).message).toBe(shown)
    expect(fromRequestError(variable, 'BAD_USER_INPUT').message).toBe(shown)
  })

  it.each([
    'Expected value of type "Date!", found 5.',
    'Field "event_type" is not defined by type "CreateWebhookInput". Did you mean "event"?',
    'Expected value of non-null type "String!" not to be null.',
    'Cannot query field "found: " on type "Query".',
  ])('leaves every other message as it is: %s', (message) => {
    expect(open().show(new GraphQLError(message)).message).toBe(message)
  })
})

describe('a value that does not fit its type', () => {
  const schema = buildSchema('type Query { number: Int, choice: Choice, list: [Int!]! } enum Choice { A }')

  it.each(['number', 'choice'])(
    'is a fault of the gateway in the field %s, and is not shown',
    async (field) => {
      const { presentError } = open()
      const rootValue = { [field]: CANARY }

      const { errors = [] } = await execute({ schema, document: parse(`{ ${field} }`), rootValue })
      const presented = presentError(errors[0], WITH_DATA)

      expect(presented.extensions['code']).toBe('INTERNAL_SERVER_ERROR')
      expect(leaks(presented)).not.toContain('canary')
    },
  )

  it('is masked too where it is a null in a non-null place', async () => {
    const { errors = [] } = await execute({
      schema,
      document: parse('{ list }'),
      rootValue: { list: [null] },
    })

    expect(open().presentError(errors[0], WITH_DATA).extensions['code']).toBe('INTERNAL_SERVER_ERROR')
  })
})
