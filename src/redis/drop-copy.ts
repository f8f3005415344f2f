// This replica's copy of the stream of drops: what writes of all replicas have made outdated, in the order of Redis.
import * as z from 'zod'
import { READS } from '../aurora/reads.ts'
import type { ReadOperation } from '../aurora/reads.ts'
import { createDrops } from '../cache/drops.ts'
import type { Mark, ReadName } from '../cache/read-name.ts'
import type { Touch } from '../cache/invalidation.ts'
import { factsSchema } from '../cache/proof-facts.ts'
import type { ProofFacts } from '../cache/proof-facts.ts'
import { SCOPE_KEY, TENANT_KEY } from '../rest/scope.ts'
import type { Ids } from '../rest/call.ts'
import type { Owner } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'
import { compareIds } from './streams.ts'
import type { StreamEntry, StreamId } from './streams.ts'

/** A moment among the drops of all replicas. */
export interface SharedMark {
  readonly generation: string
  readonly id: StreamId
}

export interface MovedPage {
  readonly operation: ReadOperation
  readonly path: Ids
  readonly query: Ids
  /** How long before the publication the call was sent whose answer shows the move. An older version leaves it out. */
  readonly askedAgoMs?: number | undefined
}

/** What a write of one scope, or events at Aurora for all scopes of a tenant, have made outdated. */
export interface Drop {
  readonly owner: Owner
  readonly touches: readonly Touch[]
  /** Pages of lists that are older than a change of the page before them, for one scope. */
  readonly moved?: readonly MovedPage[] | undefined
  /** The facts in it about the arrival of webhooks. */
  readonly facts?: ProofFacts | undefined
}

export interface DropCopyOptions {
  readonly emit: Emit
  /** Identifies this replica among the others. */
  readonly replicaId: string
  /** Called for each drop of another replica; null: an unknown part is outdated, so everything counts as outdated. */
  readonly applyDrop: (drop: Drop | null, id?: StreamId) => void
  /** Called after entries of other replicas were taken; entries of this replica need no confirmation. */
  readonly onTaken: () => void
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
export const START: StreamId = '0-0'

export type DropCopy = ReturnType<typeof createDropCopy>

export function createDropCopy(options: DropCopyOptions) {
  const { emit, replicaId, applyDrop, onTaken, onOtherGeneration, onGap } = options
  let generation: string | null = null
  let drops = createDrops()
  /** The entries, each with the mark of `drops` after it. */
  let marks: { readonly id: StreamId; readonly mark: Mark }[] = []
  /** Before this entry, the drops are unknown. */
  let floorId = START
  let lastId = START
  const count = createByteCount()

  function clear(from: StreamId): void {
    drops = createDrops()
    marks = []
    floorId = from
  }

  function add(id: StreamId, fields: StreamEntry['fields']): void {
    const drop = readDrop(fields['drop'])
    if (drop === null) emit('sharedUnreadable', { what: 'drop' })
    if (drop === null) drops.addAll()
    else drops.add(drop.owner, drop.touches)
    marks.push({ id, mark: drops.mark() })
    if (marks.length > MAX_DROPS) floorId = marks.shift()?.id ?? floorId
    if (fields['by'] !== replicaId) applyDrop(drop, id)
  }

  return {
    generation: () => generation,
    lastId: () => lastId,
    mark: (): SharedMark | null => (generation === null ? null : { generation, id: lastId }),
    take(entries: readonly StreamEntry[]): void {
      for (const { id, fields } of entries) {
        if (compareIds(id, lastId) <= 0) continue
        lastId = id
        const missing = generation === null ? 0 : count.missingBefore(fields)
        if (missing !== 0) clear(id)
        if (missing !== 0) onGap(missing < 0)
        if (fields['generation'] !== undefined) {
          if (fields['generation'] !== generation) onOtherGeneration()
          // Before the first contact Redis' clock is unknown, and the first reading returns all entries again.
        } else if (generation !== null) add(id, fields)
      }
      if (entries.some(({ fields }) => fields['by'] !== replicaId)) onTaken()
    },
    /** Deletes the copy: it is of another generation, or the stream begins at `from` without some of its entries. */
    restart(name: string, from = START): void {
      generation = name
      clear(from)
      // Entries that arrive meanwhile are read again.
      lastId = START
      count.restart(from === START ? 0 : null)
    },
    haveTouched: (read: ReadName, since: SharedMark): boolean =>
      since.generation !== generation ||
      compareIds(since.id, floorId) < 0 ||
      drops.haveTouched(read, markAt(marks, since.id)),
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

const operationSchema = z.string().refine((name) => Object.hasOwn(READS, name))
const idsSchema = z.record(z.string(), z.string())

const dropSchema = z.object({
  owner: z.string().refine((owner) => SCOPE_KEY.test(owner) || TENANT_KEY.test(owner)),
  touches: z.array(
    z.object({
      operation: operationSchema,
      path: idsSchema,
      of: z.string().optional(),
    }),
  ),
  moved: z
    .array(
      z.object({
        operation: operationSchema,
        path: idsSchema,
        query: idsSchema,
        askedAgoMs: z.number().nonnegative().optional(),
      }),
    )
    .optional(),
  facts: factsSchema.optional(),
})

function readDrop(text: string | undefined): Drop | null {
  try {
    return dropSchema.parse(JSON.parse(text ?? '')) as unknown as Drop
  } catch {
    return null
  }
}
