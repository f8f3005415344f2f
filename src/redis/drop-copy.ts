// This replica's copy of the stream of drops: what writes of all replicas have made outdated, in the order of Redis.
import { createDrops } from '../cache/drops.ts'
import type { Mark, ReadName } from '../cache/read-name.ts'
import type { Emit } from '../telemetry/events.ts'
import { readDrop } from './drop-text.ts'
import type { Drop } from './drop-text.ts'
import { compareIds } from './streams.ts'
import type { StreamEntry, StreamId } from './streams.ts'
import { nextTurn } from '../turns/next-turn.ts'

/** A moment among the drops of all replicas. */
export interface SharedMark {
  readonly generation: string
  readonly id: StreamId
}

export interface DropCopyOptions {
  readonly emit: Emit
  /** Identifies this replica among the others. */
  readonly replicaId: string
  /** Finds a drop of this replica by its text, if it is still in memory. */
  readonly findSent: (text: string) => Pick<Drop, 'owner' | 'touches'> | null
  /** Called for each drop of another replica; null: an unknown part is outdated, so everything counts as outdated. */
  readonly applyDrop: (drop: Drop | null, id?: StreamId) => void
  /** Called after entries of these other replicas were taken; entries of this replica need no confirmation. */
  readonly onTaken: (writers: readonly string[]) => void
  /** Called for an entry of another generation: the stream must be read as a whole. */
  readonly onOtherGeneration: () => void
  /** Called if entries before this one were not received. `areLost`: Redis has lost entries that this copy has. */
  readonly onGap: (areLost: boolean) => void
}

/**
 * Hours of busy writing, or a minute of a flood of webhooks. Reads that are older than all of them count as touched. A
 * copy takes some megabytes at most, because it has each touch once: cache/drops.ts.
 */
export const MAX_DROPS = 2000
/**
 * The size of all entries in Redis: a usual entry has 200 bytes, and one of a flood of webhooks 100 KB. All of them can
 * be read in a moment, so that a replica that starts, or was cut off, has a lease soon. A replica that lacks some
 * entries finds the gap.
 */
export const MAX_DROP_BYTES = 4 * 1024 * 1024
/** Applying this many takes about half a millisecond, and the entries of a flood have a few hundred each. */
const TOUCHES_A_TURN = 400
export const START: StreamId = '0-0'

export type DropCopy = ReturnType<typeof createDropCopy>

export function createDropCopy(options: DropCopyOptions) {
  const { emit, replicaId, applyDrop, findSent, onTaken, onOtherGeneration, onGap } = options
  let generation: string | null = null
  let lastId = START
  let restarts = 0
  const index = createIndex()
  const count = createByteCount()
  const oneByOne = createOneByOne()

  /** Returns how many touches it has added. */
  function add(id: StreamId, { by, drop: text = '' }: StreamEntry['fields']): number {
    const isOwn = by === replicaId
    const known = isOwn ? findSent(text) : null
    const drop = known ?? readDrop(text)
    if (drop === null) emit('sharedUnreadable', { what: 'drop' })
    index.add(id, drop)
    if (!isOwn) applyDrop(drop, id)
    return drop?.touches.length ?? 0
  }

  /** Returns how many touches it has added. */
  function takeOne({ id, fields }: StreamEntry): number {
    // Another reading may have taken it meanwhile.
    if (compareIds(id, lastId) <= 0) return 0
    lastId = id
    const missing = generation === null ? 0 : count.missingBefore(fields)
    if (missing !== 0) index.clear(id)
    if (missing !== 0) onGap(missing < 0)
    // Before the first contact Redis' clock is unknown, and the first reading returns all entries again.
    if (fields['generation'] === undefined) return generation === null ? 0 : add(id, fields)
    if (fields['generation'] !== generation) onOtherGeneration()
    return 0
  }

  return {
    generation: () => generation,
    lastId: () => lastId,
    mark: (): SharedMark | null => (generation === null ? null : { generation, id: lastId }),
    /** Resolves when all are applied: many are applied in turns of the event loop. */
    async take(entries: readonly StreamEntry[]): Promise<void> {
      const begun = restarts
      // After a new beginning, all entries are read again.
      await oneByOne(() => takeInTurns(entries, takeOne, () => restarts !== begun))
      const writers = writersOf(entries, replicaId)
      if (writers.length > 0) onTaken(writers)
    },
    /** Deletes the copy: it is of another generation, or the stream begins at `from` without some of its entries. */
    restart(name: string, from = START): void {
      generation = name
      index.clear(from)
      restarts += 1
      // Entries that arrive meanwhile are read again.
      lastId = START
      count.restart(from === START ? 0 : null)
    },
    haveTouched: (read: ReadName, since: SharedMark): boolean =>
      since.generation !== generation || index.haveTouched(read, since.id),
  }
}

async function takeInTurns(
  entries: readonly StreamEntry[],
  takeOne: (entry: StreamEntry) => number,
  isOver: () => boolean,
): Promise<void> {
  let added = 0
  for (const entry of entries) {
    if (added >= TOUCHES_A_TURN) {
      added = 0
      await nextTurn()
    }
    if (isOver()) return
    added += takeOne(entry)
  }
}

/**
 * Each run begins when those before it have ended. Of two readings, the later one may begin behind entries that the earlier one has
 * still to apply: those would be skipped, and count as lost.
 */
function createOneByOne(): (run: () => Promise<void>) => Promise<void> {
  let last: Promise<void> | null = null
  return (run) => {
    const mine = (last === null ? run() : last.then(run, run)).finally(() => {
      if (last === mine) last = null
    })
    return (last = mine)
  }
}

function writersOf(entries: readonly StreamEntry[], replicaId: string): readonly string[] {
  const writers = new Set(entries.flatMap(({ fields: { by } }) => (by === undefined ? [] : by)))
  writers.delete(replicaId)
  return [...writers]
}

function createIndex() {
  let drops = createDrops()
  /** The entries, each with the mark of `drops` after it. */
  let marks: { readonly id: StreamId; readonly mark: Mark }[] = []
  /** Before this entry, the drops are unknown. */
  let floorId = START
  return {
    clear(from: StreamId): void {
      drops = createDrops()
      marks = []
      floorId = from
    },
    /** Null: it touches unknown parts. */
    add(id: StreamId, drop: Pick<Drop, 'owner' | 'touches'> | null): void {
      if (drop === null) drops.addAll()
      else drops.add(drop.owner, drop.touches)
      marks.push({ id, mark: drops.mark() })
      if (marks.length > MAX_DROPS) floorId = marks.shift()?.id ?? floorId
    },
    haveTouched: (read: ReadName, sinceId: StreamId): boolean =>
      compareIds(sinceId, floorId) < 0 || drops.haveTouched(read, markAt(marks, sinceId)),
  }
}

/**
 * Each entry has the sum of the bytes of all drops of its generation up to it. If the stream was trimmed meanwhile, a
 * reading after an entry begins later without any sign of it from Redis, so the sums are compared.
 */
function createByteCount() {
  let last: number | null = 0
  return {
    /** Null: it is unknown how many are before the first entry. */
    restart: (bytes: number | null): void => void (last = bytes),
    /** The bytes of the drops that are missing before this entry; negative if Redis has lost some. */
    missingBefore({ bytes, drop = '' }: StreamEntry['fields']): number {
      // The first entry of a generation has no sum, and neither have entries of an older version, after which Redis
      // counts from 0.
      const before =
        bytes === undefined || last === null ? null : Number(bytes) - Buffer.byteLength(drop) - last
      last = Number(bytes ?? 0)
      return before ?? 0
    },
  }
}

/** The mark after the last entry that is not later; before all entries, nothing was dropped. */
function markAt(marks: readonly { readonly id: StreamId; readonly mark: Mark }[], since: StreamId): Mark {
  let from = 0
  let to = marks.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (compareIds(marks[middle]?.id ?? START, since) <= 0) from = middle + 1
    else to = middle
  }
  return marks[from - 1]?.mark ?? 0
}
