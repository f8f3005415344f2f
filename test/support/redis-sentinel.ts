// A primary with a replica, and three real Sentinels that fail over between the two within a second or two.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { follow, readTls, redisProgram, startRedis, tlsWords } from './redis-server.ts'
import type { RedisServer, RedisServerOptions } from './redis-server.ts'
import { waitUntil } from './wait-until.ts'

const PRIMARY = 'solar'

export interface SentinelWorld extends AsyncDisposable {
  readonly first: RedisServer
  readonly second: RedisServer
  readonly ports: readonly number[]
  /** As REDIS_URL, without a password. */
  readonly redisUrl: string
  /** The primary by the Sentinel that has seen the last failover. On a machine that stood still it may be the second from the start. */
  primary(): Promise<RedisServer>
  /** The planned failover of `SENTINEL FAILOVER`, until a Sentinel names the other server. */
  failOver(): Promise<void>
}

export interface SentinelWorldOptions {
  /** Of Redis. */
  readonly password?: string
  readonly sentinelPassword?: string
  readonly tls?: NonNullable<RedisServerOptions['tls']>
}

const SENTINELS = 3
const QUORUM = 2

export async function startSentinels(options: SentinelWorldOptions = {}): Promise<SentinelWorld> {
  const started: AsyncDisposable[] = []
  async function end(): Promise<void> {
    for (const each of started.toReversed()) await each[Symbol.asyncDispose]()
  }
  try {
    const world = await startWorld(options, started)
    return { ...world, [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}

async function startWorld(
  options: SentinelWorldOptions,
  started: AsyncDisposable[],
): Promise<Omit<SentinelWorld, keyof AsyncDisposable>> {
  const { password, sentinelPassword, tls } = options
  const words = ['--repl-diskless-sync-delay', '0']
  if (password !== undefined) words.push('--requirepass', password, '--masterauth', password)
  const first = await startRedis(words, options)
  started.push(first)
  const second = await startRedis(words, options)
  started.push(second)
  await follow(second, first)
  const ports = [await freePort(), await freePort(), await freePort()].slice(0, SENTINELS)
  for (const port of ports) started.push(spawnSentinel(port, first.port, options))
  const ask = async <Answer>(port: number, work: (client: Redis) => Promise<Answer>): Promise<Answer> => {
    const client = new Redis({
      port,
      lazyConnect: true,
      ...(sentinelPassword !== undefined && { password: sentinelPassword }),
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
  const state = (port: number): Promise<Map<string, string>> =>
    ask(port, async (client) => toMap((await client.call('SENTINEL', 'MASTER', PRIMARY)) as string[]))
  async function primary(): Promise<RedisServer> {
    const states = await Promise.all(ports.map(state))
    const [newest] = states.toSorted(
      (one, other) => Number(other.get('config-epoch')) - Number(one.get('config-epoch')),
    )
    return newest?.get('port') === String(first.port) ? first : second
  }
  /** A failover needs a replica, and the votes of the others. */
  for (const port of ports)
    await waitUntil(async () => {
      const found = await state(port).catch(() => null)
      return found?.get('num-slaves') === '1' && found.get('num-other-sentinels') === String(SENTINELS - 1)
    })
  return {
    first,
    second,
    ports,
    redisUrl: `redis${tls ? 's' : ''}+sentinel://${password === undefined ? '' : `:${password}@`}${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${PRIMARY}`,
    primary,
    async failOver() {
      const before = await primary()
      await waitUntil(async () => {
        const found = await state(ports[0] ?? 0)
        if ((await primary()) !== before) return true
        // Refused while the Sentinel does not count the replica as a good one, and given up where that one was slow.
        if (!found.get('flags')?.includes('failover_in_progress'))
          await ask(ports[0] ?? 0, (client) => client.call('SENTINEL', 'FAILOVER', PRIMARY)).catch(() => {})
        return false
      })
    },
  }
}

function spawnSentinel(
  port: number,
  primaryPort: number,
  { password, sentinelPassword, tls }: SentinelWorldOptions,
) {
  const folder = mkdtempSync(join(tmpdir(), 'sentinel-'))
  const file = join(folder, 'sentinel.conf')
  const text = [
    ...(tls ? tlsLines(tls, port) : [`port ${port}`]),
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${PRIMARY} 127.0.0.1 ${primaryPort} ${QUORUM}`,
    `sentinel down-after-milliseconds ${PRIMARY} 700`,
    `sentinel failover-timeout ${PRIMARY} 5000`,
    ...(password === undefined ? [] : [`sentinel auth-pass ${PRIMARY} ${password}`]),
    ...(sentinelPassword === undefined
      ? []
      : [`requirepass ${sentinelPassword}`, `sentinel sentinel-pass ${sentinelPassword}`]),
  ]
  writeFileSync(file, `${text.join('\n')}\n`)
  const child: ChildProcess = spawn(redisProgram ?? '', [file, '--sentinel'], { stdio: 'ignore' })
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.exitCode === null && child.kill('SIGKILL')) await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const tlsLines = (tls: NonNullable<RedisServerOptions['tls']>, port: number): string[] =>
  tlsWords(tls, port)
    .join(' ')
    .split(/(?:^| )--/)
    .filter(Boolean)

function toMap(list: readonly string[]): Map<string, string> {
  const map = new Map<string, string>()
  for (let index = 0; index + 1 < list.length; index += 2) map.set(list[index] ?? '', list[index + 1] ?? '')
  return map
}
