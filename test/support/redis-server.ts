// A real redis-server on a free port of loopback that tests kill, freeze, empty and fill. It leaves no files behind.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { findProgram } from './needs.ts'
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

export interface RedisServerOptions {
  /** Files in PEM: the server then takes TLS only, and demands a certificate of its clients. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string }
  /** Of `requirepass`, for `admin`. */
  readonly password?: string
}

export async function startRedis(
  args: readonly string[] = [],
  { tls, password }: RedisServerOptions = {},
): Promise<RedisServer> {
  if (redisProgram === null) throw new Error('redis-server is not installed')
  const program = redisProgram
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const port = await freePort()
  let child: ChildProcess

  async function start(more: readonly string[]): Promise<void> {
    const words = [
      ...(tls ? tlsWords(tls, port) : ['--port', String(port)]),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ]
    child = spawn(program, [...words, ...more], { stdio: 'ignore' })
    try {
      await waitUntil(() => {
        if (hasEnded(child)) throw new Error('redis-server has ended instead of listening')
        return isListening(port)
      })
    } catch (error) {
      await end()
      throw error
    }
  }

  async function kill(): Promise<void> {
    if (hasEnded(child)) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  async function end(): Promise<void> {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  }

  await start(args)
  return {
    url: `redis${tls ? 's' : ''}://127.0.0.1:${port}`,
    port,
    kill,
    async restart(more = args) {
      await kill()
      await start(more)
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async admin(work) {
      const client = new Redis(port, '127.0.0.1', {
        lazyConnect: true,
        ...(password !== undefined && { password }),
        ...(tls && { tls: readTls(tls) }),
      })
      client.on('error', () => {})
      try {
        await client.connect()
        return await work(client)
      } finally {
        client.disconnect()
      }
    },
    [Symbol.asyncDispose]: end,
  }
}

/** The words of a server, and with `--` left out the lines of the file of a Sentinel. */
export const tlsWords = (
  { cert, key, ca }: NonNullable<RedisServerOptions['tls']>,
  port: number,
): string[] => [
  '--port',
  '0',
  '--tls-port',
  String(port),
  '--tls-replication',
  'yes',
  '--tls-cert-file',
  cert,
  '--tls-key-file',
  key,
  '--tls-ca-cert-file',
  ca,
]

export const readTls = ({ cert, key, ca }: NonNullable<RedisServerOptions['tls']>) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
  ca: readFileSync(ca),
})

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

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
  // The primary counts it a moment later, and fails over to nobody before that.
  await waitUntil(() =>
    primary.admin(async (client) => (await client.info('replication')).includes('state=online')),
  )
}
