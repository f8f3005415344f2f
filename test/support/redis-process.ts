// One process of redis-server, as a server or as a Sentinel, with a folder of its own; and questions to it beside those of the gateway.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** Files in PEM: the server then takes TLS only, and demands a certificate of its clients. */
export interface RedisTls {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

export interface RedisDoor {
  readonly port: number
  /** Of `requirepass`. */
  readonly password?: string
  readonly tls?: RedisTls
}

export interface RedisProcess extends AsyncDisposable {
  /** Deleted at the end. */
  readonly folder: string
  /** After the end of the process before. */
  start(words: readonly string[]): void
  hasEnded(): boolean
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
  /** SIGKILL, like a power failure. */
  kill(): Promise<void>
}

export function createRedisProcess(program: string | null): RedisProcess {
  if (program === null) throw new Error('redis-server is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  let child: ChildProcess | null = null
  const hasEnded = (): boolean => child === null || child.exitCode !== null || child.signalCode !== null

  async function kill(): Promise<void> {
    if (child === null || hasEnded()) return
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  return {
    folder,
    start: (words) => void (child = spawn(program, words, { stdio: 'ignore' })),
    hasEnded,
    signal: (name) => void child?.kill(name),
    kill,
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The settings of a port, as names and values. */
export const portSettings = ({ port, tls }: RedisDoor): readonly (readonly [string, string])[] =>
  tls === undefined
    ? [['port', String(port)]]
    : [
        ['port', '0'],
        ['tls-port', String(port)],
        ['tls-replication', 'yes'],
        ['tls-cert-file', tls.cert],
        ['tls-key-file', tls.key],
        ['tls-ca-cert-file', tls.ca],
      ]

export async function askRedis<Answer>(
  { port, password, tls }: RedisDoor,
  work: (client: Redis) => Promise<Answer>,
): Promise<Answer> {
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
}

const readTls = ({ cert, key, ca }: RedisTls) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
  ca: readFileSync(ca),
})

/** What `open` has put into `started` ends with what it returns, or at once where it fails. */
export async function startTogether<World>(
  open: (started: AsyncDisposable[]) => Promise<World>,
): Promise<World & AsyncDisposable> {
  const started: AsyncDisposable[] = []
  async function end(): Promise<void> {
    await Promise.all(started.map((each) => each[Symbol.asyncDispose]()))
  }
  try {
    return { ...(await open(started)), [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}
