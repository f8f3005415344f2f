// Checks the Redis of the settings: whether it answers and takes writes, its release, and how it keeps the shared data.
import type { Clock } from '../clock.ts'
import type { RedisConfig } from '../config/config.ts'
import { createConnection } from '../redis/connection.ts'
import type { Client, Connection } from '../redis/connection.ts'
import { createKeys } from '../redis/keys.ts'
import { openWatch } from '../redis/open-watch.ts'
import { adviceInCluster, adviceOn, NO_OWNER } from '../redis/redis-errors.ts'
import type { Emit } from '../telemetry/events.ts'
import { checkClock } from './check-clock.ts'
import { ok, warning, wrong } from './finding.ts'
import type { Finding } from './finding.ts'
import { judgeRedis, judgeRefusedWrite } from './judge-redis.ts'

export interface CheckRedisOptions {
  readonly redis: RedisConfig
  readonly clock: Clock
  readonly signal: AbortSignal
}

const CONTACT_MS = 3_000
const ANSWER_MS = 2_000
const WRITTEN_FOR_MS = 1_000

export async function checkRedis({ redis, clock, signal }: CheckRedisOptions): Promise<readonly Finding[]> {
  const trouble = { reason: null as string | null }
  const explained = new AbortController()
  const emit: Emit = (...[name, fact]: Parameters<Emit>) => {
    if (name !== 'redisDown' && name !== 'redisRefused') return
    if ('reason' in fact) trouble.reason = fact.reason
    // Such a refusal does not go away by waiting; answers from most of the nodes take a while.
    if ('advice' in fact && fact.reason !== NO_OWNER) explained.abort()
  }
  const isCluster = Boolean(redis.cluster)
  const advise = isCluster ? adviceInCluster : adviceOn
  const keys = createKeys(redis.prefix, isCluster)
  const { url, tls } = redis
  const watch = openWatch(redis, keys.probe, clock)
  const connection = createConnection({
    url,
    tls,
    watch,
    isCluster,
    clock,
    emit,
    name: 'doctor',
    probeKey: keys.probe,
  })
  try {
    if (!(await isReached(connection, clock, AbortSignal.any([signal, explained.signal]))))
      return [unreachable(redis, trouble.reason, advise)]
    return [
      ...(await readInfo(connection, isCluster)),
      await tryWrite(connection, keys.trial, { trouble, isCluster }),
      ...(await readClock(connection, clock)),
    ]
  } finally {
    connection.close()
    watch?.close()
  }
}

async function isReached(connection: Connection, clock: Clock, signal: AbortSignal): Promise<boolean> {
  if (connection.isUp()) return true
  const found = new AbortController()
  connection.onUp(() => found.abort())
  await clock.sleep(CONTACT_MS, AbortSignal.any([signal, found.signal])).catch(() => {})
  return connection.isUp()
}

function unreachable({ url }: RedisConfig, reason: string | null, advise: typeof adviceOn): Finding {
  const says = `Redis at ${new URL(url).host} does not serve the gateway${reason === null ? '' : ` (${reason})`}: each replica then takes its share of the limit alone`
  const advice = reason === null ? null : advise(reason)
  return wrong(
    'redis',
    says,
    advice ?? 'Check host, port, TLS (rediss://) and password in REDIS_URL, and the firewall between',
  )
}

async function readInfo(connection: Connection, isCluster: boolean): Promise<readonly Finding[]> {
  const text = await connection.ask((client) => client.info(), ANSWER_MS)
  if (text !== null) return judgeRedis(text, isCluster)
  return [
    warning(
      'redis',
      'Redis answers, and INFO is refused: its release and its settings are not known',
      'Nothing has to be done: check by hand that it is 6.2 or later, with maxmemory-policy volatile-lru',
    ),
  ]
}

/** The commands that the gateway needs: to store with an end, to run a script, to write into a stream. */
async function tryWrite(
  connection: Connection,
  key: string,
  {
    trouble,
    isCluster,
  }: { readonly trouble: { readonly reason: string | null }; readonly isCluster: boolean },
): Promise<Finding> {
  const works: readonly ((client: Client) => Promise<unknown>)[] = [
    (client) => client.set(key, '1', 'PX', WRITTEN_FOR_MS),
    (client) => client.eval('return redis.call("GET", KEYS[1])', 1, key),
    (client) => client.del(key),
    (client) => client.xadd(key, 'MAXLEN', '1', '*', 'at', '1'),
    (client) => client.del(key),
  ]
  for (const work of works)
    if ((await connection.ask(work, ANSWER_MS)) === null)
      return judgeRefusedWrite(trouble.reason ?? 'no answer', isCluster)
  return ok('redis', 'Redis takes writes and scripts')
}

async function readClock(connection: Connection, clock: Clock): Promise<readonly Finding[]> {
  const sentWallMs = clock.wallMs()
  const time = await connection.ask((client) => client.time(), ANSWER_MS)
  if (time === null) return []
  const serverMs = Number(time[0]) * 1_000 + Number(time[1]) / 1_000
  const reading = {
    whose: "Redis's",
    leastMs: serverMs,
    mostMs: serverMs,
    sentWallMs,
    receivedWallMs: clock.wallMs(),
  }
  return [checkClock(reading, false)]
}
