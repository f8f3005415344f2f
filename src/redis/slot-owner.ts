// Reads what a node of a cluster reports about one hash slot, and decides by the answers of several nodes which one owns it. Pure.
import type { RedisServerAddress } from './primary-watch.ts'

/** The report of one node. Nodes are named by their ids in the cluster. */
export interface SlotView {
  readonly id: string
  /** The epoch of this node: it grows when the node takes over slots. */
  readonly epoch: number
  /** Null if no node has the slot. */
  readonly owner: string | null
  /** The nodes that have slots, in a fixed order. */
  readonly primaries: readonly string[]
  /** The replicas of the owner. */
  readonly heirs: readonly string[]
  readonly addresses: ReadonlyMap<string, RedisServerAddress>
}

/**
 * Each of them is queried twice a second. In a larger cluster the first ones by their ids count for all, so that all
 * replicas of the gateway query the same nodes.
 */
const MAX_VOTERS = 15

export const votersOf = ({ primaries }: SlotView): readonly string[] => primaries.slice(0, MAX_VOTERS)

/**
 * The addresses of the nodes in these views: first those that confirm an owner, because not all nodes of a large
 * cluster are queried.
 */
export function addressesIn(views: readonly SlotView[]): RedisServerAddress[] {
  const ofVoters = views.flatMap((view) => votersOf(view).flatMap((id) => view.addresses.get(id) ?? []))
  return [...ofVoters, ...views.flatMap(({ addresses }) => [...addresses.values()])]
}

/**
 * A node is the owner if its own view says so, if more than half of the primaries in its view confirm it, and if it is
 * the last one of such nodes that has taken over. A node without news of a change still names the former owner, but
 * that one denies it, is away, or has no majority. The epochs of different nodes in one view are not compared, because
 * a former owner gets a higher one than the owner if it takes over another slot.
 */
export function decideOwner(views: readonly SlotView[]): SlotView | null {
  const owners = new Map(views.map(({ id, owner }) => [id, owner]))
  const isConfirmed = (view: SlotView): boolean => {
    const voters = votersOf(view)
    return voters.filter((voter) => owners.get(voter) === view.id).length > voters.length / 2
  }
  const [newest = null] = views
    .filter((view) => view.owner === view.id && isConfirmed(view))
    .toSorted((one, other) => other.epoch - one.epoch)
  return newest
}

/**
 * The answers to CLUSTER MYID, CLUSTER INFO and CLUSTER SLOTS; `asked` is where they came from. Null if they have
 * another form.
 */
export function readView(
  slot: number,
  [id, info, ranges]: readonly unknown[],
  asked: RedisServerAddress,
): SlotView | null {
  const epoch = typeof info === 'string' ? /^cluster_my_epoch:(\d+)/m.exec(info)?.[1] : undefined
  if (typeof id !== 'string' || epoch === undefined || !Array.isArray(ranges)) return null
  const addresses = new Map<string, RedisServerAddress>()
  const primaries = new Set<string>()
  let owned: readonly SlotNode[] = []
  for (const range of ranges as unknown[]) {
    const [from, to, ...rows] = Array.isArray(range) ? (range as unknown[]) : []
    const nodes = rows.flatMap((row) => readNode(row, asked) ?? [])
    for (const { id: name, address } of nodes) addresses.set(name, address)
    const [primary] = nodes
    if (primary) primaries.add(primary.id)
    if (Number(from) <= slot && slot <= Number(to)) owned = nodes
  }
  const [owner, ...heirs] = owned.map((node) => node.id)
  return {
    id,
    epoch: Number(epoch),
    owner: owner ?? null,
    primaries: [...primaries].toSorted(),
    heirs,
    addresses,
  }
}

interface SlotNode {
  readonly id: string
  readonly address: RedisServerAddress
}

/** A node that cannot find its own address, or must not show it, has an empty name, none, or a question mark. */
function readNode(row: unknown, asked: RedisServerAddress): SlotNode | null {
  if (!Array.isArray(row)) return null
  const [host, port, id] = row as unknown[]
  if (typeof port !== 'number' || typeof id !== 'string') return null
  const isNamed = typeof host === 'string' && host !== '' && host !== '?'
  return { id, address: { host: isNamed ? host : asked.host, port } }
}
