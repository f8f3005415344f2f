// How a connection begins: what counts as never sent, what proxies do, and what may come before an answer.
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/clock.ts'
import type { Proxies } from '../../../src/network/proxies.ts'
import { AttemptError, LeftUnsent } from '../../../src/rest/attempt-error.ts'
import { withTerms } from '../../../src/rest/call.ts'
import { createClient } from '../../../src/rest/client.ts'
import { aWrite, buildCall, createEventLog } from '../../support/builders.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../../support/certificate.ts'
import { openForwardProxy } from '../../support/forward-proxy.ts'
import { formatReply, openRawServer } from '../../support/raw-server.ts'

const PROJECT = JSON.stringify({ project: { id: 'p-1', name: 'Roof' } })
const ANSWER = formatReply(200, PROJECT).toString('latin1')

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()))
})

async function listen(server: Server, scheme: string): Promise<URL> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  open.push({
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => void server.close(resolve))
    },
  })
  return new URL(`${scheme}://localhost:${(server.address() as AddressInfo).port}`)
}

async function serve(answer: (socket: Socket, head: string) => void) {
  const server = await openRawServer(answer)
  open.push(server)
  return server
}

function connect(
  baseUrl: URL,
  options: { proxies?: Proxies; attemptTimeoutMs?: number; clock?: Clock } = {},
) {
  const events = createEventLog()
  const client = createClient({
    apiVersion: null,
    attemptTimeoutMs: 5000,
    maxReplyBytes: 64 * 1024,
    clock: createSystemClock(),
    emit: events.emit,
    ...options,
  })
  open.push(client)
  const send = (endpoint = buildCall().endpoint, signal = buildCall().terms.signal) => {
    const call = buildCall({ endpoint, signal })
    return client.send(withTerms(call, { scope: { ...call.terms.scope, baseUrl } }))
  }
  async function failure(endpoint = aWrite()): Promise<AttemptError> {
    const error: unknown = await send(endpoint).then(
      (reply) => new Error(`answered ${reply.status}`),
      (reason: unknown) => reason,
    )
    if (error instanceof AttemptError) return error
    throw error
  }
  return { send, failure, events }
}

const NEVER_SENT = { code: 'UPSTREAM_UNAVAILABLE', wasSent: false, refusal: null }

describe('a write is certainly not done, and takes no slot, where', () => {
  it.each<[what: string, start: () => Promise<URL>]>([
    [
      'the peer closes after the ClientHello',
      () =>
        listen(
          createServer((socket) => void socket.once('data', () => socket.end())),
          'https',
        ),
    ],
    [
      'the peer resets after the ClientHello',
      () =>
        listen(
          createServer((socket) => void socket.once('data', () => socket.resetAndDestroy())),
          'https',
        ),
    ],
    [
      'the peer closes at once',
      () =>
        listen(
          createServer((socket) => socket.destroy()),
          'https',
        ),
    ],
    [
      'the peer speaks HTTP instead of TLS',
      () =>
        listen(
          createServer((socket) => void socket.once('data', () => socket.end(ANSWER))),
          'https',
        ),
    ],
    [
      'the certificate is not trusted',
      () => listen(createSecureServer({ cert: CERTIFICATE, key: PRIVATE_KEY }), 'https'),
    ],
    [
      'the peer has no certificate',
      () =>
        listen(
          createSecureServer({}).on('tlsClientError', () => {}),
          'https',
        ),
    ],
    ['the name is unknown', async () => new URL('https://aurora.invalid')],
    ['nobody listens', async () => new URL('https://127.0.0.1:9')],
  ])('%s', async (_what, start) => {
    const error = await connect(await start()).failure()
    expect(error).toMatchObject(NEVER_SENT)
    expect(error.details.outcome).toBeUndefined()
  })

  it('the handshake never ends', async () => {
    const url = await listen(
      createServer(() => {}),
      'https',
    )
    const error = await connect(url, { attemptTimeoutMs: 100 }).failure()
    expect(error.wasSent).toBe(false)
    expect(error.details.outcome).toBeUndefined()
  })
})

it('a call whose time is over when its connection is there, because the process stood still, is never sent', async () => {
  const system = createSystemClock()
  const stood = { forMs: 0 }
  const clock = { ...system, monotonicMs: () => system.monotonicMs() + stood.forMs }
  let received = 0
  const { url } = await serve((socket) => {
    received += 1
    socket.end(ANSWER)
  })
  const { send, failure } = connect(url, { clock, attemptTimeoutMs: 60_000 })
  const failed = failure()
  // The connection is being made, and the timer of the attempt is not due by the clock of the event loop.
  stood.forMs = 120_000
  expect(await failed).toMatchObject({ code: 'UPSTREAM_TIMEOUT', wasSent: false })
  expect(await send()).toMatchObject({ status: 200 })
  expect(received).toBe(1)
})

it('an answer that has come counts, though the process stood still until the time of its attempt was over', async () => {
  const system = createSystemClock()
  const stood = { forMs: 0 }
  const due: (() => void)[] = []
  const after = (_waitMs: number, callback: () => void) => {
    due.push(callback)
    return () => void due.splice(due.indexOf(callback), 1)
  }
  const clock = { ...system, after, monotonicMs: () => system.monotonicMs() + stood.forMs }
  let receive = (_socket: Socket): void => {}
  const received = new Promise<Socket>((resolve) => (receive = resolve))
  const { url } = await serve((socket) => receive(socket))
  const reply = connect(url, { clock, attemptTimeoutMs: 60_000 }).send()
  const socket = await received
  // In a turn of timers, after which sockets are read: the bytes are in the buffer of the socket then.
  await new Promise<void>((resolve) => void setTimeout(resolve, 0))
  socket.end(ANSWER)
  stood.forMs = 120_000
  expect(due).toHaveLength(1)
  for (const callback of due) callback()
  const { status, answeredAtMs, sentAtMs = 0 } = await reply
  expect(status).toBe(200)
  // It is as old as it may be.
  expect(answeredAtMs).toBe(sentAtMs + 60_000)
})

it('a read whose handshake broke may be sent again, and one whose certificate is not trusted may not', async () => {
  const broken = await listen(
    createServer((socket) => void socket.once('data', () => socket.end())),
    'https',
  )
  const untrusted = await listen(createSecureServer({ cert: CERTIFICATE, key: PRIVATE_KEY }), 'https')
  const read = buildCall().endpoint
  expect(await connect(broken).failure(read)).toMatchObject({ wasSent: false, isPassing: true })
  expect(await connect(untrusted).failure(read)).toMatchObject({ wasSent: false, isPassing: false })
})

it('a connection that breaks after the request has begun leaves the outcome unknown', async () => {
  const { url } = await serve((socket) => socket.resetAndDestroy())
  const error = await connect(url).failure()
  expect(error).toMatchObject({ wasSent: true, details: { outcome: 'UNKNOWN' } })
})

describe('before an answer', () => {
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

  it.each([
    ['100 Continue', CONTINUE],
    ['100 without a reason', 'HTTP/1.1 100\r\n\r\n'],
    ['100 of HTTP/1.0', 'HTTP/1.0 100 Continue\r\n\r\n'],
    ['100 with headers', 'HTTP/1.1 100 Continue\r\nx-proxy: a\r\nserver: b\r\n\r\n'],
    ['100 twice', CONTINUE + CONTINUE],
    ['102 Processing', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103 Early Hints', 'HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n'],
    ['103, then 100', `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${CONTINUE}`],
    ['nothing', ''],
  ])('%s may come, each time', async (_what, interim) => {
    const server = await serve((socket) => void socket.write(interim + ANSWER))
    const { send } = connect(server.url)
    for (let count = 0; count < 3; count += 1)
      expect(await send()).toMatchObject({ status: 200, value: { id: 'p-1' } })
    expect(server.heads).toHaveLength(3)
  })

  it('an interim answer may come byte by byte', async () => {
    const server = await serve((socket) => {
      socket.setNoDelay(true)
      const bytes = [...(CONTINUE + ANSWER)]
      const next = (): void => {
        const byte = bytes.shift()
        if (byte !== undefined) socket.write(byte, () => setImmediate(next))
      }
      next()
    })
    const { send } = connect(server.url)
    expect(await send()).toMatchObject({ value: { id: 'p-1' } })
    expect(await send()).toMatchObject({ value: { id: 'p-1' } })
  })

  it('a body that looks like an interim answer is left as it is', async () => {
    const name = `a ${CONTINUE} b`
    const body = JSON.stringify({ project: { id: 'p-1', name } })
    const { url } = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`)
      setImmediate(() => socket.write(body))
    })
    expect(await connect(url).send()).toMatchObject({ value: { name } })
  })

  it('a piece of a body that begins like an interim answer is left as it is', async () => {
    const head = '{"project":{"id":"p-1","name":"'
    const body = `${head}${CONTINUE.trim()} "}}`
    const { url } = await serve((socket) => {
      socket.setNoDelay(true)
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${head}`)
      // The client has read the first piece by then: what is on loopback is read in the next turn of the event loop.
      const later = (turns: number): void =>
        void setImmediate(() => (turns > 0 ? later(turns - 1) : socket.write(body.slice(head.length))))
      later(20)
    })
    expect(await connect(url).send()).toMatchObject({ value: { name: `${CONTINUE.trim()} ` } })
  })

  it('the connection may close after interim answers only, which is no answer', async () => {
    const { url } = await serve((socket) => void socket.end(CONTINUE))
    expect(await connect(url).failure()).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      wasSent: true,
      details: { outcome: 'UNKNOWN' },
    })
  })

  it('a change of the protocol that nobody asked for is no answer', async () => {
    const { url } = await serve(
      (socket) => void socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    )
    expect(await connect(url).failure()).toMatchObject({ wasSent: true, details: { outcome: 'UNKNOWN' } })
  })

  it('an offer of another protocol beside the answer is ignored', async () => {
    const reply = formatReply(200, PROJECT, { upgrade: 'h2,h2c', connection: 'Upgrade, Keep-Alive' })
    const { url } = await serve((socket) => void socket.write(reply))
    expect(await connect(url).send()).toMatchObject({ value: { id: 'p-1' } })
  })
})

describe('every call', () => {
  it('names the gateway and its version', async () => {
    const server = await serve((socket) => void socket.write(ANSWER))
    const { send } = connect(server.url)
    await send()
    await send(aWrite())
    for (const head of server.heads)
      expect(head).toMatch(/\r\nuser-agent: aurora-graphql-gateway\/\d+\.\d+\.\d+(\r\n|$)/)
  })
})

describe('a proxy', () => {
  const through = (url: string, exceptions = ''): { proxies: Proxies } => ({
    proxies: { https: new URL(url), http: new URL(url), exceptions },
  })
  const withName = (url: URL): URL => new URL(`${url.protocol}//aurora.test:${url.port}`)

  it('without TLS gets the whole address, with its own credentials, and passes the rest on', async () => {
    await using proxy = await openForwardProxy()
    const server = await serve((socket) => void socket.write(ANSWER))
    const { send } = connect(withName(server.url), through(`http://sun:m%40on@127.0.0.1:${proxy.port}`))
    expect(await send()).toMatchObject({ value: { id: 'p-1' } })
    const credentials = Buffer.from('sun:m@on').toString('base64')
    expect(proxy.seen).toEqual([
      expect.stringMatching(
        new RegExp(`^GET http://aurora\\.test:\\d+/tenants/.*/projects/p-1 Basic ${credentials}$`),
      ),
    ])
    expect(server.heads[0]).toContain(`aurora.test:${server.url.port}`)
  })

  it('is not used for a host of NO_PROXY', async () => {
    await using proxy = await openForwardProxy()
    const server = await serve((socket) => void socket.write(ANSWER))
    const { send } = connect(server.url, through(proxy.url, '127.0.0.0/8'))
    expect(await send()).toMatchObject({ value: { id: 'p-1' } })
    expect(proxy.seen).toEqual([])
  })

  it.each(['http', 'https'])('that answers 407 to %s has sent nothing on', async (scheme) => {
    await using proxy = await openForwardProxy()
    proxy.refuse(407)
    const { failure, events } = connect(new URL(`${scheme}://aurora.test`), through(proxy.url))
    const error = await failure()
    expect(error).toMatchObject(NEVER_SENT)
    expect(error.details.outcome).toBeUndefined()
    expect(events.of('faulted')).toMatchObject([{ fault: 'PROXY_407' }])
  })

  it.each([403, 502, 503, 504])('that refuses the tunnel with %i has sent nothing on', async (status) => {
    await using proxy = await openForwardProxy()
    proxy.refuse(status)
    const { failure, events } = connect(new URL('https://aurora.test'), through(proxy.url))
    expect(await failure()).toMatchObject(NEVER_SENT)
    expect(events.of('faulted')).toMatchObject([{ fault: `PROXY_${status}` }])
  })

  it.each<[what: string, behave: (socket: Socket) => void]>([
    ['closes', (socket) => void socket.once('data', () => socket.end())],
    ['speaks no HTTP', (socket) => void socket.once('data', () => socket.end('SSH-2.0-x\r\n'))],
    ['never answers', () => {}],
  ])('that %s has sent nothing on', async (_what, behave) => {
    const proxy = await listen(createServer(behave), 'http')
    const { failure } = connect(new URL('https://aurora.test'), {
      ...through(proxy.href),
      attemptTimeoutMs: 200,
    })
    const error = await failure()
    expect(error.wasSent).toBe(false)
    expect(error.details.outcome).toBeUndefined()
  })

  it('that is down has sent nothing on', async () => {
    for (const scheme of ['http', 'https'])
      expect(
        await connect(new URL(`${scheme}://aurora.test`), through('http://127.0.0.1:9')).failure(),
      ).toMatchObject(NEVER_SENT)
  })

  it('is tunnelled through to an Aurora with TLS, whose certificate is checked', async () => {
    await using proxy = await openForwardProxy()
    const url = withName(await listen(createSecureServer({ cert: CERTIFICATE, key: PRIVATE_KEY }), 'https'))
    const { failure, events } = connect(url, through(proxy.url))
    expect(await failure()).toMatchObject(NEVER_SENT)
    expect(events.of('faulted')).toMatchObject([{ fault: expect.stringMatching(/SELF_SIGNED|SIGNATURE/) }])
    expect(proxy.seen).toEqual([`CONNECT aurora.test:${url.port}`])
  })
})

it('a client that leaves before there is a connection need not wait for one, and nothing of its read is sent', async () => {
  const heads: string[] = []
  let accept = (): void => {}
  const accepted = new Promise<void>((resolve) => (accept = resolve))
  const url = await listen(
    createSecureServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (socket) =>
      socket.on('data', (bytes: Buffer) => heads.push(bytes.toString())),
    ).on('connection', () => accept()),
    'https',
  )
  const { send, events } = connect(url)
  const leaving = new AbortController()
  const outcome = send(undefined, leaving.signal).catch((error: unknown) => error)
  await accepted
  leaving.abort('left')
  await expect(outcome).resolves.toMatchObject({ constructor: LeftUnsent, reason: 'left' })
  expect(heads).toEqual([])
  expect(events.of('attempted')).toMatchObject([{ status: null, code: null }])
})
