// A webhook whose head is plain is answered without Node's parser, byte for byte as with it; whatever is odd is parsed.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { connectTo, openRawGateway, withoutIds } from '../support/raw-gateway.ts'
import type { RawGatewayOptions } from '../support/raw-gateway.ts'

const SECRET = 'the-secret-of-the-sun'
const PATH = '/webhooks/aurora/project_changed'
const webhooks = { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0 }

interface Sent {
  readonly target?: string
  readonly version?: string
  readonly host?: string
  readonly method?: string
  readonly secret?: string
  readonly headers?: readonly string[]
}

function messageOf({
  target = PATH,
  version = '1.1',
  host = 'localhost',
  method = 'GET',
  secret = SECRET,
  headers = [],
}: Sent = {}): string {
  const lines = [`${method} ${target} HTTP/${version}`, `Host: ${host}`, `X-Webhook-Key: ${secret}`]
  return `${[...lines, ...headers].join('\r\n')}\r\n\r\n`
}

const graphqlOf = (query: string): string => {
  const body = JSON.stringify({ query })
  return `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

async function open(options: RawGatewayOptions = {}) {
  const metrics = createMetrics({ operations: [], isWithProcess: false })
  const opened = await openRawGateway({ config: { webhooks }, metrics, ...options })
  const counted = async (): Promise<readonly string[]> =>
    [...(await metrics.render()).text.matchAll(/^aurora_gateway_webhooks_total\{(.*)\} (\d+)$/gm)].map(
      ([, labels, count]) => `${labels} ${count}`,
    )
  const [id = ''] = opened.gateway.simulator.data.projects.map((project) => String(project.id))
  return {
    ...opened,
    counted,
    id,
    send: (sent: Sent = {}) => opened.ask(messageOf(sent), sent.method === 'HEAD'),
  }
}

/** Idle connections are closed before new ones are refused. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const other = await connectTo(port).catch(() => null)
    if (other === null) return
    other.socket.destroy()
    await nextTurn()
  }
}

const lineOf = (line: object | undefined): object => ({ ...line, requestId: '', durationMs: 0 })

describe('a webhook with a plain head', () => {
  it.each<[string, Sent]>([
    ['the first of its connection', {}],
    ['with ids', { target: `${PATH}?PROJECT_ID=8a0e2f4c-1111-4222-8333-444455556666&X=%C3%BC` }],
    ['from a proxy', { headers: ['X-Forwarded-For: 192.0.2.1', 'X-Request-Id: abc-1', 'Accept: */*'] }],
    ['that ends its connection', { headers: ['Connection: close'] }],
    ['of HTTP/1.0', { version: '1.0', headers: ['Connection: close'] }],
    ['of HTTP/1.0 without a word about the connection', { version: '1.0' }],
    ['of an event that nobody has heard of', { target: '/webhooks/aurora/sun_has_set' }],
  ])('is answered and logged as the parser has it, without the parser: %s', async (_, sent) => {
    await using parsed = await open({ limits: { headMaxKeptBytes: 0 } })
    await using opened = await open()
    const usual = await parsed.send(sent)
    const answer = await opened.send(sent)
    expect([parsed.takeParsed(), opened.takeParsed()]).toEqual([1, 0])
    expect(answer).toMatch(/^HTTP\/1.1 204 /)
    expect(withoutIds(answer)).toBe(withoutIds(usual))
    expect(opened.lines.map(lineOf)).toEqual(parsed.lines.map(lineOf))
    expect(await opened.counted()).toEqual(await parsed.counted())
    const closes = /^connection: close/im.test(answer)
    if (closes) await once(opened.socket, 'close')
    else expect(await opened.send(sent)).toMatch(/^HTTP\/1.1 204 /)
    expect(opened.takeParsed()).toBe(0)
  })

  it('has the id that its sender gave it, or one of its own, where that could damage a log', async () => {
    await using opened = await open()
    const idOf = async (given: string): Promise<string | undefined> =>
      /x-request-id: (.*)\r/.exec(await opened.send({ headers: [`X-Request-Id: ${given}`] }))?.[1]
    expect(await idOf('abc-1')).toBe('abc-1')
    expect(await idOf('a b')).toMatch(/^[\w-]{36}$/)
    expect(opened.takeParsed()).toBe(0)
  })

  it('takes what it names out of the cache: the next read, on the same connection or another one, asks Aurora', async () => {
    await using opened = await open()
    const { gateway, id, ask } = opened
    const query = `{ project(id: "${id}") { name } }`
    await ask(graphqlOf(query))
    gateway.takeCalls()
    await ask(graphqlOf(query))
    expect(gateway.takeCalls()).toEqual([])
    opened.takeParsed()
    await opened.send({ target: `${PATH}?PROJECT_ID=${id}` })
    expect(opened.takeParsed()).toBe(0)
    expect(await ask(graphqlOf(query))).toMatch(/^HTTP\/1.1 200 /)
    expect(gateway.takeCalls()).toHaveLength(1)
    const other = await connectTo(opened.port)
    await opened.send({ target: `${PATH}?PROJECT_ID=${id}` })
    expect(await other.ask(graphqlOf(query))).toMatch(/^HTTP\/1.1 200 /)
    expect(gateway.takeCalls()).toHaveLength(1)
    other.socket.destroy()
  })

  it('is recorded each time, also where it is equal to the one before', async () => {
    await using opened = await open()
    for (let turn = 0; turn < 3; turn += 1) await opened.send()
    expect(await opened.counted()).toEqual([expect.stringMatching(/recorded" 3$/)])
  })
})

describe('a webhook that is not plain', () => {
  it.each<[string, Sent, RegExp]>([
    ['another method', { method: 'POST', headers: ['Content-Length: 0'] }, /^HTTP\/1.1 405 /],
    ['a HEAD', { method: 'HEAD' }, /^HTTP\/1.1 204 /],
    ['a body', { headers: ['Content-Length: 0'] }, /^HTTP\/1.1 204 /],
    ['a host that is none', { host: 'a/b' }, /^HTTP\/1.1 400 /],
    ['a secret that comes twice', { headers: [`X-Webhook-Key: ${SECRET}`] }, /^HTTP\/1.1 401 /],
    ['a path that leads upwards', { target: '/webhooks/aurora/x/../project_changed' }, /^HTTP\/1.1 204 /],
    ['another path', { target: '/webhooks/aurora/a/b/c' }, /^HTTP\/1.1 404 /],
    ['no path', { target: '/webhooks/aurora/' }, /^HTTP\/1.1 404 /],
    ['a wrong secret', { secret: 'a-secret-of-nobody' }, /^HTTP\/1.1 401 /],
    ['a tenant that is not there', { target: '/webhooks/aurora/nobody/x' }, /^HTTP\/1.1 401 /],
    ['HTTP/1.0 that stays open', { version: '1.0', headers: ['Connection: keep-alive'] }, /^HTTP\/1.1 204 /],
  ])('is parsed, and answered as before: %s', async (_, sent, status) => {
    await using opened = await open()
    expect(await opened.send(sent)).toMatch(status)
    expect(opened.takeParsed()).toBe(1)
  })

  it('is counted once where its secret is wrong, and refused with 429 after as many as before', async () => {
    const count = async (
      options: RawGatewayOptions,
    ): Promise<readonly [readonly string[], readonly string[]]> => {
      await using opened = await open(options)
      const statuses: string[] = []
      for (let turn = 0; turn < 40; turn += 1)
        statuses.push((await opened.send({ secret: 'a-secret-of-nobody' })).slice(9, 12))
      return [statuses, await opened.counted()]
    }
    const [statuses, counted] = await count({})
    expect(new Set(statuses)).toEqual(new Set(['401', '429']))
    expect([statuses, counted]).toEqual(await count({ limits: { headMaxKeptBytes: 0 } }))
  })

  it('is answered at once while the turn has time, although others wait, and else in a turn of its own', async () => {
    let hasTime = true
    const steps: string[] = []
    await using opened = await open({
      loop: (own) => ({
        ...own,
        isFree: () => false,
        hasTime: () => hasTime,
        later(kind, step, place) {
          steps.push(kind)
          return own.later(kind, step, place)
        },
      }),
    })
    expect(await opened.send()).toMatch(/^HTTP\/1.1 204 /)
    expect(steps).toEqual([])
    hasTime = false
    expect(await opened.send()).toMatch(/^HTTP\/1.1 204 /)
    expect(steps).toEqual(['read'])
    expect(opened.takeParsed()).toBe(0)
  })

  it('is answered after what was asked before it on its connection', async () => {
    let goOn = (): void => {}
    const held = new Promise<void>((resolve) => (goOn = resolve))
    await using opened = await open({
      handle:
        ({ gateway }) =>
        async (...asked) => {
          await held
          return gateway.handle(...asked)
        },
    })
    const first = graphqlOf('{ tenant { name } }')
    opened.socket.write(first)
    while (opened.takeParsed() === 0) await nextTurn()
    opened.socket.write(messageOf())
    while ((opened.ownSocket()?.bytesRead ?? 0) < first.length + messageOf().length) await nextTurn()
    goOn()
    expect(await opened.read()).toMatch(/^HTTP\/1.1 200 /)
    expect(await opened.read()).toMatch(/^HTTP\/1.1 204 /)
  })

  it.each<[string, (message: string) => readonly string[]]>([
    ['two at once', (message) => [message + message]],
    ['one with a part of the next', (message) => [message + message.slice(0, 9), message.slice(9)]],
    ['one that is cut', (message) => [message.slice(0, 30), message.slice(30)]],
    ['one behind an empty line', (message) => [`\r\n${message}`]],
    ['the end of another head', (message) => ['GET /health HTTP/1.1\r\nX: ', message]],
  ])('is answered rightly where it does not come by itself: %s', async (_, cut) => {
    await using opened = await open()
    const pieces = cut(messageOf())
    const count = pieces.join('').split('X-Webhook-Key').length - 1
    for (const piece of pieces) {
      opened.socket.write(piece)
      await nextTurn()
    }
    for (let turn = 0; turn < count; turn += 1) expect(await opened.read()).toMatch(/^HTTP\/1.1 20[04] /)
    expect(await opened.send()).toMatch(/^HTTP\/1.1 204 /)
  })

  it('is the body of another request where that request says so', async () => {
    await using opened = await open()
    const inner = messageOf()
    opened.socket.write(`POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: ${inner.length}\r\n\r\n`)
    await nextTurn()
    opened.socket.write(inner)
    expect(await opened.read()).toMatch(/^HTTP\/1.1 4\d\d /)
    expect(await opened.counted()).toEqual([])
    expect(await opened.send()).toMatch(/^HTTP\/1.1 204 /)
  })
})

describe('a webhook that waits until the other replicas are notified', () => {
  async function openHeld() {
    const waiting: ((outcome: 'recorded' | 'notRecorded') => void)[] = []
    const opened = await open({
      limits: { noticeMs: 0 },
      receive: (own) => (request) => {
        const received = own(request)
        return received === 'recorded' ? new Promise((resolve) => void waiting.push(resolve)) : received
      },
    })
    const hold = async (): Promise<void> => {
      opened.socket.write(messageOf())
      while (waiting.length === 0) await nextTurn()
    }
    return { ...opened, hold, answer: (outcome: 'recorded' | 'notRecorded') => waiting.shift()?.(outcome) }
  }

  it('is answered before what its connection sends after it', async () => {
    await using opened = await openHeld()
    await opened.hold()
    opened.socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
    const other = await connectTo(opened.port)
    expect(await other.ask('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /)
    other.socket.destroy()
    expect(opened.takeParsed()).toBe(1)
    opened.answer('recorded')
    expect(await opened.read()).toMatch(/^HTTP\/1.1 204 /)
    expect(await opened.read()).toMatch(/^HTTP\/1.1 200 /)
  })

  it('is refused with 503 where they cannot be notified, so that it is sent again', async () => {
    await using opened = await openHeld()
    await opened.hold()
    opened.answer('notRecorded')
    expect(await opened.read()).toMatch(/^HTTP\/1.1 503 [^]*retry-after: 30\r\n[^]*"error"/)
    expect(opened.lines).toMatchObject([{ status: 503 }])
    expect(opened.takeParsed()).toBe(0)
  })

  it('is cut short in the log where its sender leaves before', async () => {
    await using opened = await openHeld()
    await opened.hold()
    opened.socket.destroy()
    const other = await connectTo(opened.port)
    await other.ask('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
    other.socket.destroy()
    opened.answer('recorded')
    await nextTurn()
    expect(opened.lines).toMatchObject([{ status: 204, isCutShort: true }])
  })

  it('keeps its connection while the server drains, and closes it with its answer', async () => {
    await using opened = await openHeld()
    await opened.hold()
    const ended = opened.server.close(60_000)
    await untilRefused(opened.port)
    opened.answer('recorded')
    expect(await opened.read()).toMatch(/^connection: close/im)
    await ended
  })
})

describe('a connection on which nothing was parsed', () => {
  it('stays open after a webhook, while one that says nothing is closed', async () => {
    await using opened = await open({ limits: { headersTimeoutMs: 50 } })
    // On a slow machine the time may be over before the webhook comes.
    let line: Pick<typeof opened, 'ask' | 'socket'> = opened
    while (!(await line.ask(messageOf())).startsWith('HTTP/1.1 204 ')) line = await connectTo(opened.port)
    const silent = await connectTo(opened.port)
    expect(await silent.read()).toMatch(/^HTTP\/1.1 408 /)
    await once(silent.socket, 'close')
    expect(await line.ask(messageOf())).toMatch(/^HTTP\/1.1 204 /)
    line.socket.destroy()
    expect(opened.takeParsed()).toBe(0)
  })

  it('closes when its client ends it', async () => {
    await using opened = await open()
    await opened.send()
    opened.socket.end()
    await once(opened.socket, 'close')
    expect(opened.socket.destroyed).toBe(true)
  })

  it('closes after a while without a request', async () => {
    await using opened = await open({ limits: { keepAliveTimeoutMs: 50 } })
    await opened.send()
    await once(opened.socket, 'close')
    expect(opened.takeParsed()).toBe(0)
  })

  it('closes when the server drains, because nothing is asked on it', async () => {
    await using opened = await open({ limits: { noticeMs: 0, keepAliveTimeoutMs: 600_000 } })
    await opened.send()
    await opened.server.close(600_000)
    expect(opened.takeParsed()).toBe(0)
  })

  it('is parsed from then on where something else is asked', async () => {
    await using opened = await open()
    await opened.send()
    expect(await opened.ask(graphqlOf('{ tenant { name } }'))).toMatch(/^HTTP\/1.1 200 /)
    expect(opened.takeParsed()).toBe(1)
    await opened.send()
    expect(opened.takeParsed()).toBe(0)
  })

  it('is closed as late as Node closes one that was parsed, after the time that its header names', async () => {
    const sockets: Socket[] = []
    const note = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket)
    subscribe('net.server.socket', note)
    try {
      await using opened = await open({ limits: { keepAliveTimeoutMs: 7000 } })
      const isOfGateway = (socket: Socket): boolean => socket.localPort === opened.port
      expect(await opened.send()).toMatch(/^keep-alive: timeout=7\r$/im)
      expect(opened.takeParsed()).toBe(0)
      const [unparsed] = sockets.filter(isOfGateway).map(({ timeout }) => timeout)
      await opened.ask(graphqlOf('{ tenant { name } }'))
      expect(unparsed).toBeGreaterThan(7000)
      expect(unparsed).toBe(opened.ownSocket()?.timeout)
    } finally {
      unsubscribe('net.server.socket', note)
    }
  })

  it('has the time limit of Node as soon as something was parsed', async () => {
    await using opened = await open()
    await opened.ask(graphqlOf('{ tenant { name } }'))
    const timeout = opened.ownSocket()?.timeout
    await opened.send()
    expect(opened.takeParsed()).toBe(1)
    expect(opened.ownSocket()?.timeout).toBe(timeout)
  })
})
