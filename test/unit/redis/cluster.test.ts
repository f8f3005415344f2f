// A connection to the owner of the slot in a real cluster: keys that are on their way, a slot that comes back, and odd addresses.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/clock.ts'
import { createConnection } from '../../../src/redis/connection.ts'
import type { Client, Connection } from '../../../src/redis/connection.ts'
import { createKeys } from '../../../src/redis/keys.ts'
import { openWatch } from '../../../src/redis/open-watch.ts'
import { createPrimaryHistory } from '../../../src/redis/primary-history.ts'
import { findSlotHistory } from '../../../src/redis/slot-history.ts'
import { createEventLog, nth } from '../../support/builders.ts'
import { freePort } from '../../support/free-port.ts'
import { call, splitOff, startCluster } from '../../support/redis-cluster.ts'
import { redisProgram, startRedis } from '../../support/redis-server.ts'
import { waitUntil } from '../../support/wait-until.ts'

function open(ports: readonly number[], clock: Clock = createSystemClock()) {
  const events = createEventLog()
  const keys = createKeys('aurora:', true)
  const history = createPrimaryHistory(
    keys.turnTo,
    findSlotHistory({ key: keys.history, formerKey: keys.formerHistory, newToken: randomUUID }),
  )
  const servers = ports.map((port) => ({ host: '127.0.0.1', port }))
  const url = `redis://127.0.0.1:${ports[0]}`
  const watch = openWatch({ url, cluster: { servers } }, keys.probe, clock)
  const connection = createConnection({
    url,
    watch,
    history,
    isCluster: true,
    clock,
    emit: events.emit,
    name: 'test',
    probeKey: keys.probe,
  })
  return {
    connection,
    events,
    history,
    keys,
    watch,
    [Symbol.dispose]() {
      connection.close()
      watch?.close()
    },
  }
}

/** A question that a busy machine has held up is asked again. */
async function askSurely<Answer>(
  { ask }: Connection,
  work: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  const answers: Answer[] = []
  await waitUntil(async () => {
    const answer = await ask(work)
    if (answer !== null) answers.push(answer)
    return answer !== null
  })
  return nth(answers, 0)
}

const portsOf = (servers: readonly { readonly port: number }[]) => servers.map(({ port }) => port)

describe.skipIf(redisProgram === null)('a connection to the owner of the slot', () => {
  it.concurrent('shows no key as absent that is on its way to another node', async () => {
    await using world = await startCluster()
    using opened = open(portsOf(world.primaries))
    const { connection, events, watch } = opened
    const [from, to] = [nth(world.primaries, 0), nth(world.primaries, 1)]
    await waitUntil(() => connection.isUp())
    await askSurely(connection, (client) => client.mset('{aurora:}one', '1', '{aurora:}two', '2'))

    await world.beginMove(from, to)
    await call(from, 'MIGRATE', '127.0.0.1', String(to.port), '{aurora:}one', '0', '5000')
    // A probe may have been refused by now, as no key of it is there.
    const moved = (await connection.ask((client) => client.get('{aurora:}one'))) ?? 'no answer'
    expect(moved).toBe('no answer')
    await waitUntil(() => !connection.isUp())
    expect(await connection.ask((client) => client.exists('{aurora:}one'))).toBeNull()
    await waitUntil(() => events.of('redisDown').some(({ reason }) => reason === 'ASK'))
    expect(events.of('redisDown')[0]).toMatchObject({
      advice: expect.stringContaining('at another node, or on its way there') as string,
    })

    await world.moveKeys(from, to)
    await world.endMove(from, to)
    await waitUntil(() => watch?.primary()?.port === to.port && connection.isUp())
    const both = await askSurely(connection, (client) => client.mget('{aurora:}one', '{aurora:}two'))
    expect(both).toEqual(['1', '2'])
  })

  it.concurrent(
    'has a history of its own each time that the slot comes back, and the same one if nobody was elsewhere',
    async () => {
      await using world = await startCluster()
      using opened = open(portsOf(world.primaries))
      const { connection, history, keys, watch } = opened
      const [from, to] = [nth(world.primaries, 0), nth(world.primaries, 1)]
      await waitUntil(() => connection.isUp())
      const first = history.name()

      await world.move(from, to)
      await waitUntil(() => watch?.primary()?.port === to.port && connection.isUp())
      const second = history.name()
      await world.move(to, from)
      await waitUntil(() => watch?.primary()?.port === from.port && connection.isUp())
      const third = history.name()
      expect(new Set([first, second, third]).size).toBe(3)
      // The node is the one of the first name.
      expect(third.split('.')[0]).toBe(first.split('.')[0])
      expect(await askSurely(connection, (client) => client.get(keys.formerHistory))).toBe(second)

      connection.close()
      await world.move(from, to)
      await world.move(to, from)
      using again = open(portsOf(world.primaries))
      await waitUntil(() => again.connection.isUp())
      expect(again.history.name()).toBe(third)
    },
  )

  it.concurrent(
    'asks nothing after the process stood still, before a probe has shown that the history is the same',
    async () => {
      await using world = await startCluster()
      const system = createSystemClock()
      let stoodStillMs = 0
      const clock = { ...system, monotonicMs: () => system.monotonicMs() + stoodStillMs }
      using opened = open(portsOf(world.primaries), clock)
      const { connection } = opened
      await waitUntil(() => connection.isUp())
      expect(await askSurely(connection, (client) => client.ping())).toBe('PONG')
      stoodStillMs = 5000
      expect(connection.isUp()).toBe(false)
      expect(await connection.ask((client) => client.ping())).toBeNull()
      await waitUntil(() => connection.isUp())
      expect(await askSurely(connection, (client) => client.ping())).toBe('PONG')
    },
  )

  it.concurrent('leads to the address of the settings where the announced one leads nowhere', async () => {
    const nowhere = String(await freePort())
    await using world = await startCluster({ words: ['--cluster-announce-port', nowhere] })
    using opened = open(portsOf(world.primaries))
    const { connection, watch } = opened
    await waitUntil(() => connection.isUp())
    expect(watch?.primary()?.port).toBe(nth(world.primaries, 0).port)
  })

  it.concurrent('finds the others where one node alone is named', async () => {
    await using world = await startCluster()
    using opened = open([nth(world.primaries, 0).port])
    await waitUntil(() => opened.connection.isUp())
    expect(opened.watch?.primary()?.port).toBe(nth(world.primaries, 0).port)
  })

  it.concurrent('leaves a node that has lost its cluster for the one that has taken over', async () => {
    await using world = await startCluster({ replicas: 1, words: ['--cluster-require-full-coverage', 'no'] })
    using opened = open(portsOf(world.primaries))
    const { connection, watch } = opened
    const [old, heir] = [nth(world.primaries, 0), nth(world.replicas, 0)]
    await waitUntil(() => connection.isUp())
    const countLooks = async (): Promise<number> =>
      Number(/cmdstat_cluster\|slots:calls=(\d+)/.exec(String(await call(old, 'INFO', 'commandstats')))?.[1])
    await splitOff(world, old, heir, async () => {
      const before = await countLooks()
      await waitUntil(async () => (await countLooks()) > before + 2)
    })
    await waitUntil(() => watch?.primary()?.port === heir.port && connection.isUp())
    const port = await askSurely(connection, (client) => client.config('GET', 'port'))
    expect(port).toEqual(['port', String(heir.port)])
  })

  it.concurrent(
    'is down where Redis is no cluster, and where nobody listens, and the log says why',
    async () => {
      await using redis = await startRedis()
      using none = open([redis.port])
      using nobody = open([await freePort()])
      await waitUntil(() => none.events.of('redisDown').some(({ reason }) => reason === 'NOCLUSTER'))
      await waitUntil(() => nobody.events.of('redisDown').some(({ reason }) => reason === 'CLUSTER'))
      expect(none.events.of('redisDown')[0]).toMatchObject({
        advice: expect.stringContaining('set REDIS_URL to redis://') as string,
      })
    },
  )
})
