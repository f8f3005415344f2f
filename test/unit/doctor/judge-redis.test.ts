// What the answer to INFO means for the gateway.
import { expect, it } from 'vitest'
import { judgeRedis, judgeRefusedWrite } from '../../../src/doctor/judge-redis.ts'

const GOOD = {
  redis_version: '7.2.4',
  role: 'master',
  cluster_enabled: '0',
  maxmemory: '67108864',
  maxmemory_human: '64.00M',
  maxmemory_policy: 'volatile-lru',
  aof_enabled: '0',
  rdb_last_bgsave_status: 'ok',
}

const toText = (info: Readonly<Record<string, string>>): string =>
  `# Server\r\n${Object.entries(info)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')}`

it.each([
  ['an old release', { redis_version: '6.0.16' }, /^wrong: Redis is 6.0.16/],
  ['the oldest release that serves', { redis_version: '6.2.0' }, /^ok: Redis 6.2.0/],
  ['a replica', { role: 'slave' }, /^wrong: This Redis is a replica/],
  ['a cluster', { cluster_enabled: '1' }, /^wrong: This is a Redis Cluster/],
  ['no bound of memory', { maxmemory: '0' }, /^warning: maxmemory is not set/],
  ['no eviction', { maxmemory_policy: 'noeviction' }, /^warning: .*refuses writes/],
  ['eviction of anything', { maxmemory_policy: 'allkeys-lru' }, /^warning: .*pool of slots/],
  ['eviction by chance', { maxmemory_policy: 'volatile-random' }, /^warning: .*pool of slots/],
  ['eviction of what ends first', { maxmemory_policy: 'volatile-ttl' }, /^ok: maxmemory is 64.00M/],
  ['a disk that fails', { rdb_last_bgsave_status: 'err' }, /^wrong: .*disk/],
  ['an append-only file', { aof_enabled: '1' }, /^ok: Redis keeps an append-only file/],
])('%s', (_, change, expected) => {
  const texts = judgeRedis(toText({ ...GOOD, ...change })).map(({ verdict, says }) => `${verdict}: ${says}`)
  expect(texts).toContainEqual(expect.stringMatching(expected))
})

it('an empty answer is no proof of anything', () => {
  expect(judgeRedis('').filter(({ verdict }) => verdict === 'warning')).toHaveLength(2)
})

it('a node of a cluster is right where the address names one', () => {
  const found = judgeRedis(toText({ ...GOOD, cluster_enabled: '1' }), true)
  expect(found.filter(({ verdict }) => verdict !== 'ok')).toEqual([])
})

it.each([
  ['MOVED', true, /at another node, or on its way there/],
  ['ASK', true, /at another node, or on its way there/],
  ['MOVED', false, /this is a Redis Cluster: name its nodes/],
  ['OOM', true, /raise maxmemory/],
  ['no answer', false, /docs\/replicas\.md/],
])('a write that is refused by %s, in a cluster %j, has its advice', (reason, isCluster, advice) => {
  expect(judgeRefusedWrite(reason, isCluster)).toMatchObject({
    verdict: 'wrong',
    advice: expect.stringMatching(advice) as string,
  })
})
