// What attackers send over plain connections: the tests and the benchmark of floods use the same attacks.
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

const KEYS = { attacker: 'a'.repeat(43), honest: 'h'.repeat(43) }
export const HONEST_KEY = KEYS.honest

const digest = (key: string): string => createHash('sha256').update(key).digest('hex')

const HEAP_MB = 256

/** Of a program with a small heap and two callers. */
export const ATTACKED_ENV = {
  NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
  CALLER_AUTH: 'keys',
  GATEWAY_KEYS: `attacker:${digest(KEYS.attacker)},honest:${digest(KEYS.honest)}`,
  ACCESS_LOG: 'off',
  LOG_LEVEL: 'error',
} as const

export interface Attack {
  readonly name: string
  readonly connections: number
  /** What each connection sends. */
  readonly text: string
  /** Whether it reads answers. */
  readonly isReading: boolean
  /** How many addresses of this machine the connections come from; left out, one. */
  readonly addresses?: number
  /** Whether each connection ends when its first answer begins, and another one follows at once. */
  readonly isBrief?: boolean
}

const head = (method: string, path: string, ...lines: string[]): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...lines, '', ''].join('\r\n')
const withKey = `X-Api-Key: ${KEYS.attacker}`
const fields =
  'id auroraId name createdAt updatedAt status customerFirstName customerLastName customerEmail mailingAddress ownerId teamId'

/** Its answer has half a megabyte. */
export const LARGE_QUERY = `{ ${[0, 1, 2, 3, 4].map((index) => `a${index}: projects(first: 250) { nodes { ${fields} } }`).join(' ')} }`

const large = JSON.stringify({ query: LARGE_QUERY })
const post = (body: string, ...lines: string[]): string =>
  head(
    'POST',
    '/graphql',
    withKey,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    ...lines,
  ) + body
const tenant = post('{"query":"{tenant{name}}"}')

export const ATTACKS: readonly Attack[] = [
  {
    name: 'one connection that sends 10,000 requests ahead',
    connections: 1,
    text: head('GET', '/graphql?query={tenant{name}}', withKey).repeat(10_000),
    isReading: true,
  },
  {
    name: '300 connections that send 1,000 requests to /health ahead, without a key',
    connections: 300,
    text: head('GET', '/health').repeat(1_000),
    isReading: true,
  },
  {
    name: '300 connections that send 1,000 requests to an unknown path ahead and read nothing',
    connections: 300,
    text: head('GET', '/x').repeat(1_000),
    isReading: false,
  },
  {
    name: '40 connections that ask for large answers and read nothing',
    connections: 40,
    text: post(large).repeat(20),
    isReading: false,
  },
  {
    name: '300 connections that ask for large answers and read nothing',
    connections: 300,
    text: post(large).repeat(3),
    isReading: false,
  },
  {
    name: '300 connections with HEAD',
    connections: 300,
    text: head('HEAD', '/graphql?query={tenant{name}}', withKey).repeat(300),
    isReading: true,
  },
  {
    name: '300 connections with Expect',
    connections: 300,
    text: post('{"query":"{tenant{name}}"}', 'Expect: 100-continue').repeat(100),
    isReading: true,
  },
  {
    name: '300 connections with malformed requests',
    connections: 300,
    text: 'GET /health HTTP/1.1\r\nno header\r\n\r\n'.repeat(300),
    isReading: true,
  },
  {
    name: '300 connections with bodies in parts of one byte',
    connections: 300,
    text: `${head('POST', '/graphql', withKey, 'Content-Type: application/json', 'Transfer-Encoding: chunked')}${'1\r\nx\r\n'.repeat(10_000)}`,
    isReading: true,
  },
  {
    name: '700 connections that send half a head',
    connections: 700,
    text: 'GET /health HTTP/1.1\r\nHost: x\r\n',
    isReading: true,
  },
]

/** Attacks that only the benchmark makes: they differ from the others in their cost, not in what they fill. */
export const FURTHER_ATTACKS: readonly Attack[] = [
  {
    name: '300 connections that send 300 queries ahead',
    connections: 300,
    text: tenant.repeat(300),
    isReading: true,
  },
  {
    name: '300 connections that ask for large answers and read them',
    connections: 300,
    text: post(large).repeat(20),
    isReading: true,
  },
  {
    name: '300 connections with a wrong key',
    connections: 300,
    text: head('GET', '/graphql?query={tenant{name}}', 'X-Api-Key: wrong').repeat(300),
    isReading: true,
  },
  {
    name: '300 connections with heads of 15 KB',
    connections: 300,
    text: head(
      'GET',
      '/health',
      ...Array.from({ length: 400 }, (_, index) => `X-${index}: ${'x'.repeat(28)}`),
    ).repeat(30),
    isReading: true,
  },
  {
    name: '300 connections with bodies of 250 KB that are no JSON',
    connections: 300,
    text: post('['.repeat(250_000)).repeat(3),
    isReading: true,
  },
  {
    name: '300 connections with bodies of 250 KB',
    connections: 300,
    text: post(
      JSON.stringify({ query: '{tenant{name}}', variables: { x: Array.from({ length: 120_000 }, () => 1) } }),
    ).repeat(3),
    isReading: true,
  },
  {
    name: '300 connections that ask for large answers in brotli and read them',
    connections: 300,
    text: Array.from({ length: 10 }, (_, index) =>
      post(JSON.stringify({ query: `# ${index}\n${LARGE_QUERY}` }), 'Accept-Encoding: br'),
    ).join(''),
    isReading: true,
  },
  {
    name: '300 addresses that send queries ahead',
    connections: 300,
    text: tenant.repeat(300),
    isReading: true,
    addresses: 300,
  },
  {
    name: '1,500 connections that send queries ahead',
    connections: 1_500,
    text: tenant.repeat(30),
    isReading: true,
  },
  {
    name: 'connections that end after one request, 300 at a time',
    connections: 300,
    text: tenant,
    isReading: true,
    isBrief: true,
  },
  {
    name: 'connections that end after one request, 1,000 at a time',
    connections: 1_000,
    text: head('GET', '/health'),
    isReading: true,
    isBrief: true,
  },
]

export interface Opened {
  /** Ends all connections at once. */
  end(): void
}

interface Target {
  readonly port: number
  /** What is closed is opened again, and what was taken is sent again. */
  readonly isLasting?: boolean
}

/** Opens the connections of an attack. */
export function openAttack(attack: Attack, { port, isLasting = false }: Target): Opened {
  const { connections, text, isReading, addresses = 1, isBrief = false } = attack
  const sockets = new Set<Socket>()
  let isOver = false
  const open = (address: string): void => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: address })
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      if (isLasting && !isOver) setTimeout(open, isBrief ? 0 : REOPEN_MS, address)
    })
    if (isBrief) socket.once('data', () => socket.destroy())
    if (isReading) socket.resume()
    else socket.pause()
    const send = (): void => void socket.write(text, again)
    const again = (error?: Error | null): void => {
      if (!error && isLasting && !isBrief && text.length > 1_000) send()
    }
    send()
  }
  for (let index = 0; index < connections; index += 1) open(addressOf(index % addresses))
  return {
    end() {
      isOver = true
      for (const socket of sockets) socket.resetAndDestroy()
      sockets.clear()
    },
  }
}

/** So that opening connections does not become the attack. */
const REOPEN_MS = 50

/** Linux answers at all addresses that begin with 127. */
const addressOf = (index: number): string =>
  index === 0 ? '127.0.0.1' : `127.1.${Math.floor(index / 250)}.${1 + (index % 250)}`
