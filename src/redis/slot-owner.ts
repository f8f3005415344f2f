// Reads what a node of a cluster says about one hash slot, and decides which node owns it by the answers of several. Pure.
import type { RedisServerAddress } from './primary-watch.ts'

/** What one node says. Nodes are named by the ids that the cluster gives them. */
export interface SlotView {
  readonly id: string
  /** Of this node: it grows when the node takes over slots. */
  readonly epoch: number
  /** Null where nobody has the slot. */
  readonly owner: string | null
  /** Those that have slots, in a fixed order. */
  readonly primaries: readonly string[]
  /** The replicas of the owner. */
  readonly heirs: readonly string[]
  readonly addresses: ReadonlyMap<string, RedisServerAddress>
}

/**
 * Each of them is asked twice a second. In a larger cluster these stand for all: they are the first by their ids, so that all
 * replicas of the gateway ask the same ones.
 */
const MAX_VOTERS = 15

export const votersOf = ({ primaries }: SlotView): readonly string[] => primaries.slice(0, MAX_VOTERS)

/** Where the nodes are that these views name: first those that confirm an owner, because not all nodes of a large cluster are asked. */
export function addressesIn(views: readonly SlotView[]): RedisServerAddress[] {
  const ofVoters = views.flatMap((view) => votersOf(view).flatMap((id) => view.addresses.get(id) ?? []))
  return [...ofVoters, ...views.flatMap(({ addresses }) => [...addresses.values()])]
}

/**
 * The owner says so itself, more than half of the primaries that it knows say so as well, and of several such nodes it is the
 * one that has taken over last. A node that has not heard of a change yet names the former owner: that one denies it, is away,
 * or has no majority. The epochs of different nodes in one view are not compared: a former owner gets a higher one than the
 * owner where it takes over another slot.
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

/** The answers to CLUSTER MYID, CLUSTER INFO and CLUSTER SLOTS; `asked` is where they came from. Null where they are none. */
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

/** A node that does not know its own address, or is not to show it, has an empty name, none, or a question mark. */
function readNode(row: unknown, asked: RedisServerAddress): SlotNode | null {
  if (!Array.isArray(row)) return null
  const [host, port, id] = row as unknown[]
  if (typeof port !== 'number' || typeof id !== 'string') return null
  const isNamed = typeof host === 'string' && host !== '' && host !== '?'
  return { id, address: { host: isNamed ? host : asked.host, port } }
}
