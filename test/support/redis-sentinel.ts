// A primary with a replica, and three real Sentinels that fail over between the two within a second or two.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { askRedis, createRedisProcess, portSettings, startTogether } from './redis-process.ts'
import type { RedisDoor } from './redis-process.ts'
import { follow, redisProgram, startRedis } from './redis-server.ts'
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

export interface SentinelWorldOptions extends RedisServerOptions {
  readonly sentinelPassword?: string
}

const SENTINELS = 3
const QUORUM = 2

export const startSentinels = (options: SentinelWorldOptions = {}): Promise<SentinelWorld> =>
  startTogether((started) => startWorld(options, started))

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
  const doorOf = (port: number): RedisDoor => ({
    port,
    ...(tls && { tls }),
    ...(sentinelPassword !== undefined && { password: sentinelPassword }),
  })
  for (const port of ports) started.push(startSentinel(doorOf(port), first.port, password))
  const ask = <Answer>(port: number, work: (client: Redis) => Promise<Answer>): Promise<Answer> =>
    askRedis(doorOf(port), work)
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
        // Refused while the Sentinel does not count the replica as a good one, and given up where the replica was slow.
        if (!found.get('flags')?.includes('failover_in_progress'))
          await ask(ports[0] ?? 0, (client) => client.call('SENTINEL', 'FAILOVER', PRIMARY)).catch(() => {})
        return false
      })
    },
  }
}

function startSentinel(door: RedisDoor, primaryPort: number, password: string | undefined): AsyncDisposable {
  const running = createRedisProcess(redisProgram)
  const file = join(running.folder, 'sentinel.conf')
  const text = [
    ...portSettings(door).map((setting) => setting.join(' ')),
    'bind 127.0.0.1',
    `dir ${running.folder}`,
    `sentinel monitor ${PRIMARY} 127.0.0.1 ${primaryPort} ${QUORUM}`,
    `sentinel down-after-milliseconds ${PRIMARY} 700`,
    `sentinel failover-timeout ${PRIMARY} 5000`,
    ...(password === undefined ? [] : [`sentinel auth-pass ${PRIMARY} ${password}`]),
    ...(door.password === undefined
      ? []
      : [`requirepass ${door.password}`, `sentinel sentinel-pass ${door.password}`]),
  ]
  writeFileSync(file, `${text.join('\n')}\n`)
  running.start([file, '--sentinel'])
  return running
}

function toMap(list: readonly string[]): Map<string, string> {
  const map = new Map<string, string>()
  for (let index = 0; index + 1 < list.length; index += 2) map.set(list[index] ?? '', list[index + 1] ?? '')
  return map
}
