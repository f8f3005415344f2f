// The http room over real sockets: paths, limits, clients that disconnect, and draining.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { CallerUnchecked } from '../../src/callers/caller.ts'
import type { Authenticate, Caller } from '../../src/callers/caller.ts'
import type { AnswerOptions } from '../../src/http/answer-options.ts'
import type { HttpLimits } from '../../src/http/limits.ts'
import type { Relief } from '../../src/http/relief.ts'
import type { Served } from '../../src/telemetry/request-record.ts'
import { createHttpServer } from '../../src/http/server.ts'
import type { HttpServer } from '../../src/http/server.ts'
import { buildScope } from '../support/builders.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { advanceUntil } from '../support/wait-until.ts'

interface Seen {
  readonly request: Request
  readonly caller: Caller
  readonly body: string
}

interface Door {
  readonly server: HttpServer
  readonly url: string
  readonly port: number
  /** What reached `handle`, in order. */
  readonly seen: Seen[]
  readonly errors: unknown[]
  /** What was refused or closed to keep room. */
  readonly reliefs: Relief[]
}

interface DoorOptions {
  readonly answer?: (request: Request) => Response | Promise<Response>
  readonly authenticate?: Authenticate
  readonly isReady?: () => boolean
  readonly page?: NonNullable<AnswerOptions['page']>
  readonly limits?: Partial<HttpLimits>
  readonly clock?: Clock
  readonly onServed?: (served: Served) => void
}

const TESTER: Caller = { name: 'tester', scope: buildScope(), isReadOnly: false }

const opened: HttpServer[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close(0)))
})

async function openDoor(options: DoorOptions = {}): Promise<Door> {
  const seen: Seen[] = []
  const errors: unknown[] = []
  const reliefs: Relief[] = []
  const server = createHttpServer({
    port: 0,
    host: '127.0.0.1',
    clock: options.clock ?? createSystemClock(),
    isReady: options.isReady ?? (() => true),
    authenticate: options.authenticate ?? (async () => TESTER),
    page: options.page ?? null,
    onError: (error) => errors.push(error),
    onRelief: (relief) => reliefs.push(relief),
    limits: { silenceMs: 10, lingerMs: 200, ...options.limits },
    ...(options.onServed && { onServed: options.onServed }),
    async handle(request, caller) {
      seen.push({ request, caller, body: await request.clone().text() })
      return (await options.answer?.(request)) ?? Response.json({ data: null })
    },
  })
  opened.push(server)
  return { server, ...(await server.listen()), seen, errors, reliefs }
}

const post = (url: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  })

interface Line {
  readonly socket: Socket
  /** Resolves with all that was received, when the other side has closed. */
  readonly closed: Promise<string>
  /** Resolves with what was received so far, as soon as it matches. */
  until(pattern: RegExp): Promise<string>
}

function openLine(port: number, text = ''): Line {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => (received += String(chunk)))
  socket.on('error', () => {})
  if (text) socket.write(text)
  return {
    socket,
    closed: new Promise((resolve) => socket.on('close', () => resolve(received))),
    until: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (pattern.test(received)) resolve(received)
        }
        socket.on('data', look)
        look()
      }),
  }
}

/** A head that a page could not send. */
const head = (method: string, path: string, ...lines: string[]): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'GraphQL-Require-Preflight: true',
    ...(method === 'POST' ? ['Content-Type: application/json'] : []),
    ...lines,
    '',
    '',
  ].join('\r\n')

interface Gate {
  readonly opened: Promise<void>
  open(): void
}

function createGate(): Gate {
  let open = (): void => {}
  const isOpen = new Promise<void>((resolve) => (open = resolve))
  return { opened: isOpen, open: () => open() }
}

/** Waits until the condition holds; the time limit of the test ends the wait. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(5)
}

const codeOf = async (response: Response): Promise<unknown> => {
  const body = (await response.json()) as { errors: { extensions: { code: string } }[] }
  return body.errors[0]?.extensions.code
}

describe('paths', () => {
  it('/health is always alive, /ready is what the gateway reports', async () => {
    let isReady = false
    const { url } = await openDoor({ isReady: () => isReady })
    const health = await fetch(`${url}/health`)
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
    const unready = await fetch(`${url}/ready`)
    expect([unready.status, await unready.json()]).toEqual([503, { status: 'not ready' }])
    isReady = true
    const ready = await fetch(`${url}/ready`)
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }])
  })

  it('they need no key', async () => {
    const { url } = await openDoor({ authenticate: async () => null })
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect((await fetch(`${url}/ready`)).status).toBe(200)
  })

  it('/ leads to /graphql', async () => {
    const { url } = await openDoor()
    const response = await fetch(url, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'graphql'])
  })

  it('a POST to / is told where GraphQL is: followed, a redirect would become a GET without the operation', async () => {
    const { url, seen } = await openDoor()
    const response = await fetch(url, {
      method: 'POST',
      body: '{"query":"{ a }"}',
      headers: { 'x-api-key': 'k' },
    })
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: 'Nothing is here: GraphQL is at /graphql' },
    ])
    expect(seen).toEqual([])
  })

  it.each(['/graphql/', '/GraphQL', '/metrics', '//graphql', '/health/../x', '/%67raphql'])(
    '%s is not found, in JSON',
    async (path) => {
      const { port, seen } = await openDoor()
      const answer = await openLine(port, head('GET', path, 'Connection: close')).closed
      expect(answer).toMatch(/^HTTP\/1.1 404 [^]*application\/json[^]*"error"/)
      expect(seen).toEqual([])
    },
  )

  it('HEAD gets the headers of a GET and no body', async () => {
    const { port } = await openDoor({
      answer: () => new Response('x'.repeat(9), { headers: { 'content-length': '9' } }),
    })
    const health = await openLine(port, head('HEAD', '/health', 'Connection: close')).closed
    expect(health).toMatch(/^HTTP\/1.1 200 [^]*content-length: 15\r\n[^]*\r\n\r\n$/)
    const graphql = await openLine(port, head('HEAD', '/graphql', 'Connection: close')).closed
    expect(graphql).toMatch(/^HTTP\/1.1 200 [^]*content-length: 9\r\n[^]*\r\n\r\n$/)
  })

  it.each([
    ['DELETE', '/graphql', 'GET, HEAD, POST'],
    ['OPTIONS', '/graphql', 'GET, HEAD, POST'],
    ['TRACE', '/graphql', 'GET, HEAD, POST'],
    ['POST', '/health', 'GET, HEAD'],
  ])('%s %s is refused with what is allowed: %s', async (method, path, allowed) => {
    const { port, seen } = await openDoor()
    const answer = await openLine(port, head(method, path, 'Connection: close')).closed
    expect(answer).toMatch(/^HTTP\/1.1 405 /)
    expect(answer).toContain(`allow: ${allowed}\r\n`)
    expect(seen).toEqual([])
  })

  it.each(['*', 'ftp://localhost/graphql', 'http://[/graphql'])(
    'the target %s is refused',
    async (target) => {
      const { port } = await openDoor()
      const answer = await openLine(port, head('OPTIONS', target, 'Connection: close')).closed
      expect(answer).toMatch(/^HTTP\/1.1 400 /)
    },
  )

  it.each(['http://localhost', 'HTTP://LOCALHOST:80'])('a whole URL is a target too: %s', async (host) => {
    const { port, seen } = await openDoor()
    await openLine(port, head('GET', `${host}/graphql?query=x`, 'Connection: close')).closed
    expect(seen[0]?.request.url).toBe('http://localhost/graphql?query=x')
  })
})

describe('a request', () => {
  it('arrives whole, with its caller, without the headers of the door', async () => {
    const { url, seen } = await openDoor({
      authenticate: async (headers) => ({ ...TESTER, name: headers.get('x-api-key') ?? '' }),
    })
    const response = await post(url, '{"query":"{ a }"}', { 'x-api-key': 'k', 'x-request-id': 'r-1' })
    expect(await response.json()).toEqual({ data: null })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ caller: { name: 'k' }, body: '{"query":"{ a }"}' })
    const headers = seen[0]?.request.headers
    expect([headers?.get('x-request-id'), headers?.get('x-api-key')]).toEqual(['r-1', null])
    expect([headers?.has('connection'), headers?.get('content-type')]).toEqual([false, 'application/json'])
  })

  it('its answer arrives whole: status, headers, cookies, and a body larger than every buffer', async () => {
    const large = 'é'.repeat(3_000_000)
    const headers = new Headers({
      'x-mine': '1',
      connection: 'x-hop',
      'x-hop': '1',
      'keep-alive': 'timeout=1',
    })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    const { url } = await openDoor({ answer: () => new Response(large, { status: 207, headers }) })
    const response = await post(url, '{}')
    expect(response.status).toBe(207)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect([response.headers.get('x-mine'), response.headers.get('x-hop')]).toEqual(['1', null])
    expect(await response.text()).toBe(large)
  })

  it('a failure of the gateway is logged once and never shown to the client', async () => {
    const failure = new Error('canary: Bearer sk_prod')
    const { url, errors } = await openDoor({ answer: () => Promise.reject(failure) })
    const response = await post(url, '{}', { accept: 'application/graphql-response+json' })
    expect(response.status).toBe(500)
    expect(response.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8')
    const text = await response.text()
    expect(JSON.parse(text)).toEqual({
      errors: [
        {
          message: 'Unexpected error.',
          extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        },
      ],
    })
    expect(errors).toEqual([failure])
  })

  it('an answer that fails in the middle is cut off, so that no client takes it for whole', async () => {
    const failure = new Error('half')
    const answer = () => {
      let pulls = 0
      return new Response(
        new ReadableStream({
          pull(controller) {
            if (pulls++ > 0) throw failure
            controller.enqueue(Buffer.from('half of it'))
          },
        }),
      )
    }
    const { url, errors } = await openDoor({ answer })
    const response = await post(url, '{}')
    await expect(response.text()).rejects.toThrow('terminated')
    expect(errors).toEqual([failure])
  })

  it('many of them share one connection', async () => {
    const { port, seen } = await openDoor({
      limits: { headersTimeoutMs: 700, requestTimeoutMs: 700, checkIntervalMs: 10 },
    })
    const line = openLine(port)
    for (let turn = 1; turn <= 3; turn++) {
      line.socket.write(head('POST', '/graphql', 'Content-Length: 2') + '{}')
      await line.until(new RegExp(`(data":null[^]*){${turn}}`))
      // Idle for longer than headers may take: that limit applies to a request that has begun, not to an idle connection.
      if (turn < 3) await delay(1_000)
    }
    expect(seen).toHaveLength(3)
    line.socket.destroy()
  })
})

describe('many connections', () => {
  it('F28 500 idle ones do not delay other answers, and are released when they close', async () => {
    const { port, url } = await openDoor()
    const sockets = await Promise.all(
      Array.from(
        { length: 500 },
        () =>
          new Promise<Socket>((resolve, reject) => {
            const socket = connect(port, '127.0.0.1', () => resolve(socket))
            socket.once('error', reject)
          }),
      ),
    )
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(url, '{}', { connection: 'close' })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    for (const socket of sockets) socket.destroy()
    expect((await post(url, '{}')).status).toBe(200)
  })

  it('F28 one more than the limit is closed at once where all others wait for answers', async () => {
    const gate = createGate()
    const answer = () => gate.opened.then(() => Response.json({ data: null }))
    const { port, seen } = await openDoor({ limits: { maxConnections: 2 }, answer })
    const request = head('GET', '/graphql?query={a}', 'Connection: close')
    const kept = [openLine(port, request), openLine(port, request)]
    await eventually(() => seen.length === 2)
    expect(await openLine(port, head('GET', '/health')).closed).toBe('')
    gate.open()
    for (const { closed } of kept) expect(await closed).toMatch(/^HTTP\/1.1 200 /)
  })
})

describe('callers', () => {
  const onlyPage = { accept: 'text/html,*/*' }

  it.each<[string, string, Record<string, string>, number]>([
    ['POST', '', {}, 401],
    ['POST', '', onlyPage, 401],
    ['GET', '?query={a}', { accept: 'application/json' }, 401],
    ['GET', '', { accept: 'application/json' }, 401],
    ['GET', '', onlyPage, 200],
    ['GET', '?query={a}', onlyPage, 200],
    ['GET', '?extensions={}', onlyPage, 200],
  ])('a stranger that sends %s /graphql%s with %j gets %i, and nothing is executed', async (...given) => {
    const [method, search, headers, status] = given
    const { url, seen } = await openDoor({
      authenticate: async () => null,
      page: { open: async () => new Response('the page'), file: async () => null },
    })
    const response = await fetch(`${url}/graphql${search}`, { method, headers })
    expect(response.status).toBe(status)
    expect(seen).toEqual([])
    if (status === 200) expect(await response.text()).toBe('the page')
    else {
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="gateway"')
      expect(await codeOf(response)).toBe('UNAUTHENTICATED')
    }
  })

  it.each([
    ['HttpURLConnection of Java', 'text/html, image/gif, image/jpeg, */*; q=0.2', '?query={a}', 'answer'],
    ['the HTTP cache of Symfony', 'text/html,application/xml;q=0.9,*/*;q=0.8, */*', '?query={a}', 'answer'],
    ['a browser behind a proxy that adds a key', 'text/html,*/*;q=0.8', '?query={a}', 'page', 'navigate'],
    ['a browser that asks nothing', 'text/html,*/*;q=0.8', '', 'page'],
    ['a client that reads pages alone', 'text/html', '?query={a}', 'page'],
  ])('%s, with a key and Accept %s at /graphql%s, gets the %s', async (...given) => {
    const [, accept, search, kind, mode = 'cors'] = given
    const { port, seen } = await openDoor({
      page: { open: async () => new Response('the page'), file: async () => null },
    })
    const fields = ['X-Api-Key: k', `Accept: ${accept}`, `Sec-Fetch-Mode: ${mode}`, 'Connection: close']
    const answer = await openLine(port, head('GET', `/graphql${search}`, ...fields)).closed
    expect(answer).toMatch(kind === 'page' ? /the page/ : /\{"data":null\}/)
    expect(seen).toHaveLength(kind === 'page' ? 0 : 1)
  })

  it('without a page, a stranger is refused whatever media type it accepts', async () => {
    const { url } = await openDoor({ authenticate: async () => null })
    expect((await fetch(`${url}/graphql`, { headers: onlyPage })).status).toBe(401)
  })

  it('with a bad token get an answer that names the token as the reason', async () => {
    const { url } = await openDoor({ authenticate: async () => null })
    const response = await post(url, '{}', { authorization: 'Bearer x' })
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="gateway", error="invalid_token"')
  })

  it('who cannot be checked get a time to retry, and stay logged in', async () => {
    const { url, seen, errors } = await openDoor({
      authenticate: async () => {
        throw new CallerUnchecked()
      },
    })
    const response = await post(url, '{}')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect([seen, errors]).toEqual([[], []])
  })

  it('a stranger is refused before its body has arrived', async () => {
    const { port } = await openDoor({ authenticate: async () => null })
    const line = openLine(port, head('POST', '/graphql', 'Content-Length: 100'))
    expect(await line.until(/UNAUTHENTICATED/)).toMatch(/^HTTP\/1.1 401 [^]*connection: close/)
    await line.closed
  })
})

describe('files', () => {
  const MULTIPART = { 'content-type': 'Multipart/Form-Data; boundary=x' }
  const ALLOWED = { ...MULTIPART, 'graphql-require-preflight': 'true' }

  it('are not accepted from a page that could send them without a preflight', async () => {
    const { url, seen } = await openDoor()
    const response = await post(url, '--x--', MULTIPART)
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('GraphQL-Require-Preflight')
    expect(seen).toEqual([])
    expect((await post(url, '--x--', ALLOWED)).status).toBe(200)
    expect((await post(url, '--x--', { ...MULTIPART, 'apollo-require-preflight': '1' })).status).toBe(200)
  })

  it('have a limit of their own, and other bodies keep theirs', async () => {
    const { url } = await openDoor({ limits: { bodyMaxBytes: 10, uploadMaxBytes: 1_000 } })
    expect((await post(url, 'x'.repeat(1_000), ALLOWED)).status).toBe(200)
    expect((await post(url, 'x'.repeat(1_001), ALLOWED)).status).toBe(413)
    expect((await post(url, 'x'.repeat(11))).status).toBe(413)
  })

  it('have a limit at once, however each of them ends', async () => {
    let finish = (): void => {}
    const finished = new Promise<void>((resolve) => (finish = resolve))
    const answer = () => finished.then(() => Response.json({ data: null }))
    const { url, seen } = await openDoor({ limits: { maxUploads: 1, uploadMaxBytes: 10 }, answer })
    expect((await post(url, 'x'.repeat(11), ALLOWED)).status).toBe(413)
    const first = post(url, '--x--', ALLOWED)
    while (seen.length === 0) await delay(5)
    const second = await post(url, '--x--', ALLOWED)
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '5'])
    finish()
    expect((await first).status).toBe(200)
    expect((await post(url, '--x--', ALLOWED)).status).toBe(200)
  })
})

describe('limits', () => {
  it('a body of exactly the limit passes, one byte more does not', async () => {
    const { url, seen } = await openDoor({ limits: { bodyMaxBytes: 1_000 } })
    expect((await post(url, 'x'.repeat(1_000))).status).toBe(200)
    const response = await post(url, 'x'.repeat(1_001))
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'The body is larger than the 1000 bytes that are taken.',
          extensions: { code: 'QUERY_REJECTED', limit: 1_000, actual: 1_001 },
        },
      ],
    })
    expect(seen).toHaveLength(1)
  })

  it('a declared length is refused before a byte of it is sent', async () => {
    const { port, seen } = await openDoor()
    const line = openLine(port, head('POST', '/graphql', 'Content-Length: 999999999', 'Expect: 100-continue'))
    const answer = await line.closed
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(seen).toEqual([])
  })

  it('a client that sends Expect: 100-continue gets 100', async () => {
    const { port, seen } = await openDoor()
    const line = openLine(port, head('POST', '/graphql', 'Content-Length: 2', 'Expect: 100-continue'))
    await line.until(/^HTTP\/1.1 100 Continue\r\n\r\n$/)
    line.socket.write('{}')
    await line.until(/HTTP\/1.1 200 /)
    expect(seen[0]?.body).toBe('{}')
    line.socket.destroy()
  })

  it('a body without a declared length is refused while it streams, and the sender gets the reason', async () => {
    const { url, seen } = await openDoor({ limits: { bodyMaxBytes: 1_000 } })
    const body = new ReadableStream({
      async pull(controller) {
        await delay(1)
        controller.enqueue(Buffer.alloc(400))
      },
    })
    const response = await post(url, body)
    expect(response.status).toBe(413)
    expect(await codeOf(response)).toBe('QUERY_REJECTED')
    expect(seen).toEqual([])
  })

  it('a sender that reads the answer only after its last byte gets the reason too', async () => {
    const { port } = await openDoor({ limits: { lingerMs: 60_000 } })
    const line = openLine(port)
    line.socket.pause()
    const body = Buffer.alloc(8 * 1024 * 1024)
    line.socket.write(head('POST', '/graphql', `Content-Length: ${body.length}`))
    await delay(50)
    const sent = await new Promise((resolve) => line.socket.write(body, resolve))
    expect(sent ?? null).toBeNull()
    line.socket.resume()
    expect(await line.closed).toMatch(/^HTTP\/1.1 413 /)
  })

  it.each(['gzip', 'br', 'identity, gzip', 'GZIP'])('a body in %s is refused', async (encoding) => {
    const { url, seen } = await openDoor()
    const response = await post(url, '{}', { 'content-encoding': encoding })
    expect([response.status, response.headers.get('accept-encoding')]).toEqual([415, 'identity'])
    expect(await codeOf(response)).toBe('BAD_REQUEST')
    expect(seen).toEqual([])
  })

  it.each(['identity', 'Identity'])('a body in %s passes', async (encoding) => {
    const { url } = await openDoor()
    expect((await post(url, '{}', { 'content-encoding': encoding })).status).toBe(200)
  })

  it('a GET with a body is refused', async () => {
    const { port, seen } = await openDoor()
    const answer = await openLine(
      port,
      head('GET', '/graphql?query={a}', 'Content-Length: 2', 'Connection: close') + '{}',
    ).closed
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(seen).toEqual([])
  })

  it('headers of more than 16 KB are refused', async () => {
    const { port } = await openDoor()
    const answer = await openLine(port, head('GET', '/health', `X-Large: ${'x'.repeat(20_000)}`)).closed
    expect(answer).toMatch(/^HTTP\/1.1 431 /)
  })

  // Longer than a test may take, where another limit has to end the connection.
  const late = { checkIntervalMs: 20, requestTimeoutMs: 600_000 }
  const lateHeaders = { ...late, headersTimeoutMs: 100 }
  const lateBody = { ...late, headersTimeoutMs: 50, requestTimeoutMs: 150 }

  it.each([
    ['F28 headers that never end', lateHeaders, 'GET /health HTTP/1.1\r\nHost: x\r\n', 'X-a: b\r\n'],
    ['a connection that says nothing', lateHeaders, '', ''],
    ['F28 a body that never ends', lateBody, head('POST', '/graphql', 'Content-Length: 1000'), ' '],
    [
      'a chunked body that never ends',
      lateBody,
      head('POST', '/graphql', 'Transfer-Encoding: chunked'),
      '1\r\nx\r\n',
    ],
  ])('%s: closed in time', async (_name, limits, start, drip) => {
    const { port, seen } = await openDoor({ limits })
    const line = openLine(port, start)
    const dripping = setInterval(() => drip && line.socket.write(drip), 10)
    const answer = await line.closed
    clearInterval(dripping)
    expect(answer).toMatch(/^(HTTP\/1.1 408 |$)/)
    expect(seen).toEqual([])
  })

  it('F28 a client that does not read its answer is closed, and the source of the answer is cancelled', async () => {
    const cancelled = createGate()
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(Buffer.alloc(256 * 1024)),
          cancel: () => cancelled.open(),
        }),
      )
    const { port } = await openDoor({ answer: endless, limits: { stallTimeoutMs: 100 } })
    const line = openLine(port, head('GET', '/graphql?query={a}'))
    line.socket.pause()
    await cancelled.opened
    line.socket.resume()
    expect(await line.closed).toMatch(/^HTTP\/1.1 200 /)
  })

  it('an answer that waits for the one before it on its connection does not end both', async () => {
    const gate = createGate()
    const answer = async ({ url }: Request): Promise<Response> => {
      if (url.includes('slow')) await gate.opened
      return Response.json({ data: url.includes('slow') ? 'slow' : 'quick' })
    }
    const { port, seen } = await openDoor({ answer, limits: { stallTimeoutMs: 100 } })
    const line = openLine(
      port,
      head('GET', '/graphql?query={slow}') + head('GET', '/graphql?query={quick}', 'Connection: close'),
    )
    await eventually(() => seen.length === 2)
    // Longer than a client may take nothing.
    await delay(400)
    gate.open()
    expect(await line.closed).toMatch(/slow.*quick/s)
  })

  it('idle connections are closed where a new one needs their place', async () => {
    const { port, reliefs } = await openDoor({ limits: { maxConnections: 40 } })
    const idle = Array.from({ length: 40 }, () => openLine(port, head('GET', '/health')))
    await Promise.race(idle.map(({ closed }) => closed))
    const last = openLine(port, head('GET', '/health'))
    expect(await last.until(/"ok"/)).toMatch(/^HTTP\/1.1 200 /)
    expect(new Set(reliefs)).toEqual(new Set(['idleConnection']))
  })
})

it('a page that cannot be loaded is an error with an id, and the next visit tries again', async () => {
  let visits = 0
  const open = async (): Promise<Response> => {
    visits += 1
    if (visits === 1) throw new Error('no such file')
    return new Response('<html>')
  }
  const { url, errors } = await openDoor({ page: { open, file: async () => null } })
  const visit = () => fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })
  const failed = await visit()
  expect([failed.status, (await failed.text()).includes('no such file')]).toEqual([500, false])
  expect(errors).toEqual([new Error('no such file')])
  expect(await (await visit()).text()).toBe('<html>')
})

describe('a client that leaves', () => {
  const waiting = async (request: Request): Promise<Response> => {
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
    throw request.signal.reason
  }

  it('while its caller is checked has no body to be waited for', async () => {
    const gate = createGate()
    let checks = 0
    const authenticate = async (): Promise<Caller> => {
      checks += 1
      await gate.opened
      return TESTER
    }
    const { url, port } = await openDoor({ authenticate, limits: { maxUploads: 1 } })
    const type = 'Content-Type: multipart/form-data; boundary=b'
    const line = openLine(port, head('POST', '/graphql', type, 'Content-Length: 100'))
    await eventually(() => checks === 1)
    line.socket.resetAndDestroy()
    await line.closed
    await delay(50)
    gate.open()
    const response = await post(url, '--b--', {
      'content-type': 'multipart/form-data; boundary=b',
      'graphql-require-preflight': 'true',
    })
    expect(response.status).toBe(200)
  })

  it('F29 aborts the signal of its request at once, and is no failure', async () => {
    const { url, seen, errors } = await openDoor({ answer: waiting })
    const leave = new AbortController()
    const answer = fetch(`${url}/graphql?query={a}`, { signal: leave.signal, headers: { 'x-api-key': 'k' } })
    await eventually(() => seen.length === 1)
    expect(seen[0]?.request.signal.aborted).toBe(false)
    leave.abort()
    await expect(answer).rejects.toThrow('aborted')
    await eventually(() => seen[0]?.request.signal.aborted === true)
    expect(errors).toEqual([])
  })

  it('aborts the signal of its request, also after the garbage collector took everything but the signal', async () => {
    setFlagsFromString('--expose_gc')
    const collect = runInNewContext('gc') as () => void
    let isHeard = false
    const server = createHttpServer({
      port: 0,
      host: '127.0.0.1',
      clock: createSystemClock(),
      isReady: () => true,
      authenticate: async () => TESTER,
      onError: () => {},
      handle: ({ signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (isHeard = true))
        }),
    })
    opened.push(server)
    const { port } = await server.listen()
    const line = openLine(port, head('GET', '/graphql?query={a}'))
    for (let turn = 0; turn < 5; turn++) {
      await delay(20)
      collect()
    }
    line.socket.destroy()
    await eventually(() => isHeard)
    expect(isHeard).toBe(true)
  })

  it('aborts all the requests that it had sent ahead on one connection', async () => {
    const { port, seen } = await openDoor({ answer: waiting })
    const line = openLine(port, head('GET', '/graphql?query={a}').repeat(3))
    await eventually(() => seen.length === 3)
    line.socket.destroy()
    await eventually(() => seen.every(({ request }) => request.signal.aborted))
    expect(seen).toHaveLength(3)
  })

  it('ends a stream that waits for its next event', async () => {
    const cancelled = createGate()
    const events = () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(Buffer.from(': hello\n\n')),
          cancel: () => cancelled.open(),
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      )
    const { port } = await openDoor({ answer: events })
    const line = openLine(port, head('GET', '/graphql?query={a}'))
    expect(await line.until(/: hello/)).toMatch(/^HTTP\/1.1 200 /)
    line.socket.destroy()
    await cancelled.opened
  })

  it('does not abort the signal of a request that was answered', async () => {
    const { port, seen } = await openDoor()
    const line = openLine(port, head('GET', '/graphql?query={a}'))
    await line.until(/"data":null/)
    line.socket.destroy()
    await line.closed
    await delay(30)
    expect(seen[0]?.request.signal.aborted).toBe(false)
  })
})

describe('draining', () => {
  it('answers all that is in flight, closing each connection, before it resolves', async () => {
    const gate = createGate()
    const { server, port, seen } = await openDoor({
      answer: async () => {
        await gate.opened
        return Response.json({ data: 'late' })
      },
    })
    const lines = Array.from({ length: 50 }, () => openLine(port, head('GET', '/graphql?query={a}')))
    await eventually(() => seen.length === 50)
    let isClosed = false
    const closing = server.close(60_000).then(() => (isClosed = true))
    await delay(50)
    expect(isClosed).toBe(false)
    gate.open()
    const answers = await Promise.all(lines.map((line) => line.closed))
    await closing
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 200 [^]*connection: close[^]*"late"/)
  })

  it('shows on /ready first, and then accepts no new connection', async () => {
    const { server, port, url } = await openDoor({ limits: { noticeMs: 2_000 } })
    const closing = server.close(60_000)
    const answer = await openLine(port, head('GET', '/ready')).closed
    expect(answer).toMatch(/^HTTP\/1.1 503 [^]*connection: close/)
    const stillServed = await post(url, '{}')
    expect([stillServed.status, stillServed.headers.get('connection')]).toEqual([200, 'close'])
    await closing
    await expect(fetch(`${url}/ready`)).rejects.toThrow('fetch failed')
  })

  it('keeps idle connections until it has shown that, and what comes on one is its last request', async () => {
    const clock = createManualClock()
    const { server, port } = await openDoor({ clock, limits: { noticeMs: 2_000 } })
    const lines = [1, 2].map(() => openLine(port, head('GET', '/health')))
    for (const line of lines) await line.until(/"ok"/)
    let isClosed = false
    const closing = server.close(60_000).then(() => (isClosed = true))
    for (const line of lines) {
      line.socket.write(head('GET', '/ready'))
      expect(await line.closed).toMatch(/"ok"[^]*HTTP\/1.1 503 [^]*connection: close/)
    }
    await advanceUntil(clock, 100, () => isClosed)
    await closing
  })

  it('answers all clients that were connected and not yet accepted', async () => {
    const { server, port } = await openDoor({ limits: { noticeMs: 0, silenceMs: 600_000 } })
    const count = 20
    const steps = new Int32Array(new SharedArrayBuffer(8))
    const clients = new Worker(
      `const { connect } = require('node:net')
       const { parentPort, workerData: { port, head, steps, count } } = require('node:worker_threads')
       Atomics.wait(steps, 0, 0)
       const noteSent = () => { if (Atomics.add(steps, 1, 1) === count - 1) Atomics.notify(steps, 1) }
       for (let client = 0; client < count; client += 1) {
         let received = ''
         const socket = connect(port, '127.0.0.1')
         socket.on('data', (chunk) => (received += chunk))
         socket.on('error', () => {})
         socket.on('close', () => parentPort.postMessage(received))
         socket.write(head, noteSent)
       }`,
      { eval: true, workerData: { port, head: head('GET', '/health'), steps, count } },
    )
    await new Promise((resolve) => clients.once('online', resolve))
    const answers: string[] = []
    const answered = new Promise<void>((resolve) =>
      clients.on('message', (received: string) => void (answers.push(received) === count && resolve())),
    )
    const closing = server.close(600_000)
    // The clients connect and send in this turn of the server, which accepts nothing meanwhile.
    Atomics.store(steps, 0, 1)
    Atomics.notify(steps, 0)
    for (let sent = 0; sent < count; sent = Atomics.load(steps, 1))
      expect(Atomics.wait(steps, 1, sent, 120_000)).not.toBe('timed-out')
    await answered
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 200 [^]*connection: close[^]*"ok"/)
    await Promise.all([closing, clients.terminate()])
  })

  it('waits for no request of a client that it has accepted when the grace was over', async () => {
    const clock = createManualClock()
    let noteAsked = (): void => {}
    const asked = new Promise<void>((resolve) => (noteAsked = resolve))
    const { server, port } = await openDoor({
      clock,
      limits: { noticeMs: 2_000, silenceMs: 10 },
      answer() {
        noteAsked()
        return new Promise(() => {})
      },
    })
    const closing = server.close(2_000)
    const closed = new Promise<string>((resolve) => {
      clock.after(2_000, () => resolve(openLine(port, head('GET', '/graphql?query=%7Ba%7D')).closed))
    })
    await clock.advance(2_000)
    await Promise.race([asked, closed])
    await clock.advance(10)
    await expect(closing).resolves.toBeUndefined()
  })

  it('does not wait for idle connections, nor for those that never sent anything', async () => {
    const { server, port } = await openDoor()
    const idle = openLine(port, head('GET', '/health'))
    const silent = openLine(port)
    await idle.until(/"ok"/)
    // Longer than a test may take.
    await server.close(600_000)
    expect(await Promise.all([idle.closed, silent.closed])).toEqual([expect.stringContaining('"ok"'), ''])
  })

  it('closes a connection whose answer had begun with keep-alive', async () => {
    const gate = createGate()
    const answer = () =>
      new Response(
        new ReadableStream({
          async start(controller) {
            controller.enqueue(Buffer.from('begun '))
            await gate.opened
            controller.enqueue(Buffer.from('and ended'))
            controller.close()
          },
        }),
      )
    const { server, port } = await openDoor({ answer })
    const line = openLine(port, head('GET', '/graphql?query={a}'))
    await line.until(/begun/)
    const closing = server.close(60_000)
    await delay(50)
    gate.open()
    expect(await line.closed).toMatch(/and ended/)
    await closing
  })

  it('closes no connection before its client has taken an answer that has ended', async () => {
    const served: Served[] = []
    const { server, port } = await openDoor({
      answer: () => Response.json({ data: 'x'.repeat(10_000) }),
      onServed: (each) => void served.push(each),
    })
    const line = openLine(port)
    line.socket.pause()
    let sent = 0
    // Until the operating system takes no more.
    while (served.length === sent) {
      line.socket.write(head('GET', '/graphql?query={a}'))
      sent += 1
      for (let turn = 0; served.length < sent && turn < 20; turn += 1) await delay(5)
    }
    const closing = server.close(60_000)
    await delay(50)
    line.socket.resume()
    const answers = await line.closed
    await closing
    const counts = [/^HTTP\/1.1 200 OK/gm, /xx"}\r\n0\r\n\r\n/g].map(
      (part) => [...answers.matchAll(part)].length,
    )
    expect(counts).toEqual([sent, sent])
    expect(served.filter(({ isCutShort }) => isCutShort)).toEqual([])
  })

  it('ends after its grace, cutting off what is left', async () => {
    const { server, port, seen, errors } = await openDoor({
      answer: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    const line = openLine(port, head('GET', '/graphql?query={a}'))
    await eventually(() => seen.length === 1)
    await server.close(100)
    expect(await line.closed).toBe('')
    expect(seen[0]?.request.signal.aborted).toBe(true)
    expect(errors).toEqual([])
  })

  it('may be requested twice, and before any request has begun', async () => {
    const { server } = await openDoor()
    await Promise.all([server.close(1_000), server.close(1_000)])
    const never = createHttpServer({
      port: 0,
      host: '127.0.0.1',
      clock: createSystemClock(),
      isReady: () => true,
      authenticate: async () => null,
      onError: () => {},
      handle: () => Promise.reject(new Error('not asked')),
    })
    await expect(never.close(1_000)).resolves.toBeUndefined()
  })
})

describe('listening', () => {
  it('rejects when the port is taken', async () => {
    const { port } = await openDoor()
    const second = createHttpServer({
      port,
      host: '127.0.0.1',
      clock: createSystemClock(),
      isReady: () => true,
      authenticate: async () => null,
      onError: () => {},
      handle: () => Promise.reject(new Error('not asked')),
    })
    await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
