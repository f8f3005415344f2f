// A Redis Cluster of real servers: three primaries and perhaps replicas of the one that has the slot of the gateway.
import { readFileSync } from 'node:fs'
import { nth } from './builders.ts'
import { freePort } from './free-port.ts'
import { startTogether } from './redis-process.ts'
import { startRedis } from './redis-server.ts'
import type { RedisServer, RedisServerOptions } from './redis-server.ts'
import { waitUntil } from './wait-until.ts'

/** The tag of the keys where REDIS_PREFIX is as it is by itself. */
const TAG = '{aurora:}'
const SLOTS = 16_384
const PRIMARIES = 3
/** Of one MIGRATE. */
const MIGRATE_MS = 5000

export interface ClusterWorldOptions extends RedisServerOptions {
  /** Of the primary that has the slot; left out: none. */
  readonly replicas?: number
  /** More words for each server. */
  readonly words?: readonly string[]
}

export interface ClusterWorld extends AsyncDisposable {
  readonly slot: number
  readonly primaries: readonly RedisServer[]
  readonly replicas: readonly RedisServer[]
  /** As REDIS_URL, without a password. */
  readonly redisUrl: string
  /** The server that has the slot, by the majority of the servers that answer. */
  owner(): Promise<RedisServer>
  /** The same, without a question to a server that hangs. */
  ownerBut(hanging: RedisServer): Promise<RedisServer>
  idOf(server: RedisServer): string
  /** Begins to move the slot: clients read keys that have moved from the other server. */
  beginMove(from: RedisServer, to: RedisServer): Promise<void>
  /** Moves the keys one by one; `atMost` of them. */
  moveKeys(from: RedisServer, to: RedisServer, atMost?: number): Promise<void>
  endMove(from: RedisServer, to: RedisServer): Promise<void>
  /** Moves the whole slot. */
  move(from: RedisServer, to: RedisServer): Promise<void>
}

export const startCluster = (options: ClusterWorldOptions = {}): Promise<ClusterWorld> =>
  startTogether((started) => startWorld(options, started))

/** Servers that do not wait long for one another. */
async function startNode({ password, words = [], ...options }: ClusterWorldOptions): Promise<RedisServer> {
  const settings = {
    'cluster-enabled': 'yes',
    'cluster-port': await freePort(),
    'cluster-node-timeout': 1000,
    'cluster-replica-validity-factor': 0,
    'repl-diskless-sync-delay': 0,
    // Other servers do not list a replica before it has had a message from its primary.
    'repl-ping-replica-period': 1,
    ...(options.tls && { 'tls-cluster': 'yes' }),
    ...(password !== undefined && { requirepass: password, masterauth: password }),
  }
  const given = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  return startRedis([...given, ...words], { ...options, ...(password !== undefined && { password }) })
}

async function startWorld(
  options: ClusterWorldOptions,
  started: AsyncDisposable[],
): Promise<Omit<ClusterWorld, keyof AsyncDisposable>> {
  const { replicas: count = 0, password, tls } = options
  const nodes: RedisServer[] = []
  for (let index = 0; index < PRIMARIES + count; index += 1) {
    const node = await startNode(options)
    nodes.push(node)
    started.push(node)
  }
  const primaries = nodes.slice(0, PRIMARIES)
  const replicas = nodes.slice(PRIMARIES)
  const first = nth(primaries, 0)
  const slot = Number(await call(first, 'CLUSTER', 'KEYSLOT', TAG))
  const ids = new Map<RedisServer, string>()
  for (const server of nodes) ids.set(server, String(await call(server, 'CLUSTER', 'MYID')))
  await join(nodes, new Set(ids.values()))
  const idOf = (server: RedisServer): string => ids.get(server) ?? ''
  await share(primaries, slot)
  for (const replica of replicas) await call(replica, 'CLUSTER', 'REPLICATE', idOf(first))
  await waitUntil(async () => {
    const views = await Promise.all(nodes.map((server) => viewOf(server, slot)))
    return views.every((view) => view?.isWell === true && view.nodes === 1 + count)
  })
  for (const replica of replicas)
    await waitUntil(async () => String(await call(replica, 'INFO', 'replication')).includes('link_status:up'))

  async function ownerBy(servers: readonly RedisServer[]): Promise<RedisServer> {
    const views = await Promise.all(servers.map((server) => viewOf(server, slot).catch(() => null)))
    const named = views.flatMap((view) => view?.owner ?? [])
    const most = named.toSorted(
      (one, other) => named.filter((id) => id === other).length - named.filter((id) => id === one).length,
    )[0]
    return nodes.find((server) => ids.get(server) === most) ?? first
  }
  return {
    slot,
    primaries,
    replicas,
    redisUrl: `redis${tls ? 's' : ''}+cluster://${password === undefined ? '' : `:${password}@`}${primaries.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    owner: () => ownerBy(nodes),
    ownerBut: (hanging) => ownerBy(nodes.filter((server) => server !== hanging)),
    idOf,
    ...movesOf(primaries, slot, idOf, password),
  }
}

/** Joins all servers to one cluster, each with an epoch of its own. */
async function join(servers: readonly RedisServer[], ids: ReadonlySet<string>): Promise<void> {
  for (const [index, server] of servers.entries()) {
    await call(server, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
    const bus = (await call(server, 'CONFIG', 'GET', 'cluster-port')) as string[]
    for (const other of servers.slice(0, index))
      await call(other, 'CLUSTER', 'MEET', '127.0.0.1', String(server.port), bus[1] ?? '')
  }
  // A node that is only being met has a name that is not its own yet.
  await waitUntil(async () => {
    const texts = await Promise.all(servers.map((server) => call(server, 'CLUSTER', 'NODES')))
    return texts.every((text) => [...ids].every((id) => String(text).includes(id)))
  })
}

/**
 * The first one has the slot and nearly no other, so that a key of another slot is refused there; the last one has all the rest. One that
 * gives away its last slot becomes a replica.
 */
async function share(primaries: readonly RedisServer[], slot: number): Promise<void> {
  const [next, another] = [(slot + 1) % SLOTS, (slot + 2) % SLOTS]
  await call(nth(primaries, 0), 'CLUSTER', 'ADDSLOTS', String(slot), String(another))
  await call(nth(primaries, 1), 'CLUSTER', 'ADDSLOTS', String(next))
  const bounds = [-1, ...[slot, next, another].toSorted((one, other) => one - other), SLOTS]
  const ranges = bounds.slice(1).flatMap((to, index) => {
    const from = nth(bounds, index) + 1
    return from < to ? [String(from), String(to - 1)] : []
  })
  await call(nth(primaries, 2), 'CLUSTER', 'ADDSLOTSRANGE', ...ranges)
}

function movesOf(
  primaries: readonly RedisServer[],
  slot: number,
  idOf: (server: RedisServer) => string,
  password: string | undefined,
) {
  async function beginMove(from: RedisServer, to: RedisServer): Promise<void> {
    await call(to, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', idOf(from))
    await call(from, 'CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', idOf(to))
  }

  async function moveKeys(from: RedisServer, to: RedisServer, atMost = Infinity): Promise<void> {
    const auth = password === undefined ? [] : ['AUTH', password]
    for (let moved = 0; moved < atMost; moved += 1) {
      const [key] = (await call(from, 'CLUSTER', 'GETKEYSINSLOT', String(slot), '1')) as string[]
      if (key === undefined) return
      await call(
        from,
        'MIGRATE',
        '127.0.0.1',
        String(to.port),
        key,
        '0',
        String(MIGRATE_MS),
        'REPLACE',
        ...auth,
      )
    }
  }

  async function endMove(from: RedisServer, to: RedisServer): Promise<void> {
    const id = idOf(to)
    for (const server of [to, from]) await call(server, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', id)
    // A server that is a replica after a failover refuses this, and gets it from the others.
    for (const server of primaries.filter((each) => each !== from && each !== to))
      await call(server, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', id).catch(() => {})
  }

  return {
    beginMove,
    moveKeys,
    endMove,
    async move(from: RedisServer, to: RedisServer) {
      await beginMove(from, to)
      await moveKeys(from, to)
      await endMove(from, to)
    },
  }
}

/** The rights that docs/replicas.md lists. */
export async function allow(server: RedisServer, user: string, password: string): Promise<void> {
  const text = readFileSync(new URL('../../docs/replicas.md', import.meta.url), 'utf8')
  const rights = /In a cluster:[^`]*`ACL SETUSER gateway on >password ([^`]+)`/.exec(text)?.[1]
  if (rights === undefined) throw new Error('docs/replicas.md lists no rights')
  await call(server, 'ACL', 'SETUSER', user, 'on', `>${password}`, ...rights.split(' '))
}

/** Ends the connections of the user as well. */
export async function forbid(server: RedisServer, user: string): Promise<void> {
  await call(server, 'ACL', 'DELUSER', user)
}

/** Two primaries that both take writes, as after a failover of which the old one has no message: each side removes the other from its list. */
export async function splitOff(
  { primaries, replicas, idOf }: ClusterWorld,
  old: RedisServer,
  heir: RedisServer,
  /** Called when the list of the old one has no other server. */
  onAlone: () => Promise<void> = async () => {},
): Promise<void> {
  const others = [...primaries, ...replicas].filter((server) => server !== old)
  for (const other of others) await call(old, 'CLUSTER', 'FORGET', idOf(other))
  for (const other of others) if (other !== heir) await call(other, 'CLUSTER', 'FORGET', idOf(old))
  await onAlone()
  await call(heir, 'CLUSTER', 'FAILOVER', 'TAKEOVER')
  await call(heir, 'CLUSTER', 'FORGET', idOf(old))
}

export const call = (server: RedisServer, name: string, ...words: string[]): Promise<unknown> =>
  server.admin((client) => client.call(name, ...words))

/** What a server answers about the slot; null where it does not answer. */
async function viewOf(server: RedisServer, slot: number) {
  const info = String(await call(server, 'CLUSTER', 'INFO'))
  const ranges = (await call(server, 'CLUSTER', 'SLOTS')) as [number, number, ...[string, number, string][]][]
  const range = ranges.find(([from, to]) => from <= slot && slot <= to)
  if (!range) return null
  const [, , ...nodes] = range
  return { isWell: info.includes('cluster_state:ok'), owner: nth(nodes, 0)[2], nodes: nodes.length }
}
