// Finds out from the nodes of a Redis Cluster which of them owns the slot of the gateway's keys.
import type { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import { disconnect } from './disconnect.ts'
import { createPrimaryWatch } from './primary-watch.ts'
import type { Judgement, PrimaryWatch, RedisServerAddress } from './primary-watch.ts'
import { adviceOn, nameOf, NO_CLUSTER, NO_OWNER } from './redis-errors.ts'
import { addressesIn, decideOwner, readView, votersOf } from './slot-owner.ts'
import type { SlotView } from './slot-owner.ts'
import { askWatcher, createWatcherClient } from './watcher-client.ts'
import type { Login } from './watcher-client.ts'

export interface ClusterOptions extends Login {
  /** Nodes of the cluster, which return the addresses of the others. */
  readonly servers: readonly RedisServerAddress[]
  /** A key with the slot that all keys of the gateway have. */
  readonly key: string
  readonly clock: Clock
}

interface Node {
  readonly client: Redis
  readonly address: RedisServerAddress
  /** Whether a connection or a command has failed, and none has succeeded since. */
  hasFailed: boolean
  /** The refusal that shows an operator what is wrong. */
  refusal: string | null
}

interface NodeAnswer {
  readonly view: SlotView
  readonly address: RedisServerAddress
}

/** A failover is known to all nodes some milliseconds after the first. */
const HURRIED_EVERY_MS = 100
/** The most connections while it is unknown which nodes count. */
const MAX_NODES = 32

export function createCluster(options: ClusterOptions): PrimaryWatch {
  const { servers, clock } = options
  const nodes = createNodes(options, () => watch.lookNow())
  nodes.turnTo(servers)

  const watch = createPrimaryWatch<NodeAnswer>({
    clock,
    hurriedEveryMs: HURRIED_EVERY_MS,
    clients: nodes.clients,
    ask: (client) => askNode(nodes.of(client), options),
    judge: (answers) => judge(answers, nodes),
    onLooked(answers, { isConfirmed }) {
      // Without any answer nothing new is known.
      if (answers.length === 0) return
      const views = answers.map(({ view }) => view)
      const owner = isConfirmed ? decideOwner(views) : null
      const needed = owner ? neededFor(owner, answers, nodes) : addressesIn(views)
      // A node that has lost its cluster confirms itself and names no other node. So the nodes of the settings, and the
      // nodes that those name, are connected as well.
      nodes.turnTo([...servers, ...views.flatMap(ownerOf), ...needed])
    },
    reason: () => nodes.refusal() ?? NO_OWNER,
  })
  return {
    ...watch,
    close() {
      watch.close()
      nodes.turnTo([])
    },
  }
}

const ownerOf = ({ owner, addresses }: SlotView): RedisServerAddress[] =>
  [owner === null ? [] : (addresses.get(owner) ?? [])].flat()

/**
 * The gateway connects to the announced address of the owner. An address that does not lead there from here, such as
 * one inside a network of containers, is replaced by that of the settings at which the owner has answered.
 */
function judge(answers: readonly NodeAnswer[], nodes: Nodes): Judgement {
  const owner = decideOwner(answers.map(({ view }) => view))
  const address = owner && reachOf(owner, owner.id, answers, nodes)
  return owner && address
    ? { named: { epoch: owner.epoch, address }, isConfirmed: true }
    : { named: null, isConfirmed: false }
}

/** Null while it is unknown whether the announced address leads there. */
function reachOf(
  { addresses }: SlotView,
  id: string,
  answers: readonly NodeAnswer[],
  nodes: Nodes,
): RedisServerAddress | null {
  const announced = addresses.get(id)
  if (announced === undefined) return null
  const found = answers.filter(({ view }) => view.id === id).map(({ address }) => address)
  if (found.some((address) => nameOfAddress(address) === nameOfAddress(announced))) return announced
  return nodes.hasFailed(announced) ? (found[0] ?? null) : null
}

/**
 * The primaries that confirm the owner, and the nodes that may become it: at their announced addresses, and at those
 * that are reached.
 */
const neededFor = (owner: SlotView, answers: readonly NodeAnswer[], nodes: Nodes): RedisServerAddress[] =>
  [...new Set([owner.id, ...votersOf(owner), ...owner.heirs])].flatMap((id) => [
    ...[owner.addresses.get(id) ?? []].flat(),
    ...[reachOf(owner, id, answers, nodes) ?? []].flat(),
  ])

const nameOfAddress = ({ host, port }: RedisServerAddress): string => `${host} ${port}`

type Nodes = ReturnType<typeof createNodes>

/** The nodes of the cluster, with a connection to each. */
function createNodes(options: ClusterOptions, onReady: () => void) {
  const all = new Map<string, Node>()

  function open(address: RedisServerAddress): Node {
    const client = createWatcherClient(address, options)
    const node: Node = { client, address, hasFailed: false, refusal: null }
    client.on('error', (error: Error) => {
      node.hasFailed = true
      note(node, nameOf(error))
    })
    client.on('close', () => void (node.hasFailed = true))
    client.once('ready', onReady)
    return node
  }

  return {
    clients: (): Redis[] => [...all.values()].map(({ client }) => client),
    of: (client: Redis): Node | null => [...all.values()].find((node) => node.client === client) ?? null,
    hasFailed: (address: RedisServerAddress): boolean => all.get(nameOfAddress(address))?.hasFailed ?? false,
    refusal: (): string | null => [...all.values()].find(({ refusal }) => refusal !== null)?.refusal ?? null,
    turnTo(addresses: readonly RedisServerAddress[]): void {
      const named = new Map(addresses.map((address) => [nameOfAddress(address), address]))
      const wanted = new Map([...named].slice(0, MAX_NODES))
      for (const [name, node] of all) {
        if (wanted.has(name)) continue
        disconnect(node.client)
        all.delete(name)
      }
      for (const [name, address] of wanted) if (!all.has(name)) all.set(name, open(address))
    },
  }
}

/** That nobody listens at one of many addresses explains nothing. */
function note(node: Node, name: string): void {
  if (adviceOn(name) !== null) node.refusal = name
}

async function askNode(node: Node | null, { key, clock }: ClusterOptions): Promise<NodeAnswer | null> {
  if (node === null) return null
  const answers = await askWatcher(
    node.client,
    (pipeline) =>
      pipeline
        .call('CLUSTER', 'KEYSLOT', key)
        .call('CLUSTER', 'MYID')
        .call('CLUSTER', 'INFO')
        .call('CLUSTER', 'SLOTS'),
    clock,
  )
  if (answers === null) return null
  const [error] = answers.flatMap(([each]) => each ?? [])
  if (error) {
    note(node, error.message.includes('cluster support disabled') ? NO_CLUSTER : nameOf(error))
    return null
  }
  const [slot, ...described] = answers.map(([, answer]) => answer)
  const view = readView(Number(slot), described, node.address)
  if (view === null) return null
  node.hasFailed = false
  node.refusal = null
  return { view, address: node.address }
}
