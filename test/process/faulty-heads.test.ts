// Heads that two programs can read in different ways: whoever sends them could hide one request in another.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { createHttpServer } from '../../src/http/server.ts'
import type { Served } from '../../src/telemetry/request-record.ts'
import { buildScope } from '../support/builders.ts'

/** A server that is closed after the test, with the targets that reached its gateway and what it reported. */
async function openDoor(answer = (): Response | Promise<Response> => Response.json({ data: null })) {
  const seen: string[] = []
  const served: Served[] = []
  const server = createHttpServer({
    port: 0,
    host: '127.0.0.1',
    clock: createSystemClock(),
    isReady: () => true,
    authenticate: async () => ({ name: 'tester', scope: buildScope(), isReadOnly: false }),
    page: null,
    onError() {},
    onServed: (each) => served.push(each),
    limits: { silenceMs: 10, lingerMs: 200 },
    async handle({ url }) {
      seen.push(url)
      return answer()
    },
  })
  const { port } = await server.listen()
  onTestFinished(() => server.close(0))
  return { port, seen, served }
}

interface Line {
  readonly socket: Socket
  /** Resolves with all that was received, when the other side has closed. */
  readonly closed: Promise<string>
  /** Resolves with what was received so far, as soon as a head has come. */
  readonly answered: Promise<string>
}

function openLine(port: number, text: string): Line {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1')
  let received = ''
  const answered = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      received += String(chunk)
      if (received.includes('\r\n\r\n')) resolve(received)
    })
  })
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(received)))
  socket.on('error', () => {})
  socket.write(text, 'latin1')
  return { socket, closed, answered }
}

describe('a head that another program may read in another way', () => {
  const LENGTH = 'Content-Length: 2'
  const JSON_TYPE = 'Content-Type: application/json'
  const CHUNKED = 'Transfer-Encoding: chunked'
  const CHUNKS = '2\r\n{}\r\n0\r\n\r\n'
  const inLines = (lines: readonly string[], body: string): string =>
    [...lines, JSON_TYPE, '', ''].join('\r\n') + body
  const postWith = (lines: readonly string[], body = '{}'): string =>
    inLines(['POST /graphql HTTP/1.1', 'Host: localhost', ...lines], body)
  const postTo = (...hosts: readonly string[]): string =>
    inLines(['POST /graphql HTTP/1.1', ...hosts.map((host) => `Host: ${host}`), LENGTH], '{}')

  const FAULTS: readonly (readonly [string, string, number])[] = [
    ['two hosts', postTo('localhost', 'other.example'), 400],
    ['the same host twice', postTo('localhost', 'localhost'), 400],
    ['no host', postTo(), 400],
    ['a host with a space', postTo('a b'), 400],
    ['a host with a path', postTo('localhost/a'), 400],
    ['a host with a user', postTo('user@localhost'), 400],
    ['a host with a wrong escape', postTo('a%2'), 400],
    ['two hosts in HTTP/1.0', postTo('a', 'a').replace('1.1', '1.0'), 400],
    [
      'a target with another host',
      postTo('localhost').replace('/graphql', 'http://other.example/graphql'),
      400,
    ],
    [
      'a target with another port',
      postTo('localhost').replace('/graphql', 'http://localhost:81/graphql'),
      400,
    ],
    ['a version that is none of these', postTo('localhost').replace('HTTP/1.1', 'HTTP/2.0'), 505],
    ['a coded body', postWith(['Transfer-Encoding: gzip, chunked'], CHUNKS), 501],
    ['chunks in HTTP/1.0', postWith([CHUNKED], CHUNKS).replace('1.1', '1.0'), 400],
    // Node refuses these.
    ['two lengths', postWith([LENGTH, LENGTH]), 400],
    ['a list of lengths', postWith(['Content-Length: 2, 2']), 400],
    ['a length with a sign', postWith(['Content-Length: +2']), 400],
    ['a length and chunks', postWith([LENGTH, CHUNKED], CHUNKS), 400],
    ['chunks and a length', postWith([CHUNKED, LENGTH], CHUNKS), 400],
    ['chunks twice', postWith(['Transfer-Encoding: chunked, chunked'], CHUNKS), 400],
    ['a coding that does not end', postWith(['Transfer-Encoding: xchunked'], CHUNKS), 400],
    ['a space before the colon', postWith([LENGTH, 'X-A : b']), 400],
    ['a folded line', postWith([LENGTH, 'X-A: b\r\n c']), 400],
    ['a line of its own folds', inLines(['POST /graphql HTTP/1.1', ' X-A: b', 'Host: a', LENGTH], '{}'), 400],
    ['a bare CR', postWith([LENGTH, 'X-A: b\rX-B: c']), 400],
    ['a bare LF', postWith([LENGTH, 'X-A: b\nX-B: c']), 400],
    ['a zero byte', postWith([LENGTH, 'X-A: b\0c']), 400],
    ['a name with a bracket', postWith([LENGTH, 'X(A: b']), 400],
    ['chunks with a bare LF', postWith([CHUNKED], '2\n{}\n0\n\n'), 400],
  ]

  it.each(FAULTS)('is refused, and ends its connection: %s', async (_, text, status) => {
    const { port, seen } = await openDoor()
    const line = openLine(port, text)
    expect(await line.answered).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    await line.closed
    expect(seen).toEqual([])
  })

  it('ends what was sent behind it, too', async () => {
    const { port, seen } = await openDoor()
    const answers = await openLine(port, postTo('a', 'b') + postTo('localhost')).closed
    expect(answers.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(seen).toEqual([])
  })

  it('is counted and logged as a refusal', async () => {
    const { port, served } = await openDoor()
    const answer = await openLine(port, postTo('a', 'b')).closed
    expect(answer).toContain('"code":"BAD_REQUEST"')
    expect(served).toMatchObject([{ status: 400, path: '/graphql' }])
  })

  it.each([
    'localhost',
    'LOCALHOST:4000',
    '[::1]:4000',
    '[fe80::1%eth0]',
    '127.0.0.1',
    'my_service',
    'xn--bcher-kva.example.',
    '',
    'a:',
  ])('is none with the host %j', async (host) => {
    const { port, seen } = await openDoor()
    const line = openLine(port, postTo(host))
    expect(await line.answered).toMatch(/^HTTP\/1\.1 200 /)
    line.socket.destroy()
    expect(seen).toHaveLength(1)
  })
})

describe('bytes that are no request', () => {
  const write = [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 2',
    '',
    '{}',
  ].join('\r\n')
  const NO_REQUEST = 'no request\r\n\r\n'

  it('behind a whole request refuse nothing that is executed: the connection ends without an answer', async () => {
    const { port, seen } = await openDoor()
    expect(await openLine(port, write + NO_REQUEST).closed).toBe('')
    expect(seen).toEqual([])
  })

  it('behind a request that is being executed are not taken for its refusal', async () => {
    const { port, seen } = await openDoor(() => new Promise(() => {}))
    const line = openLine(port, write)
    await expect.poll(() => seen).toEqual(['http://localhost/graphql'])
    line.socket.write(NO_REQUEST)
    expect(await line.closed).toBe('')
  })

  it('in the body of a request, or behind its answer, are refused', async () => {
    const { port } = await openDoor()
    const chunked = write.replace('Content-Length: 2', 'Transfer-Encoding: chunked')
    expect(await openLine(port, chunked).closed).toMatch(/^HTTP\/1\.1 400 /)
    const line = openLine(port, write)
    await line.answered
    line.socket.write(NO_REQUEST)
    expect(await line.closed).toMatch(
      /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n\r\n$/,
    )
  })

  it('are refused with 431 if a head is too long, and with 413 if the name of a chunk is', async () => {
    const { port } = await openDoor()
    const head = openLine(port, `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(17_000)}\r\n\r\n`)
    expect(await head.closed).toMatch(/^HTTP\/1\.1 431 /)
    const chunked = write.replace('Content-Length: 2', 'Transfer-Encoding: chunked').slice(0, -2)
    const chunk = openLine(port, `${chunked}2;${'a'.repeat(17_000)}\r\n{}\r\n`)
    expect(await chunk.closed).toMatch(/^HTTP\/1\.1 413 /)
  })
})

it('a client of HTTP/1.0 gets its answer first, whatever it expects: it does not read "100 Continue"', async () => {
  const { port } = await openDoor()
  const head = 'POST /graphql HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n'
  const line = openLine(port, `${head}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`)
  expect(await line.closed).toMatch(/^HTTP\/1\.1 200 /)
})
