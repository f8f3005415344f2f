// The server under a flood, over real sockets: what one client sends ahead, does not read, or holds open stays bounded.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import type { HttpLimits } from '../../src/http/limits.ts'
import type { Relief } from '../../src/http/relief.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { buildScope } from '../support/builders.ts'

const disposals: (() => unknown)[] = []

afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose()
})

interface Door {
  readonly port: number
  readonly reliefs: Relief[]
  /** Requests that reached `handle`, in order. */
  readonly begun: string[]
  /** Moves the time by which readers are slow. */
  skip(ms: number): void
}

async function openDoor(
  answer: (query: string) => Promise<Response> | Response,
  limits: Partial<HttpLimits> = {},
): Promise<Door> {
  const begun: string[] = []
  const reliefs: Relief[] = []
  const system = createSystemClock()
  let skippedMs = 0
  const server = createHttpServer({
    port: 0,
    host: '127.0.0.1',
    clock: { ...system, monotonicMs: () => system.monotonicMs() + skippedMs },
    isReady: () => true,
    authenticate: async (headers) => ({
      name: headers.get('x-api-key') ?? 'nobody',
      scope: buildScope(),
      isReadOnly: false,
    }),
    page: null,
    onError: () => {},
    onRelief: (relief) => reliefs.push(relief),
    limits: { silenceMs: 10, ...limits },
    async handle(request) {
      const body = await request.clone().text()
      const query = new URL(request.url).searchParams.get('query') ?? body
      begun.push(query)
      return answer(query)
    },
  })
  const { port } = await server.listen()
  disposals.push(() => server.close(0))
  return { port, reliefs, begun, skip: (ms) => void (skippedMs += ms) }
}

interface Line {
  readonly socket: Socket
  readonly received: () => string
}

function open(port: number, text = ''): Line {
  const socket = connect(port, '127.0.0.1')
  disposals.push(() => socket.destroy())
  let received = ''
  socket.setEncoding('latin1')
  socket.on('error', () => {})
  socket.on('data', (chunk) => (received += String(chunk)))
  socket.write(text)
  return { socket, received: () => received }
}

const get = (path: string, key = 'k', ...lines: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: localhost', `X-Api-Key: ${key}`, ...lines, '', ''].join('\r\n')
const post = (body: string, ...lines: string[]): string =>
  [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'X-Api-Key: k',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    ...lines,
    '',
    body,
  ].join('\r\n')

/** Other clients are answered so often: the server has read all that it reads of the connections before. */
async function answerOthers({ port }: Door, times = 20): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const other = open(port, get('/health', 'k', 'Connection: close'))
    await eventually(() => statusesOf(other.received())[0] === '200')
  }
}

const eventually = (isSo: () => boolean): Promise<void> => expect.poll(isSo, { interval: 5 }).toBe(true)
const json = (value: unknown): Response => {
  const text = JSON.stringify(value)
  return new Response(text, {
    headers: { 'content-type': 'application/json', 'content-length': String(text.length) },
  })
}
const statusesOf = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1.1 (\d+) /g)].map(([, status]) => status ?? '')

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let release = (): void => {}
  const opened = new Promise<void>((resolve) => (release = resolve))
  return { opened, open: () => release() }
}

describe('requests that are sent ahead', () => {
  it('S17 beyond a few stay unread, and all are answered in their order', async () => {
    const gate = createGate()
    const door = await openDoor(async (query) => {
      await gate.opened
      return json({ data: query })
    })
    const queries = Array.from({ length: 500 }, (_, index) => `q${index}`)
    const line = open(door.port, queries.map((query) => get(`/graphql?query=${query}`)).join(''))
    await eventually(() => door.begun.length >= 8)
    await answerOthers(door)
    expect(door.begun.length).toBeLessThanOrEqual(14)
    gate.open()
    await eventually(() => statusesOf(line.received()).length === 500)
    expect([...line.received().matchAll(/"data":"(q\d+)"/g)].map(([, query]) => query)).toEqual(queries)
    expect(door.begun).toEqual(queries)
  })

  it('with bodies arrive whole, however they are cut', async () => {
    const door = await openDoor((query) => json({ data: query.length }))
    const bodies = Array.from({ length: 60 }, (_, index) =>
      JSON.stringify({ query: 'x'.repeat(index * 150) }),
    )
    const line = open(door.port)
    const text = bodies.map((body) => post(body)).join('')
    for (let from = 0; from < text.length; from += 1_777) line.socket.write(text.slice(from, from + 1_777))
    await eventually(() => statusesOf(line.received()).length === 60)
    expect(door.begun).toEqual(bodies)
  })

  it('with Expect: 100-continue are continued and answered', async () => {
    const door = await openDoor((query) => json({ data: query.length }))
    const line = open(door.port, post('{}', 'Expect: 100-continue').repeat(40))
    await eventually(() => statusesOf(line.received()).filter((status) => status === '200').length === 40)
    expect(statusesOf(line.received()).filter((status) => status === '100')).toHaveLength(40)
  })

  it.each(['/health', '/ready', '/nothing'])('to %s are all answered', async (path) => {
    const door = await openDoor(() => json({}))
    const line = open(door.port, get(path).repeat(2_000))
    await expect.poll(() => statusesOf(line.received()).length, { interval: 5 }).toBe(2_000)
  })

  it('of which the client takes no answer do not go on', async () => {
    const door = await openDoor(() => json({ data: 'x'.repeat(500_000) }))
    const line = open(door.port)
    line.socket.pause()
    line.socket.write(get('/graphql?query={a}').repeat(3_000))
    await eventually(() => door.begun.length >= 8)
    await answerOthers(door)
    expect(door.begun.length).toBeLessThan(60)
  })

  it('by many connections at once are bounded: further connections that send ahead are closed', async () => {
    const door = await openDoor(() => new Promise(() => {}), { maxHeldConnections: 3 })
    const lines = Array.from({ length: 10 }, () => open(door.port, get('/graphql?query={a}').repeat(50)))
    await eventually(() => lines.filter(({ socket }) => socket.closed).length === 7)
    expect(door.reliefs.filter((relief) => relief === 'sentAhead')).toHaveLength(7)
  })

  it('before a half-close are answered as far as they were taken', async () => {
    const door = await openDoor(() => json({ data: null }))
    const line = open(door.port, get('/health').repeat(300))
    line.socket.end()
    await eventually(() => line.socket.closed || line.socket.readableEnded)
    expect(new Set(statusesOf(line.received()))).toEqual(new Set(['200']))
  })
})

describe('requests under way', () => {
  it('of one caller have a bound: others wait, then 429 says when to come again', async () => {
    const gate = createGate()
    const door = await openDoor(async () => gate.opened.then(() => json({ data: null })), {
      maxUnderWayOfCaller: 2,
      // So long that a busy machine begins the first two before: otherwise one of them would be refused, with 503.
      turnWaitMs: 2000,
    })
    const lines = Array.from({ length: 4 }, () => open(door.port, get('/graphql?query={a}')))
    await eventually(() => lines.filter((line) => line.received().includes(' 429 ')).length === 2)
    const refused = lines.find((line) => line.received().includes(' 429 '))?.received() ?? ''
    expect(refused).toMatch(/retry-after: 1\r\n/)
    expect(refused).toMatch(/"code":"RATE_LIMITED","retryAfter":1,"retryAt":"/)
    const other = open(door.port, get('/graphql?query={b}', 'other'))
    await eventually(() => door.begun.length === 3)
    gate.open()
    await eventually(() => statusesOf(other.received())[0] === '200')
    expect(door.reliefs).toEqual(['requestsOfCaller', 'requestsOfCaller'])
  })

  it('in all have a bound, which leaves /health and /ready alone', async () => {
    const door = await openDoor(() => new Promise(() => {}), {
      maxUnderWay: 2,
      reservedUnderWay: 0,
      turnWaitMs: 2000,
    })
    const lines = ['a', 'b', 'c'].map((key) => open(door.port, get('/graphql?query={a}', key)))
    await eventually(() => lines.some((line) => line.received().includes(' 503 ')))
    expect(door.reliefs).toEqual(['requests'])
    const probe = open(door.port, get('/health') + get('/ready'))
    await eventually(() => statusesOf(probe.received()).join() === '200,200')
  })
})

describe('answers that are not taken', () => {
  /** More than the operating system takes for a client that reads nothing. */
  const large = 'x'.repeat(12_000_000)

  it('make room: the slowest reader is disconnected, and the next client is answered', async () => {
    const door = await openDoor(() => json({ data: large }), {
      answersMaxBytes: 30_000_000,
      answersMaxBytesOfCaller: 30_000_000,
      slowReaderMs: 20,
    })
    const slow = Array.from({ length: 6 }, () => open(door.port))
    for (const [index, { socket }] of slow.entries()) {
      socket.pause()
      socket.write(get('/graphql?query={a}'))
      await eventually(() => door.begun.length === index + 1)
      await answerOthers(door, 3)
      door.skip(60)
    }
    const honest = open(door.port, get('/graphql?query={a}'))
    await eventually(() => honest.received().length > large.length)
    expect(door.reliefs.filter((relief) => relief === 'slowReader').length).toBeGreaterThanOrEqual(3)
  })

  it('of one connection have a bound: an answer beyond it is replaced by a refusal', async () => {
    const door = await openDoor(() => json({ data: large }), { answersMaxBytesOfConnection: 20_000_000 })
    const line = open(door.port)
    line.socket.pause()
    line.socket.write(get('/graphql?query={a}').repeat(3))
    await eventually(() => door.begun.length === 3)
    await eventually(() => door.reliefs.length > 0)
    expect(new Set(door.reliefs)).toEqual(new Set(['answersOfCaller']))
    line.socket.resume()
    await eventually(() => statusesOf(line.received()).length === 3)
    expect(statusesOf(line.received())).toContain('429')
  })
})

describe('bodies', () => {
  it('that are being received have a bound, and small ones pass all the same', async () => {
    const door = await openDoor(() => json({ data: null }), {
      bodiesMaxBytes: 100_000,
      bodiesMaxBytesOfCaller: 100_000,
    })
    const half = post('x'.repeat(90_000)).slice(0, 60_000)
    open(door.port, half)
    const second = open(door.port, half)
    await eventually(() => door.reliefs.length > 0)
    expect(second.received()).toMatch(/^HTTP\/1.1 429 |^$/)
    const small = open(door.port, post('{}'))
    await eventually(() => statusesOf(small.received())[0] === '200')
  })

  it('in parts of one byte arrive whole', async () => {
    const door = await openDoor((query) => json({ data: query.length }))
    const chunked =
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: k\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
    open(door.port, `${chunked}${'1\r\nx\r\n'.repeat(50_000)}0\r\n\r\n`)
    await eventually(() => door.begun.length === 1)
    expect(door.begun[0]).toBe('x'.repeat(50_000))
  })
})
