// Streams of answers over real sockets: their form, their heartbeats, their limits, and every way in which one ends.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { CallerOutdated, CallerUnchecked } from '../../src/callers/caller.ts'
import type { Authenticate, Caller } from '../../src/callers/caller.ts'
import type { HttpLimits } from '../../src/http/limits.ts'
import type { Relief } from '../../src/http/relief.ts'
import { createHttpServer } from '../../src/http/server.ts'
import type { HttpServerOptions } from '../../src/http/server.ts'
import type { Served } from '../../src/telemetry/request-record.ts'
import { buildScope, nth } from '../support/builders.ts'
import { createHandMadeStream } from '../support/hand-made-stream.ts'
import type { HandMadeStream } from '../support/hand-made-stream.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const TESTER: Caller = { name: 'tester', scope: buildScope(), isReadOnly: false }
const EVENTS = 'text/event-stream'
const PAYLOADS = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json;q=0.9'
const FIRST = { data: { count: 1 } }

const closings: (() => Promise<void>)[] = []
const lines: Socket[] = []
afterEach(async () => {
  for (const line of lines.splice(0)) line.destroy()
  await Promise.all(closings.splice(0).map((close) => close()))
})

interface OpenOptions extends Partial<Pick<HttpServerOptions, 'corsOrigins'>> {
  readonly authenticate?: Authenticate
  readonly limits?: Partial<HttpLimits>
  /** Left out: each request is answered by a stream that gives one answer at once. */
  readonly answer?: () => HandMadeStream | Response
}

async function open({ authenticate = () => TESTER, limits, answer, ...others }: OpenOptions = {}) {
  const clock = createManualClock()
  const streams: HandMadeStream[] = []
  const served: Served[] = []
  const reliefs: Relief[] = []
  const noted: string[] = []
  const errors: unknown[] = []
  const server = createHttpServer({
    ...others,
    port: 0,
    host: '127.0.0.1',
    clock,
    random: () => 0.5,
    isReady: () => true,
    authenticate,
    onError: (error) => errors.push(error),
    onRelief: (relief) => reliefs.push(relief),
    onServed: (one) => served.push(one),
    onStream: (what) => noted.push(what),
    limits: { silenceMs: 0, ...limits },
    handle: async () => {
      const answered = answer?.() ?? createHandMadeStream(FIRST)
      if ('kind' in answered) streams.push(answered)
      return answered
    },
  })
  closings.push(async () => {
    const closing = server.close(0)
    await clock.advance(1_000)
    await closing
  })
  const { port, url } = await server.listen()
  return { server, port, url, clock, streams, served, reliefs, noted, errors }
}

function openLine(port: number, text: string) {
  const socket = connect(port, '127.0.0.1')
  lines.push(socket)
  let received = ''
  socket.setEncoding('latin1').on('data', (chunk) => (received += String(chunk)))
  socket.on('error', () => {})
  socket.write(text)
  return {
    socket,
    received: () => received,
    until: async (pattern: RegExp | string) => {
      await waitUntil(() =>
        typeof pattern === 'string' ? received.includes(pattern) : pattern.test(received),
      )
      return received
    },
    closed: new Promise<string>((resolve) => socket.on('close', () => resolve(received))),
  }
}

const ask = (accept: string, ...more: string[]): string =>
  [
    `GET /graphql?query={a} HTTP/1.1`,
    'Host: x',
    'GraphQL-Require-Preflight: true',
    `Accept: ${accept}`,
    ...more,
    '',
    '',
  ].join('\r\n')

/** The body of a chunked answer, as far as it has come. */
const bodyOf = (received: string): string => {
  let rest = received.slice(received.indexOf('\r\n\r\n') + 4)
  let body = ''
  for (;;) {
    const end = rest.indexOf('\r\n')
    const bytes = Number.parseInt(rest.slice(0, end), 16)
    if (end === -1 || !(bytes > 0)) return body
    body += rest.slice(end + 2, end + 2 + bytes)
    rest = rest.slice(end + 2 + bytes + 2)
  }
}

/** Removes the id that a browser keeps of an earlier refusal. */
const OPENING = ':\n\nid:\n'
const COMPLETE = 'retry: 1000\nid: complete\nevent: complete\ndata:\n\n'
const RETRY_COMPLETE = 'retry: 3000\nevent: complete\ndata:\n\n'
const NEXT = 'event: next\ndata: {"data":{"count":1}}\n\n'

describe('the form of a stream', () => {
  it('is GraphQL over SSE: bytes at once, an answer in one line, and an end', async () => {
    const { port, streams, served } = await open({
      answer: () => createHandMadeStream(),
      corsOrigins: ['https://a.example'],
    })
    const line = openLine(port, ask(EVENTS, 'Accept-Encoding: gzip, br', 'Origin: https://a.example'))
    expect(bodyOf(await line.until(OPENING))).toBe(OPENING)
    const head = line.received().toLowerCase()
    for (const field of [
      'content-type: text/event-stream; charset=utf-8',
      'cache-control: no-store, no-transform',
      'x-accel-buffering: no',
      'vary: accept, origin',
      'access-control-allow-origin: https://a.example',
      'transfer-encoding: chunked',
    ])
      expect(head).toContain(`${field}\r\n`)
    expect(head).not.toContain('content-encoding')
    streams[0]?.give({ data: { text: 'a\nb' } })
    await line.until('a\\nb')
    streams[0]?.complete()
    expect(bodyOf(await line.until('0\r\n\r\n'))).toBe(
      `${OPENING}event: next\ndata: {"data":{"text":"a\\nb"}}\n\n${COMPLETE}`,
    )
    expect(served[0]).toMatchObject({
      status: 200,
      isCutShort: false,
      stream: { events: 1, end: 'complete' },
    })
  })

  it('is Apollo’s multipart protocol: each part ends with the delimiter that follows it', async () => {
    const { port, streams } = await open()
    const line = openLine(port, ask(PAYLOADS))
    await line.until('"count"')
    const part = '\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{"payload":{"data":{"count":1}}}'
    expect(line.received()).toContain(
      'content-type: multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
    )
    expect(bodyOf(line.received())).toBe(`\r\n--graphql${part}\r\n--graphql`)
    streams[0]?.complete()
    expect(bodyOf(await line.until('0\r\n\r\n'))).toBe(`\r\n--graphql${part}\r\n--graphql--\r\n`)
  })

  it('is given to a client that accepts JSON as well, and refused to one that accepts nothing else', async () => {
    const { port, streams } = await open()
    const both = openLine(port, ask(`application/json, ${EVENTS}`))
    await both.until(NEXT)
    const neither = openLine(port, ask('application/json'))
    expect(await neither.until('"errors"')).toMatch(/^HTTP\/1.1 406 [^]*BAD_REQUEST/)
    expect(streams.map(({ state }) => state)).toEqual(['started', 'stopped'])
  })

  it('ends with the connection for an HTTP/1.0 client, and has no body for a HEAD, for which nothing is started', async () => {
    const { port, streams } = await open()
    const old = openLine(port, ask(EVENTS).replace('HTTP/1.1', 'HTTP/1.0'))
    await old.until(NEXT)
    streams[0]?.complete()
    const received = await old.closed
    expect(received).toMatch(/^HTTP\/1.1 200 /)
    expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toBe(`${OPENING}${NEXT}${COMPLETE}`)
    const head = openLine(
      port,
      `${ask(EVENTS).replace('GET', 'HEAD')}GET /health HTTP/1.1\r\nHost: x\r\n\r\n`,
    )
    expect(await head.until('"ok"')).toContain(EVENTS)
    expect([streams[1]?.state, head.received()]).toEqual(['stopped', expect.not.stringContaining('event:')])
  })

  it('is made of one answer, for a client that reads streams only', async () => {
    const { port } = await open({
      answer: () => Response.json({ data: 1 }, { status: 200, headers: { etag: '"a"' } }),
    })
    const events = openLine(port, ask(EVENTS, 'If-None-Match: *'))
    expect(await events.until('complete\ndata:\n\n')).toContain(
      `event: next\ndata: {"data":1}\n\n${COMPLETE}`,
    )
    expect(events.received()).not.toMatch(/etag/i)
    const parts = openLine(port, ask('multipart/mixed;subscriptionSpec=1.0'))
    expect(await parts.until('--graphql--')).toContain('\r\n\r\n{"payload":{"data":1}}\r\n--graphql--\r\n')
    const json = openLine(port, ask(`${EVENTS}, application/json;q=0.1`))
    expect(await json.until('{"data":1}')).toContain('content-type: application/json')
  })
})

describe('a refusal of a client that reads streams only', () => {
  const refuse = { authenticate: () => null }

  it('is an event with its text, and then an end; a browser that connects again is stopped', async () => {
    const { port, served } = await open(refuse)
    const first = openLine(port, ask(EVENTS))
    expect(await first.until('complete')).toMatch(
      /^HTTP\/1.1 200 [^]*event: next\ndata: \{"errors":.*UNAUTHENTICATED.*\}\n\nretry: 1000\nid: refused\nevent: complete\ndata:\n\n$/,
    )
    const again = openLine(port, ask(EVENTS, 'Last-Event-ID: refused'))
    expect(await again.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 204 /)
    await waitUntil(() => served.length === 2)
    expect(served.map(({ status }) => status)).toEqual([401, 401])
  })

  it('that passes names the time at which a browser connects again', async () => {
    const { port } = await open({ limits: { maxStreamsOfCaller: 0 } })
    const line = openLine(port, ask(EVENTS, 'Last-Event-ID: refused'))
    expect(await line.until('complete')).toMatch(
      /^HTTP\/1.1 200 [^]*"code":"RATE_LIMITED","retryAfter":10[^]*\n\nretry: 10000\nevent: complete\ndata:\n\n$/,
    )
  })

  it.each<[string, OpenOptions]>([
    [
      'because who is calling cannot be checked',
      { authenticate: () => Promise.reject(new CallerUnchecked()) },
    ],
    [
      'because of a fault of the gateway',
      {
        answer: () => {
          throw new Error('broken')
        },
      },
    ],
  ])('%s passes, so a browser connects again, whatever it was refused for before', async (_why, options) => {
    const { port } = await open(options)
    const line = openLine(port, ask(EVENTS, 'Last-Event-ID: refused'))
    expect(await line.until('complete')).toMatch(
      /^HTTP\/1.1 200 [^]*\r\n\r\n:\n\nid:\nevent: next\n.*INTERNAL_SERVER_ERROR.*\n\nretry: 5000\nevent: complete\ndata:\n\n$/,
    )
  })

  it('is a stream each time for a POST, which no browser sends by itself', async () => {
    const { port } = await open(refuse)
    const line = openLine(
      port,
      ask(EVENTS, 'Last-Event-ID: refused', 'Content-Length: 0').replace('GET', 'POST'),
    )
    expect(await line.until('complete')).toMatch(/^HTTP\/1.1 200 [^]*UNAUTHENTICATED/)
  })

  it('is an error of the transport in Apollo’s protocol', async () => {
    const { port } = await open(refuse)
    const line = openLine(port, ask('multipart/mixed;subscriptionSpec=1.0'))
    expect(await line.until('--graphql--')).toMatch(
      /^HTTP\/1.1 200 [^]*\{"payload":null,"errors":\[.*UNAUTHENTICATED/,
    )
  })

  it('has its own status where the client accepts JSON', async () => {
    const { port } = await open(refuse)
    const line = openLine(port, ask(PAYLOADS))
    expect(await line.until('UNAUTHENTICATED')).toMatch(/^HTTP\/1.1 401 [^]*content-type: application\/json/)
  })
})

it('a browser that connects again after the operation has ended is stopped, and nothing is executed', async () => {
  const { port, streams } = await open()
  const line = openLine(port, ask(EVENTS, 'Last-Event-ID: complete'))
  expect(await line.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 204 /)
  expect(streams).toEqual([])
})

describe('a stream on which nothing comes', () => {
  it('has a heartbeat within 8 s, which is a comment, or an empty part', async () => {
    const { port, clock } = await open()
    const events = openLine(port, ask(EVENTS))
    await events.until(NEXT)
    const parts = openLine(port, ask(PAYLOADS))
    await parts.until('"count"')
    await clock.advance(8_000)
    expect(bodyOf(await events.until(/\n\n\r\n3\r\n:\n\n\r\n$/))).toBe(`${OPENING}${NEXT}:\n\n`)
    expect(await parts.until('{}')).toMatch(/\r\n\r\n\{\}\r\n--graphql\r\n$/)
  })

  it('has no block without data at its beginning, however late its first answer is', async () => {
    const { port, clock, streams } = await open({ answer: () => createHandMadeStream() })
    const line = openLine(port, ask(EVENTS))
    await line.until(OPENING)
    for (let count = 0; count < 3; count += 1) await clock.advance(8_000)
    streams[0]?.give(FIRST)
    await line.until(NEXT)
    expect(bodyOf(line.received())).toMatch(/^:\n\nid:\n(:\n)+event: next\ndata: .*\n\n$/)
  })

  it('has one timer with all others, and none when all have ended', async () => {
    const { port, clock, streams, served } = await open()
    for (let count = 0; count < 3; count += 1) await openLine(port, ask(EVENTS)).until(NEXT)
    expect(clock.countTimers()).toBe(1)
    for (const stream of streams) stream.complete()
    await waitUntil(() => served.length === 3)
    await clock.advance(1_000)
    expect(clock.countTimers()).toBe(0)
  })
})

describe('a stream ends', () => {
  it('when it was open as long as a stream may be, without an error', async () => {
    const { port, clock, streams, served } = await open({ limits: { streamMaxMs: 60_000 } })
    const line = openLine(port, ask(EVENTS))
    await line.until(NEXT)
    await clock.advance(53_000)
    expect(line.received()).not.toContain('complete')
    await clock.advance(1_000)
    expect(bodyOf(await line.until('0\r\n\r\n')).endsWith(RETRY_COMPLETE)).toBe(true)
    expect(line.received()).not.toContain('errors')
    expect([streams[0]?.state, served[0]?.stream?.end]).toEqual(['stopped', 'life'])
  })

  it('in a shutdown, whose grace it does not use up', async () => {
    const { server, port, clock, noted } = await open()
    const line = openLine(port, ask(EVENTS))
    await line.until(NEXT)
    const closing = server.close(60_000)
    await clock.advance(0)
    expect(bodyOf(await line.closed).endsWith(RETRY_COMPLETE)).toBe(true)
    await clock.advance(0)
    await closing
    expect(noted).toEqual(['opened', 'sent', 'shutdown'])
  })

  it('where its caller is not known any more, with the reason', async () => {
    let known: Caller | null = TESTER
    const { server, port, served } = await open({ authenticate: () => known })
    const line = openLine(port, ask(EVENTS))
    await line.until(NEXT)
    server.recheckCallers()
    known = null
    server.recheckCallers()
    expect(bodyOf(await line.until('0\r\n\r\n'))).toMatch(
      /event: next\ndata: \{"errors":\[.*"code":"UNAUTHENTICATED".*\n\nevent: complete\ndata:\n\n$/,
    )
    expect(served[0]?.stream).toEqual({ events: 1, end: 'caller' })
  })

  it('where its token has expired, within some seconds; not where it cannot be checked', async () => {
    let error: Error | null = null
    const authenticate = async (): Promise<Caller> => {
      if (error) throw error
      return TESTER
    }
    const { port, clock, served } = await open({ authenticate })
    const line = openLine(port, ask(PAYLOADS))
    await line.until('"count"')
    error = new CallerUnchecked()
    await clock.advance(20_000)
    expect(line.received()).not.toContain('errors')
    error = new CallerOutdated()
    await clock.advance(6_000)
    expect(await line.until('--graphql--')).toMatch(/\{"payload":null,"errors":\[.*"code":"UNAUTHENTICATED"/)
    expect(served[0]?.stream?.end).toBe('caller')
  })

  it('a second after the end that its token names, though nobody can check it', async () => {
    let caller: Caller | null = null
    const authenticate = async (): Promise<Caller> => {
      if (!caller) throw new CallerUnchecked()
      return caller
    }
    const { port, clock, served } = await open({ authenticate })
    caller = { ...TESTER, expiresAtMs: clock.wallMs() + 30_000 }
    const line = openLine(port, ask(EVENTS))
    await line.until(NEXT)
    caller = null
    await clock.advance(29_000)
    expect(line.received()).not.toContain('errors')
    await clock.advance(2_000)
    expect(bodyOf(await line.until('0\r\n\r\n'))).toContain('"code":"UNAUTHENTICATED"')
    expect(served[0]?.stream?.end).toBe('caller')
  })

  it('where the credential belongs to somebody else now, who connects again', async () => {
    let known = TESTER
    const { server, port } = await open({ authenticate: () => known })
    const line = openLine(port, ask(EVENTS))
    await line.until(NEXT)
    known = { ...TESTER, isReadOnly: true }
    server.recheckCallers()
    expect(bodyOf(await line.until('0\r\n\r\n'))).toBe(`${OPENING}${NEXT}${RETRY_COMPLETE}`)
  })

  it.each([
    ['the same as before', async () => TESTER, RETRY_COMPLETE],
    ['somebody else', () => ({ ...TESTER, isReadOnly: true }), RETRY_COMPLETE],
    ['one that cannot be checked', () => Promise.reject(new CallerUnchecked()), RETRY_COMPLETE],
    ['not known any more', () => null, /"code":"UNAUTHENTICATED".*\n\nevent: complete\ndata:\n\n$/],
  ])(
    'where its source breaks it off because of the caller, who is %s',
    async (_who, authenticateAgain, expected) => {
      let authenticate: Authenticate = () => TESTER
      const { port, streams, served } = await open({ authenticate: (headers) => authenticate(headers) })
      const line = openLine(port, ask(EVENTS))
      await line.until(NEXT)
      authenticate = authenticateAgain
      streams[0]?.breakOff('caller')
      const body = bodyOf(await line.until('0\r\n\r\n'))
      if (typeof expected === 'string') expect(body).toBe(`${OPENING}${NEXT}${expected}`)
      else expect(body).toMatch(expected)
      expect(served[0]?.stream).toEqual({ events: 1, end: 'caller' })
    },
  )

  it('where what makes its answers ends: its client connects again', async () => {
    const { port, streams, served } = await open()
    const line = openLine(port, ask(EVENTS))
    await line.until(NEXT)
    streams[0]?.breakOff('shutdown')
    expect(bodyOf(await line.until('0\r\n\r\n'))).toBe(`${OPENING}${NEXT}${RETRY_COMPLETE}`)
    expect(served[0]?.stream?.end).toBe('shutdown')
  })

  it('with an error that has an id, where its source breaks', async () => {
    const broken = {
      ...createHandMadeStream(),
      start: () => {
        throw new Error('broken')
      },
    }
    const { port, errors, served } = await open({ answer: () => broken })
    const line = openLine(port, ask(EVENTS))
    expect(bodyOf(await line.until('0\r\n\r\n'))).toMatch(
      /"code":"INTERNAL_SERVER_ERROR","errorId":".+complete/s,
    )
    expect([errors.length, served[0]?.stream?.end]).toEqual([1, 'fault'])
  })

  it('when its client leaves: before its first answer, after it, and while it is asked for', async () => {
    const { port, streams, served, noted } = await open({ answer: () => createHandMadeStream() })
    const idle = openLine(port, ask(EVENTS))
    await idle.until(OPENING)
    idle.socket.destroy()
    await waitUntil(() => served.length === 1)
    const reading = openLine(port, ask(EVENTS))
    await reading.until(OPENING)
    nth(streams, 1).give(FIRST)
    await reading.until(NEXT)
    reading.socket.destroy()
    await waitUntil(() => served.length === 2)
    expect(served.map(({ stream }) => stream)).toEqual([
      { events: 0, end: 'left' },
      { events: 1, end: 'left' },
    ])
    expect(streams.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
    expect(noted).toEqual(['opened', 'left', 'opened', 'sent', 'left'])
  })
})

it('clients that read, and are given a large answer together, are no slow readers, however little room there is', async () => {
  const limits = { answersMaxBytes: 1_000, answersMaxBytesOfCaller: 1_000, slowReaderMs: 0 }
  const { port, streams, clock, reliefs } = await open({ limits })
  const clients = []
  for (let count = 0; count < 20; count += 1) {
    const line = openLine(port, ask(EVENTS))
    await line.until(NEXT)
    clients.push(line)
  }
  for (const stream of streams) stream.give({ data: 'x'.repeat(100_000) })
  for (const line of clients) await line.until(/x"\}\n\n/)
  await clock.advance(2_000)
  expect(reliefs).toEqual([])
})

describe('a client that reads slowly', () => {
  const large = { data: { text: 'x'.repeat(1_000_000) } }

  it('has one pending answer, the latest, and reads on where it stopped', async () => {
    const { port, streams } = await open({ answer: () => createHandMadeStream() })
    const line = openLine(port, ask(EVENTS))
    await line.until(OPENING)
    line.socket.pause()
    const [stream] = streams
    for (let count = 0; count < 40; count += 1) stream?.give({ ...large, count })
    line.socket.resume()
    await line.until('"count":39}')
    const counts = [...bodyOf(line.received()).matchAll(/"count":(\d+)\}/g)].map(([, count]) => Number(count))
    expect(counts.length).toBeLessThan(40)
    expect(counts).toEqual(counts.toSorted((one, other) => one - other))
  })

  it('loses its place where the unread answers of others need room', async () => {
    const limits = { answersMaxBytes: 1_000, answersMaxBytesOfCaller: 1_000, slowReaderMs: 100 }
    const { port, streams, clock, reliefs } = await open({
      limits,
      answer: () => createHandMadeStream(),
    })
    for (let index = 0; index < 2; index += 1) {
      const line = openLine(port, ask(EVENTS))
      await line.until(OPENING)
      line.socket.pause()
      for (let count = 0; count < 20; count += 1) {
        streams[index]?.give({ ...large, count })
        await clock.advance(0)
      }
      await clock.advance(2_000)
    }
    expect(reliefs).toEqual(['slowReader'])
  })

  it('gets all of a large answer in the middle of which its stream ends, as long as it takes a piece within the time', async () => {
    const { port, streams, clock, served } = await open({ answer: () => createHandMadeStream() })
    const line = openLine(port, ask(EVENTS))
    await line.until(OPENING)
    const { socket } = line
    socket.pause()
    const [stream] = streams
    stream?.give({ data: 'x'.repeat(48_000_000) })
    await clock.advance(0)
    stream?.complete()
    let nextBytes = 0
    socket.on('data', () => void (socket.bytesRead >= nextBytes && socket.pause()))
    // More than the operating system holds, so each time some of it is written anew.
    for (let step = 0; step < 3; step += 1) {
      await clock.advance(4_000)
      nextBytes += 12_000_000
      socket.resume()
      await waitUntil(() => socket.bytesRead >= nextBytes)
    }
    nextBytes = Infinity
    line.socket.resume()
    expect((await line.until('0\r\n\r\n')).endsWith('data:\n\n\r\n0\r\n\r\n')).toBe(true)
    await waitUntil(() => served.length === 1)
    expect(served[0]).toMatchObject({ isCutShort: false, stream: { events: 1, end: 'complete' } })
  })

  it('is disconnected where it takes nothing more after its stream has ended', async () => {
    const { port, streams, clock, served } = await open({ answer: () => createHandMadeStream() })
    const line = openLine(port, ask(EVENTS))
    await line.until(OPENING)
    line.socket.pause()
    streams[0]?.give({ data: 'x'.repeat(16_000_000) })
    await clock.advance(0)
    streams[0]?.complete()
    await clock.advance(9_000)
    await waitUntil(() => served.length === 1)
    expect(served[0]).toMatchObject({ isCutShort: true, stream: { end: 'complete' } })
  })

  it('is disconnected after a stall, and gets no heartbeats before', async () => {
    const { port, streams, clock, served } = await open({ answer: () => createHandMadeStream() })
    const line = openLine(port, ask(EVENTS))
    await line.until(OPENING)
    line.socket.pause()
    const [stream] = streams
    for (let count = 0; count < 40; count += 1) {
      stream?.give({ ...large, count })
      await clock.advance(0)
    }
    await clock.advance(6_000)
    expect(served).toEqual([])
    await clock.advance(2_000)
    await waitUntil(() => served.length === 1)
    expect([served[0]?.stream?.end, stream?.state]).toEqual(['slow', 'stopped'])
  })
})

describe('S15 there is a bound to the streams', () => {
  const byHost: Authenticate = (headers) => ({ ...TESTER, name: headers.get('x-api-key') ?? '' })
  const as = (name: string): string => ask(EVENTS, `X-Api-Key: ${name}`)

  it('of one caller, and of all, with places kept for callers that have few', async () => {
    const { port, reliefs, streams } = await open({
      authenticate: byHost,
      limits: { maxStreams: 16, maxStreamsOfCaller: 10 },
    })
    for (let count = 0; count < 10; count += 1) await openLine(port, as('a')).until(NEXT)
    await openLine(port, as('a')).until('RATE_LIMITED')
    for (let count = 0; count < 2; count += 1) await openLine(port, as('b')).until(NEXT)
    await openLine(port, as('b')).until('RATE_LIMITED')
    await openLine(port, as('c')).until(NEXT)
    expect(reliefs).toEqual(['streamsOfCaller', 'streams'])
    streams[0]?.complete()
    await openLine(port, as('a')).until('RATE_LIMITED')
    expect(streams.filter(({ state }) => state === 'started')).toHaveLength(13)
  })

  it('of one connection: what is sent behind a stream stays unread until its end', async () => {
    const { port, streams } = await open()
    const line = openLine(port, ask(EVENTS))
    await line.until(NEXT)
    line.socket.write(ask(EVENTS))
    line.socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
    await openLine(port, ask(EVENTS)).until(NEXT)
    expect(streams).toHaveLength(2)
    streams[0]?.complete()
    await waitUntil(() => streams.length === 3)
    streams[2]?.complete()
    expect(await line.until('"ok"')).not.toContain('BAD_REQUEST')
  })

  it('of one connection: an equal request after a long stream is understood as the first one was', async () => {
    const known: (string | null)[] = []
    const authenticate: Authenticate = (fields) => {
      known.push(fields.get('authorization'))
      return fields.get('authorization') === 'Bearer a' ? TESTER : null
    }
    const { port, streams, clock, server } = await open({ authenticate })
    const request = ask(EVENTS, 'Authorization: Bearer a')
    const line = openLine(port, request)
    await line.until(NEXT)
    // What belongs to the request is forgotten by now, but not who has sent it.
    await clock.advance(3_000)
    server.recheckCallers()
    streams[0]?.complete()
    await line.until(COMPLETE)
    line.socket.write(request)
    await waitUntil(() => streams.length === 2)
    streams[1]?.complete()
    await waitUntil(() => line.received().split(COMPLETE).length === 3)
    expect(new Set(known)).toEqual(new Set(['Bearer a']))
    expect(line.received()).not.toContain('errors')
  })

  it('of one connection, where a second is under way with the first', async () => {
    let pass = (): void => {}
    let asked = 0
    const passed = new Promise<void>((resolve) => void (pass = resolve))
    const authenticate: Authenticate = async () => {
      asked += 1
      await passed
      return TESTER
    }
    const { port, streams } = await open({ authenticate })
    const line = openLine(port, ask(EVENTS).repeat(3))
    await waitUntil(() => asked === 3)
    pass()
    await line.until(NEXT)
    streams[0]?.complete()
    await line.until('BAD_REQUEST')
    expect(streams.map(({ state }) => state)).toEqual(['started', 'stopped', 'stopped'])
  })
})

it('time limits of a request do not end a stream', async () => {
  const limits = {
    headersTimeoutMs: 1_000,
    requestTimeoutMs: 1_000,
    checkIntervalMs: 100,
    keepAliveTimeoutMs: 100,
  }
  const { port, streams } = await open({ limits })
  const line = openLine(port, ask(EVENTS))
  await line.until(NEXT)
  // Another connection, whose head never ends, shows that the limits are in force.
  await openLine(port, 'GET / HTTP/1.1\r\n').closed
  streams[0]?.complete()
  expect(bodyOf(await line.until('0\r\n\r\n'))).toBe(`${OPENING}${NEXT}${COMPLETE}`)
})
