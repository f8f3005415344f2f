// A real redis-server on a free port of loopback that tests kill, freeze, empty and fill. It leaves no files behind.
import { createConnection } from 'node:net'
import type { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { findProgram } from './needs.ts'
import { askRedis, createRedisProcess, portSettings } from './redis-process.ts'
import type { RedisDoor } from './redis-process.ts'
import { waitUntil } from './wait-until.ts'

/** null: it is not installed, and the tests that need it are skipped. */
export const redisProgram = findProgram('redis-server', [
  '/usr/bin/redis-server',
  '/usr/local/bin/redis-server',
])

export interface RedisServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** SIGKILL, like a power failure. */
  kill(): Promise<void>
  /** On the same port, without any data. */
  restart(args?: readonly string[]): Promise<void>
  /** SIGSTOP: connections stay open, nothing is answered. */
  freeze(): void
  thaw(): void
  /** A connection to the server beside those of the gateway. */
  admin<Answer>(work: (client: Redis) => Promise<Answer>): Promise<Answer>
}

export type RedisServerOptions = Omit<RedisDoor, 'port'>

export async function startRedis(
  args: readonly string[] = [],
  { tls, password }: RedisServerOptions = {},
): Promise<RedisServer> {
  const port = await freePort()
  const door: RedisDoor = { port, ...(tls && { tls }), ...(password !== undefined && { password }) }
  const running = createRedisProcess(redisProgram)
  const { kill } = running

  async function start(more: readonly string[]): Promise<void> {
    const settings = [
      ...portSettings(door),
      ['bind', '127.0.0.1'],
      ['save', ''],
      ['appendonly', 'no'],
      ['dir', running.folder],
    ]
    running.start([...settings.flatMap(([name = '', value = '']) => [`--${name}`, value]), ...more])
    await waitUntil(() => {
      if (running.hasEnded()) throw new Error('redis-server has ended instead of listening')
      return isListening(port)
    })
  }

  try {
    await start(args)
  } catch (error) {
    await running[Symbol.asyncDispose]()
    throw error
  }
  return {
    url: `redis${tls ? 's' : ''}://127.0.0.1:${port}`,
    port,
    kill,
    async restart(more = args) {
      await kill()
      await start(more)
    },
    freeze: () => running.signal('SIGSTOP'),
    thaw: () => running.signal('SIGCONT'),
    admin: (work) => askRedis(door, work),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })

/** `replica` follows `primary`, and has all that it has. */
export async function follow(replica: RedisServer, primary: RedisServer): Promise<void> {
  await replica.admin((client) => client.replicaof('127.0.0.1', primary.port))
  await waitUntil(() =>
    replica.admin(async (client) => (await client.info('replication')).includes('master_link_status:up')),
  )
  // The primary counts the replica a moment later, and cannot fail over before that.
  await waitUntil(() =>
    primary.admin(async (client) => (await client.info('replication')).includes('state=online')),
  )
}
