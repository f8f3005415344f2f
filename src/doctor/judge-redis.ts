// Decides by the answer to INFO whether a Redis meets the needs of the gateway.
import { adviceInCluster, adviceOn } from '../redis/redis-errors.ts'
import { ok, warning, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const LEAST_VERSION = [6, 2] as const
/** Under these Redis removes answers first: a pool of slots is used all the time, and kept for a day from each use. */
const GOOD_POLICIES: readonly string[] = ['volatile-lru', 'volatile-lfu', 'volatile-ttl']
const SET_POLICY = 'Set maxmemory-policy volatile-lru'

/** `isCluster`: REDIS_URL names the nodes of a cluster. */
export function judgeRedis(text: string, isCluster = false): readonly Finding[] {
  const info = readInfo(text)
  return [judgeVersion(info), ...judgeRole(info, isCluster), judgeMemory(info), judgePersistence(info)]
}

/** The reason is the first word of Redis' refusal. */
export function judgeRefusedWrite(reason: string, isCluster: boolean): Finding {
  const advice = (isCluster ? adviceInCluster : adviceOn)(reason)
  return wrong(
    'redis',
    `Redis does not take what the gateway writes (${reason})`,
    advice ?? 'docs/replicas.md lists what it needs',
  )
}

type Info = ReadonlyMap<string, string>

const readInfo = (text: string): Info =>
  new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(':')
      return line.startsWith('#') || at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const]
    }),
  )

function judgeVersion(info: Info): Finding {
  const version = info.get('redis_version') ?? ''
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (version === '')
    return warning('redis', 'Redis answers, and does not say its release', 'It has to be 6.2 or later')
  const isOld = major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1])
  return isOld
    ? wrong('redis', `Redis is ${version}`, `Use Redis ${LEAST_VERSION.join('.')} or later`)
    : ok('redis', `Redis ${version} answers`)
}

function judgeRole(info: Info, isCluster: boolean): readonly Finding[] {
  if (info.get('cluster_enabled') === '1' && !isCluster)
    return [
      wrong(
        'redis',
        'This is a Redis Cluster',
        'Name its nodes as REDIS_URL=redis+cluster://host:6379,host2:6379',
      ),
    ]
  return info.get('role') === 'slave'
    ? [wrong('redis', 'This Redis is a replica and takes no writes', 'Set REDIS_URL to the primary')]
    : []
}

function judgeMemory(info: Info): Finding {
  const policy = info.get('maxmemory_policy') ?? 'unknown'
  const isBounded = (info.get('maxmemory') ?? '0') !== '0'
  const says = `maxmemory is ${isBounded ? (info.get('maxmemory_human') ?? info.get('maxmemory')) : 'not set'}, with ${policy}`
  if (policy === 'unknown')
    return warning('redis', 'Redis does not say what it does when it is full', SET_POLICY)
  if (!isBounded)
    return warning(
      'redis',
      `${says}: Redis takes as much memory as there is`,
      'Set maxmemory; some megabytes for each Aurora key are enough. ' + SET_POLICY,
    )
  if (GOOD_POLICIES.includes(policy)) return ok('redis', says)
  return policy === 'noeviction'
    ? warning('redis', `${says}: a full Redis refuses writes, and every replica is then alone`, SET_POLICY)
    : warning('redis', `${says}: it may remove the pool of slots before answers`, SET_POLICY)
}

/**
 * No data in it has to survive, so writing it to disk only costs time, and after a fault of the disk Redis refuses
 * writes.
 */
function judgePersistence(info: Info): Finding {
  const isFailing =
    info.get('rdb_last_bgsave_status') === 'err' || info.get('aof_last_write_status') === 'err'
  if (isFailing)
    return wrong(
      'redis',
      'Redis cannot write its data to its disk, and then refuses writes',
      'Free its disk, or turn off what it writes: nothing of the gateway in it has to survive',
    )
  const isAof = info.get('aof_enabled') === '1'
  return ok(
    'redis',
    `Redis ${isAof ? 'keeps an append-only file' : 'keeps no append-only file'}; the gateway needs none`,
  )
}
