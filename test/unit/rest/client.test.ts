import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import { createBearerAuthentication, createHmacAuthentication } from '../../../src/rest/authentication.ts'
import { AttemptError, LeftUnsent } from '../../../src/rest/attempt-error.ts'
import { createScope } from '../../../src/rest/scope.ts'
import { withTerms } from '../../../src/rest/call.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
import { createClient } from '../../../src/rest/client.ts'
import type { ClientOptions } from '../../../src/rest/client.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { createRequestRecord } from '../../../src/telemetry/request-record.ts'
import { aWrite, buildCall, buildScope, createEventLog, TENANT_ID } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { countHeldBytes } from '../../support/memory.ts'
import { formatReply, openRawServer } from '../../support/raw-server.ts'
import type { RawServer } from '../../support/raw-server.ts'

const MAX_REPLY_BYTES = 64 * 1024
const PROJECT = JSON.stringify({ project: { id: 'p-1', name: 'Roof' } })

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()))
})

async function serve(answer: (socket: Socket, head: string) => void): Promise<RawServer> {
  const server = await openRawServer(answer)
  open.push(server)
  return server
}

/** Every request gets the same bytes; the connection stays open. */
const serveReply = (...reply: Parameters<typeof formatReply>) =>
  serve((socket) => void socket.write(formatReply(...reply)))

function connect(baseUrl: URL, options: Partial<ClientOptions> = {}) {
  const events = createEventLog()
  const client = createClient({
    apiVersion: null,
    attemptTimeoutMs: 2000,
    maxReplyBytes: MAX_REPLY_BYTES,
    clock: createSystemClock(),
    emit: events.emit,
    ...options,
  })
  open.push(client)
  const send = (call: Call) => client.send(withTerms(call, { scope: { ...call.terms.scope, baseUrl } }))
  return { send, events }
}

/** The second page of the projects, behind which there may be others. */
const aList = (): Call =>
  buildCall({ endpoint: READS.listProjects, path: {}, query: { page: '2', per_page: '250' } })

/** The date in so many seconds, in the form of HTTP. */
const dateIn = (seconds: number): string => new Date(Date.now() + seconds * 1000).toUTCString()

/** What a call came to nothing with; anything but an AttemptError is the test's own failure. */
async function failureOf(reply: Promise<Reply>): Promise<AttemptError> {
  const error: unknown = await reply.then(
    (value) => new Error(`answered ${value.status}`),
    (reason: unknown) => reason,
  )
  if (error instanceof AttemptError) return error
  throw error
}

describe('a whole answer', () => {
  it('comes back as its value, with its status, its size and its time', async () => {
    const server = await serveReply(200, PROJECT)
    const { send, events } = connect(server.url)
    const before = performance.now()

    const reply = await send(buildCall())

    expect(reply).toMatchObject({
      status: 200,
      value: { id: 'p-1', name: 'Roof' },
      bytes: PROJECT.length,
    })
    expect(reply.answeredAtMs).toBeGreaterThanOrEqual(before)
    expect(reply.answeredAtMs).toBeLessThanOrEqual(performance.now())
    expect(events.of('attempted')).toMatchObject([{ operation: 'retrieveProject', status: 200 }])
  })

  it.each([201, 202, 203, 299])('of status %i is a success as well', async (status) => {
    const server = await serveReply(status, PROJECT)

    expect(await connect(server.url).send(buildCall())).toMatchObject({ status })
  })

  it.each([
    [buildCall(), PROJECT, 'bytes 0-99/100'],
    [aList(), '{"projects": [{"id": "p-1"}]}', 'bytes 0-28/29'],
    [aList(), '{"projects": [{"id": "p-1"}]}', 'projects 0-0/700'],
    [aList(), '{"projects": [{"id": "p-1"}]}', '0-0/*'],
  ])(
    'of status 206 is whole where its range is all of it, or counts items: %#',
    async (call, body, range) => {
      const server = await serveReply(206, body, { 'content-range': range })

      expect(await connect(server.url).send(call)).toMatchObject({ status: 206 })
    },
  )

  it.each<[what: string, layers: number, encoding: string | string[] | null]>([
    ['nothing', 0, ''],
    ['the character set', 0, 'utf-8'],
    ['two words for nothing', 0, 'identity, none'],
    ['gzip, and is decompressed already', 0, 'gzip'],
    ['gzip among other words', 1, 'identity, gzip'],
    ['gzip twice', 2, 'gzip, gzip'],
    ['gzip twice, in two headers', 2, ['gzip', 'x-gzip']],
    ['gzip once, and is compressed twice', 2, 'gzip'],
    ['nothing beside gzip, and is compressed twice', 2, 'identity, gzip'],
    ['nothing at all, and is compressed', 1, null],
    ['gzip five times', 5, 'gzip,gzip,gzip,gzip,gzip'],
  ])('whose header says %s is read', async (_what, layers, encoding) => {
    const body = Array.from({ length: layers }).reduce<Buffer>(
      (bytes) => gzipSync(bytes),
      Buffer.from(PROJECT),
    )
    const server = await serveReply(200, body, encoding === null ? {} : { 'content-encoding': encoding })

    expect(await connect(server.url).send(buildCall())).toMatchObject({ value: { name: 'Roof' } })
  })

  it.each(['gzip', 'x-gzip', 'GZIP', ' gzip '])('encoded as "%s" is decompressed', async (encoding) => {
    const server = await serveReply(200, gzipSync(PROJECT), { 'content-encoding': encoding })

    expect(await connect(server.url).send(buildCall())).toMatchObject({
      value: { id: 'p-1' },
      bytes: PROJECT.length,
    })
  })

  it('in chunks of one byte is put together', async () => {
    const chunks = [...PROJECT].map((letter) => `1\r\n${letter}\r\n`).join('')
    const server = await serveReply(200, `${chunks}0\r\n\r\n`, { 'transfer-encoding': 'chunked' })

    expect(await connect(server.url).send(buildCall())).toMatchObject({ value: { id: 'p-1' } })
  })

  it('without an announced length ends with the connection', async () => {
    const server = await serve(
      (socket) => void socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${PROJECT}`),
    )

    expect(await connect(server.url).send(buildCall())).toMatchObject({ value: { id: 'p-1' } })
  })

  it('of any content type is read as JSON, because nothing else is requested', async () => {
    const server = await serveReply(200, PROJECT, { 'content-type': 'text/plain' })

    expect(await connect(server.url).send(buildCall())).toMatchObject({ status: 200 })
  })

  it('with items without an id keeps their places, and reports them', async () => {
    const server = await serveReply(200, '{"projects": [{"id": "p-1"}, {}, null]}')
    const { send, events } = connect(server.url)

    const record = createRequestRecord('r-1')
    const reply = await send(buildCall({ endpoint: READS.listProjects, path: {}, record }))

    expect(reply).toMatchObject({ value: [{ id: 'p-1' }, {}, {}] })
    expect(events.of('itemUnreadable')).toEqual([{ operation: 'listProjects', count: 2, record }])
  })

  it('leaves the connection open for the next call', async () => {
    const server = await serveReply(200, PROJECT)
    const { send } = connect(server.url)

    for (let index = 0; index < 20; index += 1) await send(buildCall())

    // undici opens a second one where a call comes in the very tick in which the one before it ended.
    expect(server.countConnections()).toBeLessThanOrEqual(2)
    expect(server.heads).toHaveLength(20)
  })
})

describe('a part of an answer', () => {
  it.each([
    [buildCall(), PROJECT, null],
    [buildCall(), PROJECT, 'bytes 0-46/9000'],
    [buildCall(), PROJECT, 'bytes 1-46/47'],
    [buildCall(), PROJECT, 'bytes 0-46/*'],
    [buildCall(), PROJECT, 'members 0-9/20'],
    [aList(), '{"projects": [{"id": "p-1"}]}', null],
    [aList(), '{"projects": [{"id": "p-1"}]}', 'bytes 0-28/*'],
    [aList(), '{"projects": []}', null],
    [aList(), '', null],
  ])('is no answer, and another attempt may bring all of it: %#', async (call, body, range) => {
    const server = await serveReply(206, body, range === null ? {} : { 'content-range': range })
    const { send, events } = connect(server.url)

    const error = await failureOf(send(call))

    expect(error).toMatchObject({ code: 'UPSTREAM_INVALID', isPassing: true, wasSent: true })
    expect(events.of('faulted')).toMatchObject([{ fault: 'PartialAnswerError' }])
  })

  it('to a write is as unreadable as any, and the write was carried out', async () => {
    const server = await serveReply(206, PROJECT)

    const error = await failureOf(connect(server.url).send(buildCall({ endpoint: aWrite() })))

    expect(error.details.outcome).toBe('DONE')
  })
})

describe('the request', () => {
  async function headOf(call: Call, options: Partial<ClientOptions> = {}, path = ''): Promise<string> {
    const server = await serveReply(404, '')
    await failureOf(connect(new URL(path, server.url), options).send(call))
    return server.heads.join('\n\n').toLowerCase()
  }

  it('has the ids in its path and the credential in its headers', async () => {
    const head = await headOf(buildCall({ scope: buildScope('sk_sand_abc') }))

    expect(head).toMatch(new RegExp(`^get /tenants/${TENANT_ID}/projects/p-1 http/1\\.1\r\n`))
    expect(head).toContain('\r\nauthorization: bearer sk_sand_abc')
    expect(head).toContain('\r\naccept: application/json')
    expect(head).toContain('\r\naccept-encoding: gzip')
  })

  it('has its parameters in the query', async () => {
    const call = buildCall({
      endpoint: READS.listProjects,
      path: {},
      query: { page: '2', per_page: '250' },
    })

    expect(await headOf(call)).toMatch(
      new RegExp(`^get /tenants/${TENANT_ID}/projects\\?page=2&per_page=250 `),
    )
  })

  it.each([
    ['/v2', '/v2/tenants/'],
    ['/v2/', '/v2/tenants/'],
    ['/a/b', '/a/b/tenants/'],
    ['', '/tenants/'],
  ])('keeps the prefix "%s" of the base address', async (prefix, start) => {
    expect(await headOf(buildCall(), {}, prefix)).toMatch(new RegExp(`^get ${start}`))
  })

  it('names the version where one is set, under the name that is set', async () => {
    const apiVersion = { header: 'Aurora-API-Version', value: '2024.05' }

    expect(await headOf(buildCall(), { apiVersion })).toContain('\r\naurora-api-version: 2024.05')
    expect(await headOf(buildCall())).not.toContain('version:')
  })

  it('signs the path with its prefix and the query, and sends both as signed', async () => {
    const clock = { ...createSystemClock(), wallMs: () => Date.UTC(2026, 2, 4, 17, 25, 9) }
    const scope = createScope({
      tenantId: TENANT_ID,
      baseUrl: new URL('http://127.0.0.1:9'),
      authentication: createHmacAuthentication('demo-key-01', 'demo-secret-01', clock),
    })
    const server = await serveReply(404, '')
    const call = buildCall({
      scope,
      endpoint: READS.listProjects,
      path: {},
      query: { page: '2', per_page: '250' },
    })

    await failureOf(connect(new URL('/v2', server.url)).send(call))

    const [line = ''] = server.heads[0]?.split('\r\n') ?? []
    expect(line).toBe(
      `GET /v2/tenants/${TENANT_ID}/projects?page=2&per_page=250&AuroraKey=demo-key-01` +
        '&Timestamp=2026-03-04%2017:25:09%20UTC' +
        '&Signature=ejhJplzGbSGlZLsY8w1hq05o%2F0X%2FE%2FXfrHMMa2KanHs%3D HTTP/1.1',
    )
    expect(server.heads[0]?.toLowerCase()).not.toContain('authorization')
  })

  it.each(['..', '.', '%2e%2e', 'a/b', 'a?x=1', 'a#b', 'a\r\nX: y', '\u2024\u2024', '$&', '$1'])(
    'keeps the id %j in one segment, even if nobody had checked it',
    async (id) => {
      const server = await serveReply(404, '')

      await failureOf(connect(server.url).send(buildCall({ path: { project_id: id } })))

      const [line = ''] = server.heads[0]?.split('\r\n') ?? []
      expect(line.split(' ')).toHaveLength(3)
      expect(line.split(' ')[1]?.split(/[/?#]/)).toEqual([
        '',
        'tenants',
        TENANT_ID,
        'projects',
        encodeURIComponent(id),
      ])
    },
  )

  it('S6 goes to the base address only: a redirect is an answer, and is not followed', async () => {
    const other = await serveReply(200, PROJECT)
    const server = await serveReply(302, '', { location: other.url.href })

    const error = await failureOf(connect(server.url).send(buildCall()))

    expect(error.refusal).toMatchObject({ status: 302 })
    expect(other.heads).toHaveLength(0)
    expect(server.heads).toHaveLength(1)
  })
})

describe('a failure of Aurora', () => {
  it.each<[what: string, body: string, messages: string[]]>([
    ['of the documented form', '{"errors": [{"message": "one"}, {"message": "two"}]}', ['one', 'two']],
    ['with other members', '{"errors": [{"message": "one", "code": 7}], "id": 1}', ['one']],
    [
      'with entries of other forms',
      '{"errors": [null, "x", 7, {}, {"message": 5}, {"message": "one"}]}',
      ['x', 'one'],
    ],
    ['with an object of errors', '{"errors": {"message": "one"}}', ['one']],
    ['with a text of errors', '{"errors": "one"}', ['one']],
    ['with texts of errors', '{"errors": ["one", " two "]}', ['one', 'two']],
    [
      'with errors by member',
      '{"errors": {"name": ["is too long", "is odd"], "pitch": "is steep", "roof": [{"message": "is flat"}]}}',
      ['name: is too long', 'name: is odd', 'pitch: is steep', 'roof: is flat'],
    ],
    [
      'with errors within errors',
      '{"errors": [{"error": "one"}, ["two", "three"]]}',
      ['one', 'two', 'three'],
    ],
    ['that is a list', '["one", {"message": "two"}]', ['one', 'two']],
    ['of OAuth', '{"error": "invalid", "error_description": "one"}', ['invalid', 'one']],
    ['with one error', '{"error": "one"}', ['one']],
    ['with one error as an object', '{"error": {"code": 7, "message": "one"}}', ['one']],
    ['with a message', '{"message": "one"}', ['one']],
    [
      'with messages and the name of the status',
      '{"statusCode": 422, "message": ["one", "two"], "error": "Unprocessable"}',
      ['Unprocessable', 'one', 'two'],
    ],
    [
      'of RFC 9457',
      '{"type": "about:blank", "title": "one", "status": 422, "detail": "two", "instance": "/x"}',
      ['one', 'two'],
    ],
    [
      'of JSON:API',
      '{"errors": [{"title": "one", "detail": "two", "source": {"pointer": "/x"}}]}',
      ['x: one', 'x: two'],
    ],
    [
      'of JSON:API with the place of an attribute',
      '{"errors": [{"detail": "is odd", "source": {"pointer": "/data/attributes/name"}}, {"detail": "is off", "source": {"parameter": "sort"}}]}',
      ['name: is odd', 'sort: is off'],
    ],
    [
      'of FastAPI',
      '{"detail": [{"loc": ["body", "roof", 0, "pitch"], "msg": "is steep", "type": "value_error", "input": "canary", "ctx": {"error": "canary"}}]}',
      ['roof.0.pitch: is steep'],
    ],
    [
      'of RFC 7807 with the members that are wrong',
      '{"title": "Not valid", "status": 422, "invalid-params": [{"name": "age", "reason": "is not positive"}]}',
      ['Not valid', 'age: is not positive'],
    ],
    [
      'of RFC 9457 with a list of errors',
      '{"title": "Not valid", "errors": [{"detail": "is too long", "pointer": "#/address/city"}]}',
      ['address.city: is too long', 'Not valid'],
    ],
    [
      'with errors of members within members',
      '{"errors": {"address": {"city": ["is missing"], "zip": ["is odd", "is short"]}}}',
      ['address: city: is missing', 'address: zip: is odd', 'address: zip: is short'],
    ],
    [
      'of unknown members within an object of errors',
      '{"errors": {"site": {"host": "10.0.0.7", "trace": "at /srv/app.rb:7", "city": ["is odd"]}}}',
      ['site: city: is odd'],
    ],
    [
      'of one error whose members are single texts',
      '{"error": {"code": "x", "host": "db-7", "trace": "at /srv/app.rb:7", "info": "at db-7"}}',
      [],
    ],
    ['of one error with errors by member', '{"error": {"name": ["is odd"], "code": "x"}}', ['name: is odd']],
    ['of one error with a description', '{"error": {"code": "x", "description": "is odd"}}', ['is odd']],
    ['with a description', '{"code": "x", "description": "is odd"}', ['is odd']],
    [
      'of the machine beside errors by member',
      '{"errors": {"name": "is odd", "host": "canary", "Request-Id": "canary", "stack_trace": ["canary"], "sqlState": ["canary"]}}',
      ['name: is odd'],
    ],
    [
      'with a place that is an address or a file',
      '{"detail": [{"loc": ["http://10.0.0.7/x"], "msg": "one"}, {"loc": "/srv/app.rb:7", "msg": "two"}]}',
      ['one', 'two'],
    ],
    ['with a byte order mark', '\ufeff{"errors": [{"message": "one"}]}', ['one']],
    ['of unknown members', '{"stack": "at /srv/app.rb:7", "host": "10.0.0.7", "errors": []}', []],
    ['of a text in JSON', '"no route to 10.0.0.7"', []],
    ['in HTML', '<html><body>Bad gateway</body></html>', []],
    ['in plain text', 'Service unavailable', []],
    ['that is empty', '', []],
    ['that is null', 'null', []],
    ['that is a number', '7', []],
    ['that is a list of other things', '[7, {"id": "one"}]', []],
    ['that is cut', '{"errors": [{"mess', []],
  ])('%s keeps its status', async (_what, body, messages) => {
    const server = await serveReply(422, body)

    const error = await failureOf(connect(server.url).send(buildCall({ endpoint: aWrite() })))
    expect(error.refusal).toMatchObject({ status: 422, retryAfterMs: null })
    expect(error.details.messages).toEqual(messages)
  })

  it.each([400, 401, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504])(
    'of status %i is an error with that status',
    async (status) => {
      const server = await serveReply(status, '{"errors": [{"message": "m"}]}')
      const { send, events } = connect(server.url)

      expect(await failureOf(send(buildCall()))).toMatchObject({ refusal: { status }, details: { status } })
      expect(events.of('attempted')).toMatchObject([{ status, code: null }])
      expect(events.of('faulted')).toEqual([])
    },
  )

  it.each<[what: string, headers: Record<string, string>, body: string, retryAfterMs: number | null]>([
    ['in Retry-After', { 'retry-after': '1.5' }, '', 1500],
    ['in the body alone', {}, '{"error": {"retry_after": 2}}', 2000],
    ['nowhere', { 'retry-after': 'soon' }, '{"errors": [{"message": "m"}]}', null],
    [
      'as a date of a clock that is half an hour ahead',
      { date: dateIn(30 * 60), 'retry-after': dateIn(30 * 60 + 6) },
      '',
      6000,
    ],
  ])('reads when it may be asked again: %s', async (_what, headers, body, retryAfterMs) => {
    const server = await serveReply(429, body, headers)

    const { refusal } = await failureOf(connect(server.url).send(buildCall()))
    expect(refusal).toMatchObject({ status: 429, retryAfterMs })
  })

  it('of status 421 is followed by calls on another connection, and those under way end on theirs', async () => {
    const answers: (() => void)[] = []
    const server = await serve((socket, head) => {
      if (head.includes('/slow')) answers.push(() => void socket.write(formatReply(200, PROJECT)))
      else socket.write(server.countConnections() > 2 ? formatReply(200, PROJECT) : formatReply(421, ''))
    })
    const { send } = connect(server.url)
    const slow = send(buildCall({ path: { project_id: 'slow' } })).catch((error: unknown) => error)
    await vi.waitUntil(() => answers.length === 1)
    const { refusal } = await failureOf(send(buildCall()))
    expect([refusal?.status, server.countConnections()]).toEqual([421, 2])

    expect(await send(buildCall())).toMatchObject({ status: 200 })
    expect(server.countConnections()).toBe(3)
    answers[0]?.()
    expect(await slow).toMatchObject({ code: 'UPSTREAM_INVALID' })
  })

  it('with two Retry-After headers passes on the first one', async () => {
    const server = await serveReply(429, '', { 'retry-after': ['7', '9'] })

    const { refusal } = await failureOf(connect(server.url).send(buildCall()))
    expect(refusal).toMatchObject({ status: 429, retryAfterMs: 7000 })
  })

  it.each([
    [429, 25_000],
    [503, null],
  ])(
    'with the end of the window of a limit and status %i names the time %j',
    async (status, retryAfterMs) => {
      const server = await serveReply(status, '', { 'x-ratelimit-reset': '25', 'x-ratelimit-remaining': '0' })

      const { refusal } = await failureOf(connect(server.url).send(buildCall()))
      expect(refusal).toMatchObject({ status, retryAfterMs })
    },
  )

  it('keeps its status with a body that is too large, cut, or of an unknown encoding', async () => {
    const huge = await serveReply(503, Buffer.alloc(1024 * 1024, 'x'))
    const cut = await serve((socket) => void socket.end(formatReply(503, 'x', { 'content-length': '100' })))
    const odd = await serveReply(503, 'x', { 'content-encoding': 'br' })

    for (const { url } of [huge, cut, odd]) {
      const { refusal } = await failureOf(connect(url).send(buildCall()))
      expect(refusal).toMatchObject({ status: 503 })
    }
  })

  it('keeps its status where its body never ends, once the time of the attempt is over', async () => {
    const server = await serve(
      (socket) => void socket.write(formatReply(503, 'x', { 'content-length': '100' })),
    )

    const clock = createManualClock()
    // Its headers are there, and its body is being read.
    const endTime = () => void setImmediate(() => void clock.advance(60_000))
    subscribe('undici:request:headers', endTime)

    const error = await failureOf(connect(server.url, { clock, attemptTimeoutMs: 60_000 }).send(buildCall()))

    unsubscribe('undici:request:headers', endTime)
    expect(error.refusal).toMatchObject({ status: 503 })
  })

  it.each([
    [
      'the token',
      createScope({ ...buildScope(), authentication: createBearerAuthentication('sk_of_mine') }),
      'sk_of_mine',
    ],
    [
      'the token in base64',
      createScope({ ...buildScope(), authentication: createBearerAuthentication('sk_prod_0123456789') }),
      Buffer.from('user:sk_prod_0123456789').toString('base64'),
    ],
    [
      'a part of the secret of a signature',
      createScope({
        ...buildScope(),
        authentication: createHmacAuthentication('my-key', 'secret+0123456789', createSystemClock()),
      }),
      'secret%2b0123…',
    ],
    [
      'the key of a signature',
      createScope({
        ...buildScope(),
        authentication: createHmacAuthentication('my-key', 'x-secret', createSystemClock()),
      }),
      'my-key',
    ],
    [
      'a signature',
      createScope({
        ...buildScope(),
        authentication: createHmacAuthentication('my-key', 'x-secret', createSystemClock()),
      }),
      '/tenants?Signature=abc%3D',
    ],
  ])('leaves out messages that quote %s', async (_what, scope, quoted) => {
    // The second one quotes it where a message is shortened.
    const errors = [`${quoted} is wrong`, `${'x'.repeat(495)}${quoted}`, 'and so on']
    const server = await serveReply(422, JSON.stringify({ errors }))

    const error = await failureOf(connect(server.url).send(buildCall({ scope, endpoint: aWrite() })))

    expect(error.details.messages).toEqual(['and so on'])
  })

  it('is not about a credential that was accepted before, for another tenant as well', async () => {
    const server = await serve((socket, head) => {
      const isGood = head.includes('/projects/p-1 ')
      socket.write(isGood ? formatReply(200, PROJECT) : formatReply(422, '{"message": "No such tenant."}'))
    })
    const { send } = connect(server.url)
    const bad = buildCall({ path: { project_id: 'p-2' } })
    const elsewhere = createScope({ ...bad.terms.scope, tenantId: 'other' })
    const stranger = buildScope('sk_sand_stranger')

    const before = await failureOf(send(bad))
    await send(buildCall())
    const after = await failureOf(send(bad))

    expect(before.details).toMatchObject({ reason: 'AUTHENTICATION' })
    expect(after.details).toMatchObject({ reason: 'VALIDATION', messages: ['No such tenant.'] })
    expect((await failureOf(send(withTerms(bad, { scope: elsewhere })))).details.reason).toBe('VALIDATION')
    expect((await failureOf(send(withTerms(bad, { scope: stranger })))).details.reason).toBe('AUTHENTICATION')
    expect(server.heads).toHaveLength(5)
  })

  it('brings no more than 20 messages', async () => {
    const errors = Array.from({ length: 50 }, (_, index) => ({ message: `m${index}` }))
    const server = await serveReply(422, JSON.stringify({ errors }))

    const error = await failureOf(connect(server.url).send(buildCall({ endpoint: aWrite() })))

    expect(error.details.messages).toHaveLength(20)
  })
})

describe('no answer in time', () => {
  /** Enough for the call to have been sent, on any machine. */
  const attemptTimeoutMs = 500

  it.each<[what: string, answer: (socket: Socket) => void]>([
    ['where nothing comes back', () => {}],
    ['where the headers never end', (socket) => void socket.write('HTTP/1.1 200 OK\r\nx-a: b\r\n')],
    ['where the body stops', (socket) => void socket.write(formatReply(200, '{', { 'content-length': '9' }))],
    [
      'where the body drips, a byte at a time',
      (socket) => {
        socket.write(formatReply(200, '', { 'content-length': '1000' }))
        const drip = setInterval(() => socket.write(' '), 5)
        socket.on('close', () => clearInterval(drip))
      },
    ],
  ])('is UPSTREAM_TIMEOUT %s', async (_what, answer) => {
    const server = await serve(answer)
    const { send } = connect(server.url, { attemptTimeoutMs })
    const closed = server.closed()
    const startMs = performance.now()

    const error = await failureOf(send(buildCall()))

    expect(error).toMatchObject({ code: 'UPSTREAM_TIMEOUT', wasSent: true, isPassing: true })
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(attemptTimeoutMs - 5)
    expect(performance.now() - startMs).toBeLessThan(attemptTimeoutMs + 20_000)
    await closed
  })
})

describe('no connection', () => {
  it('is UPSTREAM_UNAVAILABLE and certainly never counted, where it is refused', async () => {
    const server = await openRawServer(() => {})
    await server.close()
    const { send, events } = connect(server.url)

    const error = await failureOf(send(buildCall()))

    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', wasSent: false, isPassing: false })
    expect(events.of('attempted')).toMatchObject([{ status: null }])
  })

  it('is UPSTREAM_UNAVAILABLE and never counted, where the name does not exist', async () => {
    const { send } = connect(new URL('http://aurora.invalid'))

    const error = await failureOf(send(buildCall()))

    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', wasSent: false })
    expect(error.message).not.toContain('aurora.invalid')
  })

  it('is UPSTREAM_UNAVAILABLE and never counted, where the other side does not speak TLS', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => new Promise((resolve) => void server.close(() => resolve())) })
    const { port } = server.address() as AddressInfo

    const error = await failureOf(connect(new URL(`https://127.0.0.1:${port}`)).send(buildCall()))

    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', wasSent: false })
  })
})

describe('a connection that breaks', () => {
  it.each<[what: string, answer: (socket: Socket) => void]>([
    ['is reset', (socket) => void socket.resetAndDestroy()],
    ['is closed', (socket) => void socket.end()],
    ['is closed within the headers', (socket) => void socket.end('HTTP/1.1 200 OK\r\nx-a: b')],
  ])('before an answer, as it %s, may have been counted and may be tried again', async (_what, answer) => {
    const server = await serve(answer)

    const error = await failureOf(connect(server.url).send(buildCall()))

    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', wasSent: true, isPassing: true })
  })

  const half = gzipSync(JSON.stringify({ project: { id: 'p-1', name: 'x'.repeat(500) } })).subarray(0, 40)

  it.each<[what: string, answer: (socket: Socket) => void]>([
    [
      'an announced length is not reached',
      (socket) => void socket.end(formatReply(200, PROJECT, { 'content-length': '999' })),
    ],
    [
      'the last chunk is missing',
      (socket) => void socket.end(formatReply(200, '5\r\n{"pro\r\n', { 'transfer-encoding': 'chunked' })),
    ],
    [
      'it is reset within the body',
      (socket) => {
        socket.write(formatReply(200, '{"pro', { 'content-length': '999' }), () =>
          setImmediate(() => socket.resetAndDestroy()),
        )
      },
    ],
    [
      'a compressed body is not all there',
      (socket) =>
        void socket.end(formatReply(200, half, { 'content-encoding': 'gzip', 'content-length': '999' })),
    ],
    [
      'a compressed body is whole in HTTP but cut in itself',
      (socket) => void socket.write(formatReply(200, half, { 'content-encoding': 'gzip' })),
    ],
  ])('after the headers leaves an answer cut short: %s', async (_what, answer) => {
    const server = await serve(answer)

    const error = await failureOf(connect(server.url).send(buildCall()))

    expect(error).toMatchObject({ code: 'UPSTREAM_INVALID', wasSent: true, isPassing: true })
    expect(error.message).toContain('cut short')
  })
})

describe('an answer that is not one of the contract is UPSTREAM_INVALID, and not worth a second call', () => {
  const CANARY = 'canary-body-text'

  it.each<[what: string, reply: Parameters<typeof formatReply>]>([
    ['HTML', [200, `<html>${CANARY}</html>`, { 'content-type': 'text/html' }]],
    ['nothing', [200, '']],
    ['no content at all', [204, '']],
    ['not JSON', [200, `{${CANARY}}`]],
    ['cut JSON of the announced length', [200, `{"project": {"id": "p-1", "name": "${CANARY}`]],
    ['JSON with something behind it', [200, `${PROJECT}${CANARY}`]],
    ['of a wrong shape', [200, `{"projects": ["${CANARY}"]}`]],
    ['a list where an object was asked for', [200, `[{"id": "${CANARY}"}]`]],
    ['another object than the one asked for', [200, `{"project": {"id": "${CANARY}"}}`]],
    ['in an encoding that was not offered', [200, CANARY, { 'content-encoding': 'br' }]],
    [
      'encoded six times',
      [200, Array.from({ length: 6 }).reduce<Buffer>((bytes) => gzipSync(bytes), Buffer.from(PROJECT))],
    ],
    ['in an encoding beside one that was offered', [200, CANARY, { 'content-encoding': 'gzip, br' }]],
    ['said to be compressed, and is not', [200, `${CANARY} in plain text`, { 'content-encoding': 'gzip' }]],
    ['with headers of 100 KB', [200, PROJECT, { 'x-large': CANARY.repeat(6400) }]],
  ])('%s', async (_what, reply) => {
    const server = await serveReply(...reply)

    const error = await failureOf(connect(server.url).send(buildCall()))

    expect(error).toMatchObject({ code: 'UPSTREAM_INVALID', wasSent: true, isPassing: false })
    expect(error.message).toMatch(/^Aurora's answer /)
    expect(error.details).toEqual({
      upstream: { method: 'GET', route: '/tenants/{tenant_id}/projects/{project_id}' },
    })
    expect(error.message + JSON.stringify(error.details)).not.toContain(CANARY)
  })

  it('what does not speak HTTP', async () => {
    const server = await serve((socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n'))

    expect(await failureOf(connect(server.url).send(buildCall()))).toMatchObject({ code: 'UPSTREAM_INVALID' })
  })
})

describe('an answer that is too large', () => {
  const project = (nameLength: number) =>
    JSON.stringify({ project: { id: 'p-1', name: 'x'.repeat(nameLength) } })
  const empty = project(0).length
  const tooLarge = { code: 'UPSTREAM_INVALID', wasSent: true, isPassing: false }

  it.each<[what: string, encode: (text: string) => [Buffer, Record<string, string>]]>([
    ['plain', (text) => [Buffer.from(text), {}]],
    ['compressed, however small on the wire', (text) => [gzipSync(text), { 'content-encoding': 'gzip' }]],
    [
      'without an announced length',
      (text) => [
        Buffer.from(`${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`),
        { 'transfer-encoding': 'chunked' },
      ],
    ],
  ])('by one byte is refused, and the largest is not: %s', async (_what, encode) => {
    const fits = encode(project(MAX_REPLY_BYTES - empty))
    const exceeds = encode(project(MAX_REPLY_BYTES - empty + 1))
    const first = await serveReply(200, ...fits)
    const second = await serveReply(200, ...exceeds)

    expect(await connect(first.url).send(buildCall())).toMatchObject({ bytes: MAX_REPLY_BYTES })
    const error = await failureOf(connect(second.url).send(buildCall()))
    expect(error).toMatchObject(tooLarge)
    expect(error.message).toContain('too large')
  })

  it('is refused at its headers where they announce its size, and the connection is closed', async () => {
    const server = await serve(
      (socket) => void socket.write(formatReply(200, '', { 'content-length': '99999999' })),
    )
    const closed = server.closed()

    const error = await failureOf(connect(server.url).send(buildCall()))

    expect(error).toMatchObject(tooLarge)
    await closed
  })

  it('is not received: the other side can send a small part of it only', async () => {
    let sentBytes = 0
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`)
    const server = await serve((socket) => {
      socket.write(formatReply(200, '', { 'transfer-encoding': 'chunked' }))
      const pour = (): void => {
        if (socket.destroyed || sentBytes > 256 * 1024 * 1024) return
        sentBytes += chunk.length
        if (socket.write(chunk)) setImmediate(pour)
        else socket.once('drain', pour)
      }
      pour()
    })
    const closed = server.closed()

    expect(await failureOf(connect(server.url).send(buildCall()))).toMatchObject(tooLarge)
    await closed
    // What the buffers of both sides hold is on its way already.
    expect(sentBytes).toBeLessThan(16 * 1024 * 1024)
  })

  it('does not become large in memory, be it 64 MB of compressed spaces', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))
    const server = await serveReply(200, bomb, { 'content-encoding': 'gzip' })
    const { send } = connect(server.url)
    await failureOf(send(buildCall()))
    const beforeBytes = countHeldBytes()

    for (let index = 0; index < 5; index += 1) {
      expect(await failureOf(send(buildCall()))).toMatchObject(tooLarge)
    }

    const { heapUsed, external } = process.memoryUsage()
    expect(heapUsed + external - beforeBytes).toBeLessThan(32 * 1024 * 1024)
  })
})

describe('a caller who leaves', () => {
  it('gets its own reason, and the connection is closed, before the answer', async () => {
    const server = await serve(() => {})
    const leaving = new AbortController()
    const { send, events } = connect(server.url)
    const reply = send(buildCall({ signal: leaving.signal }))
    await waitFor(() => server.heads.length === 1)
    const closed = server.closed()
    const reason = new Error('left')

    leaving.abort(reason)

    await expect(reply).rejects.toBe(reason)
    await closed
    expect(events.of('attempted')).toHaveLength(1)
  })

  it('gets its own reason while the body is read as well', async () => {
    const server = await serve(
      (socket) => void socket.write(formatReply(200, '{', { 'content-length': '99' })),
    )
    const leaving = new AbortController()
    const { send } = connect(server.url)
    const reply = send(buildCall({ signal: leaving.signal }))
    await waitFor(() => server.heads.length === 1)
    const closed = server.closed()
    setTimeout(() => leaving.abort(new Error('left')), 10)

    await expect(reply).rejects.toThrow('left')
    await closed
  })

  it('before the call does not send it', async () => {
    const server = await serveReply(200, PROJECT)

    for (const endpoint of [buildCall().endpoint, aWrite()])
      await expect(
        connect(server.url).send(buildCall({ endpoint, signal: AbortSignal.abort('left') })),
      ).rejects.toMatchObject({ constructor: LeftUnsent, reason: 'left' })

    expect(server.heads).toHaveLength(0)
  })

  it('leaves the calls of others alone', async () => {
    const sockets: Socket[] = []
    const server = await serve((socket) => void sockets.push(socket))
    const leaving = new AbortController()
    const { send } = connect(server.url)
    const leaver = send(buildCall({ signal: leaving.signal }))
    const stayer = send(buildCall())
    await waitFor(() => sockets.length === 2)

    leaving.abort(new Error('left'))
    await expect(leaver).rejects.toThrow('left')
    for (const socket of sockets) socket.write(formatReply(200, PROJECT))

    expect(await stayer).toMatchObject({ status: 200 })
  })

  it('is not listened to after the call has ended, so that a long-lived signal collects no listeners', async () => {
    const server = await serveReply(200, PROJECT)
    const { send } = connect(server.url)
    const counted = countListeners()

    for (let index = 0; index < 5; index += 1) await send(buildCall({ signal: counted.signal }))

    expect(counted.now()).toBe(0)
  })
})

/** A signal that tells how many listen to it. */
function countListeners(): { signal: AbortSignal; now(): number } {
  const { signal } = new AbortController()
  let count = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...parts: Parameters<AbortSignal['addEventListener']>) => {
    count += 1
    add(...parts)
  }
  signal.removeEventListener = (...parts: Parameters<AbortSignal['removeEventListener']>) => {
    count -= 1
    remove(...parts)
  }
  return { signal, now: () => count }
}

async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => void setImmediate(resolve))
}

describe('the account of a request', () => {
  const callsOf = async (url: URL, call: Call): Promise<number> => {
    await connect(url)
      .send(call)
      .catch(() => {})
    return call.terms.tally.calls
  }

  it('has one call for each attempt: a success, a refusal, and one that ends without an answer', async () => {
    const success = await serveReply(200, PROJECT)
    const refusal = await serveReply(404, '')
    const reset = await serve((socket) => void socket.destroy())

    expect(await callsOf(success.url, buildCall())).toBe(1)
    expect(await callsOf(refusal.url, buildCall())).toBe(1)
    expect(await callsOf(reset.url, buildCall())).toBe(1)
  })

  it('has none for a write whose client left before it was sent', async () => {
    const server = await serveReply(200, PROJECT)
    const call = buildCall({ endpoint: aWrite(), signal: AbortSignal.abort('left') })

    expect(await callsOf(server.url, call)).toBe(0)
    expect(server.heads).toHaveLength(0)
  })
})
