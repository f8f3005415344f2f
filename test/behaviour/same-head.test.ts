// A connection that sends the same head again gets a known answer without the parser: byte for byte what the parser's way gives.
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CallerUnchecked } from '../../src/callers/caller.ts'
import type { Authenticate } from '../../src/callers/caller.ts'
import { connectTo, openRawGateway, withoutIds } from '../support/raw-gateway.ts'
import type { RawGatewayOptions } from '../support/raw-gateway.ts'

const QUERY = '{ projects(first: 40) { nodes { name id } } }'
const OTHER = '{ projects(first: 40) { nodes { id name } } }'

interface Message {
  readonly method?: string
  readonly headers?: readonly string[]
  readonly body?: string
  readonly search?: string
}

const jsonOf = (query: string): string => JSON.stringify({ query })

function messageOf({
  method = 'POST',
  headers = [],
  body = jsonOf(QUERY),
  search = '',
}: Message = {}): string {
  const isPost = method === 'POST'
  const lines = [
    `${method} /graphql${search} HTTP/1.1`,
    'Host: localhost',
    ...(isPost
      ? ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
      : ['X-Api-Key: k']),
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${isPost ? body : ''}`
}

/** Its connection sends requests to /graphql. */
async function open(options: RawGatewayOptions = {}) {
  const opened = await openRawGateway(options)
  return {
    ...opened,
    send: (message: Message = {}) => opened.ask(messageOf(message), message.method === 'HEAD'),
  }
}

describe('the same head on the same connection', () => {
  it.each<Message>([
    {},
    { headers: ['Accept: application/graphql-response+json', 'Connection: keep-alive'] },
    { headers: ['Accept-Encoding: gzip'] },
    { headers: ['Accept-Encoding: br', 'Origin: https://app.example'] },
    { method: 'GET', search: `?query=${encodeURIComponent(QUERY)}` },
    { method: 'HEAD', search: `?query=${encodeURIComponent(QUERY)}` },
    { body: jsonOf('{ tenant { name } } # ü') },
  ])('gets the same bytes as before, without the parser: %j', async (message) => {
    await using opened = await open({ corsOrigins: ['https://app.example'] })
    for (let turn = 0; turn < 4; turn += 1) await opened.send(message)
    const ordinary = await connectTo(opened.port)
    opened.takeParsed()
    const parsed = await ordinary.ask(messageOf(message), message.method === 'HEAD')
    ordinary.socket.destroy()
    expect(opened.takeParsed()).toBe(1)
    const again = [await opened.send(message), await opened.send(message)]
    expect(opened.takeParsed()).toBe(0)
    expect(again.map(withoutIds)).toEqual([withoutIds(parsed), withoutIds(parsed)])
    // Each has an id of its own, and a line in the log like any other.
    expect(new Set([parsed, ...again]).size).toBe(3)
    const [one, ...others] = opened.lines.slice(-3).map((line) => ({ ...line, requestId: '', durationMs: 0 }))
    expect(others).toEqual([one, one])
  })

  it('gets the page of the query editor again, also where a program got an answer for the same address and media types', async () => {
    await using opened = await open({ config: { graphiql: true } })
    const search = `?query=${encodeURIComponent(QUERY)}`
    const ask = (mode: string) =>
      opened.send({ method: 'HEAD', search, headers: ['Accept: text/html, */*', `Sec-Fetch-Mode: ${mode}`] })
    for (const [mode, type] of [['cors', 'application/json'] as const, ['navigate', 'text/html'] as const])
      for (let turn = 0; turn < 4; turn += 1)
        expect((await ask(mode)).toLowerCase()).toContain(`content-type: ${type}`)
  })

  it('is parsed where it is switched off, differs in a byte, or brings another body', async () => {
    await using off = await open({ limits: { headMaxKeptBytes: 0 } })
    for (let turn = 0; turn < 5; turn += 1) await off.send()
    expect(off.takeParsed()).toBe(5)
    await using opened = await open()
    for (let turn = 0; turn < 4; turn += 1) await opened.send()
    opened.takeParsed()
    const other = await opened.send({ body: jsonOf(OTHER) })
    expect(Object.keys(JSON.parse(other.slice(other.indexOf('{"data"'))).data.projects.nodes[0])).toEqual([
      'id',
      'name',
    ])
    await opened.send({ headers: ['Accept: application/json'] })
    expect(opened.takeParsed()).toBe(2)
  })

  it.each<[string, (message: string) => string[]]>([
    ['two at once', (message) => [message + message]],
    ['one with a part of the next', (message) => [message + message.slice(0, 9), message.slice(9)]],
    ['one that is cut in its head', (message) => [message.slice(0, 30), message.slice(30)]],
    ['one whose body comes later', (message) => [message.slice(0, -20), message.slice(-20)]],
    ['one behind an empty line', (message) => [`\r\n${message}`]],
    ['the beginning of another one', (message) => ['POST /graphql HTTP/1.1\r\nX: ', `${message}`]],
  ])('is answered rightly where it does not come by itself: %s', async (_, cut) => {
    await using opened = await open()
    for (let turn = 0; turn < 4; turn += 1) await opened.send()
    const usual = withoutIds(await opened.send())
    opened.takeParsed()
    const pieces = cut(messageOf())
    const count = pieces.join('').split('Host: ').length - 1
    for (const piece of pieces) {
      opened.socket.write(piece)
      await nextTurn()
    }
    for (let turn = 0; turn < count; turn += 1) expect(withoutIds(await opened.read())).toBe(usual)
    // Pieces may come together; then it is one whole request like those before.
    if (pieces.length === 1 || count > 1) expect(opened.takeParsed()).toBe(count)
    for (let turn = 0; turn < 3; turn += 1) expect(withoutIds(await opened.send())).toBe(usual)
  })

  it('is the body of another request where that request says so', async () => {
    await using opened = await open()
    for (let turn = 0; turn < 5; turn += 1) await opened.send()
    const inner = messageOf()
    const whole = messageOf({ body: inner, headers: ['X-Other: 1'] })
    opened.socket.write(whole.slice(0, -inner.length))
    await nextTurn()
    opened.socket.write(inner)
    expect(await opened.read()).toMatch(/^HTTP\/1.1 400 /)
    expect(await opened.send()).toMatch(/^HTTP\/1.1 200 /)
  })

  it('ends with a write, a reload, and when the answer grows old', async () => {
    await using opened = await open()
    const settle = async (): Promise<void> => {
      for (let turn = 0; turn < 4; turn += 1) await opened.send()
      opened.takeParsed()
      await opened.send()
      expect(opened.takeParsed()).toBe(0)
    }
    const { gateway } = opened
    const [project] = gateway.simulator.data.projects
    await settle()
    await gateway.ask(
      `mutation { updateProject(id: "${project?.id}", input: { name: "New name" }) { errors { code } } }`,
    )
    expect(await opened.send()).toContain('New name')
    expect(opened.takeParsed()).toBe(1)
    await settle()
    gateway.gateway.reload(gateway.config)
    await opened.send()
    expect(opened.takeParsed()).toBe(1)
    await settle()
    await opened.clock.advance(3_600_000)
    await opened.send()
    expect(opened.takeParsed()).toBe(1)
  })

  it('is counted once for its caller, however it is answered, and refused like any other beyond the limit', async () => {
    await using opened = await open({ callerRateLimit: 8 })
    const statuses: (string | undefined)[] = []
    for (let turn = 0; turn < 10; turn += 1) statuses.push((await opened.send()).split(' ')[1])
    expect(statuses).toEqual([...Array.from({ length: 8 }, () => '200'), '429', '429'])
    expect(opened.takeParsed()).toBeLessThan(8)
  })

  it.each<[string, string, ReturnType<Authenticate> | Error]>([
    ['is not known', '401', null],
    ['turns out not to be known', '401', Promise.resolve(null)],
    ['cannot be checked', '503', new CallerUnchecked()],
  ])('is checked once for each request of a caller who %s', async (_, status, found) => {
    let checks = 0
    await using opened = await open({
      authenticate: (own) => (fields) => {
        if (fields.get('x-api-key') === 'right') return own(fields)
        checks += 1
        return found instanceof Error ? Promise.reject(found) : found
      },
    })
    for (let turn = 0; turn < 4; turn += 1) await opened.send({ headers: ['X-Api-Key: right'] })
    const counts: number[] = []
    for (let turn = 0; turn < 6; turn += 1) {
      checks = 0
      expect((await opened.send({ headers: ['X-Api-Key: wrong'] })).split(' ')[1]).toBe(status)
      counts.push(checks)
    }
    // The first repeat finds out that it is so.
    expect(counts).toEqual([1, 2, 1, 1, 1, 1])
  })

  it('goes past the parser as soon as the check of its caller has ended well', async () => {
    let checks = 0
    await using opened = await open({
      authenticate: (own) => (fields) => {
        checks += 1
        return checks <= 6 ? Promise.resolve(own(fields)) : own(fields)
      },
    })
    for (let turn = 0; turn < 4; turn += 1) await opened.send()
    opened.takeParsed()
    for (let turn = 0; turn < 4; turn += 1) await opened.send()
    expect(opened.takeParsed()).toBe(0)
  })

  it('is refused each time where its body is encoded', async () => {
    await using opened = await open()
    for (let turn = 0; turn < 4; turn += 1) await opened.send()
    for (let turn = 0; turn < 4; turn += 1)
      expect(await opened.send({ headers: ['Content-Encoding: gzip'] })).toMatch(/^HTTP\/1.1 415 /)
  })

  it('is executed where what is known breaks', async () => {
    let isBroken = false
    await using opened = await open({
      handle:
        ({ gateway }) =>
        (request, caller, record, onRepeatable) =>
          gateway.handle(request, caller, record, (repeat) =>
            onRepeatable?.({
              ...repeat,
              give(repeating) {
                if (isBroken) throw new Error('broken')
                return repeat.give(repeating)
              },
            }),
          ),
    })
    for (let turn = 0; turn < 5; turn += 1) await opened.send()
    opened.takeParsed()
    isBroken = true
    expect(await opened.send()).toContain('200 OK')
    expect(opened.takeParsed()).toBe(1)
    expect(opened.lines.filter((line) => 'err' in line)).toHaveLength(1)
  })

  it('waits for a client that does not read, and loses nothing', async () => {
    await using opened = await open()
    for (let turn = 0; turn < 4; turn += 1) await opened.send()
    const usual = withoutIds(await opened.send())
    opened.takeParsed()
    opened.socket.pause()
    const count = 600
    for (let turn = 0; turn < count; turn += 1) {
      opened.socket.write(messageOf())
      await nextTurn()
    }
    opened.socket.resume()
    for (let turn = 0; turn < count; turn += 1) expect(withoutIds(await opened.read())).toBe(usual)
    expect(await opened.send()).toContain('200 OK')
    expect(opened.lines.filter((line) => 'isCutShort' in line)).toEqual([])
  })

  it('is parsed once the server drains, and its connection closes with the answer', async () => {
    await using opened = await open({ limits: { noticeMs: 0 } })
    for (let turn = 0; turn < 5; turn += 1) await opened.send()
    opened.takeParsed()
    const closed = once(opened.socket, 'close')
    const answered = opened.send()
    const ended = opened.server.close(1000)
    expect(await answered).toMatch(/connection: close/i)
    await Promise.all([closed, ended])
  })

  it('is cut short in the log where the connection takes no byte any more', async () => {
    await using opened = await open()
    for (let turn = 0; turn < 5; turn += 1) await opened.send()
    opened.takeParsed()
    const before = opened.lines.length
    const closed = once(opened.socket, 'close')
    Object.assign(opened.ownSocket() ?? {}, {
      _writev: (_parts: unknown, done: (error: Error) => void) => done(new Error('EPIPE')),
    })
    opened.socket.write(messageOf())
    await closed
    expect(opened.takeParsed()).toBe(0)
    expect(opened.lines.slice(before)).toMatchObject([{ isCutShort: true }])
  })

  it('is taken whole by a client that does not read while the server drains, and then its connection closes', async () => {
    await using opened = await open({ limits: { noticeMs: 0 } })
    for (let turn = 0; turn < 5; turn += 1) await opened.send()
    opened.socket.pause()
    opened.takeParsed()
    let served = opened.lines.length
    let sent = 0
    // Until the operating system takes no more: then an answer waits in the server itself.
    while ((opened.ownSocket()?.writableLength ?? 0) === 0) {
      opened.socket.write(messageOf())
      sent += 1
      served += 1
      while (opened.lines.length < served && (opened.ownSocket()?.writableLength ?? 0) === 0) await nextTurn()
    }
    expect(opened.takeParsed()).toBe(0)
    const closed = once(opened.socket, 'close')
    const ended = opened.server.close(600_000)
    await nextTurn()
    opened.socket.resume()
    for (let turn = 0; turn < sent; turn += 1) expect(await opened.read()).toContain('200 OK')
    await Promise.all([closed, ended])
    expect(opened.lines.filter((line) => 'isCutShort' in line)).toEqual([])
  })
})
