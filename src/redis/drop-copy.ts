// This replica's copy of the stream of drops: what writes of all replicas have made untrue, in the order of Redis.
import * as z from 'zod'
import { READS } from '../aurora/reads.ts'
import { isTouched } from '../cache/drops.ts'
import type { ReadName } from '../cache/drops.ts'
import type { Touch } from '../cache/invalidation.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'
import { compareIds } from './streams.ts'
import type { StreamEntry, StreamId } from './streams.ts'

/** A moment among the drops of all replicas. */
export interface SharedMark {
  readonly generation: string
  readonly id: StreamId
}

/** What one write has made untrue. */
export interface Drop {
  readonly scope: ScopeKey
  readonly touches: readonly Touch[]
}

export interface DropCopyOptions {
  readonly emit: Emit
  /** Names this replica among the others. */
  readonly replicaId: string
  /** Called for each drop of another replica; null: it is unknown what is untrue, so everything is. */
  readonly applyDrop: (drop: Drop | null) => void
  /** Called after entries were taken. */
  readonly onTaken: () => void
  /** Called for an entry of another generation: the stream must be read as a whole. */
  readonly onOtherGeneration: () => void
}

/** Hours of busy writing; a copy takes about a megabyte. What is older than all of them counts as touched. */
export const MAX_DROPS = 2000
export const START: StreamId = '0-0'

export type DropCopy = ReturnType<typeof createDropCopy>

export function createDropCopy(options: DropCopyOptions) {
  const { emit, replicaId, applyDrop, onTaken, onOtherGeneration } = options
  let generation: string | null = null
  /** A drop that could not be read is null: it touches everything. */
  let drops: { readonly id: StreamId; readonly drop: Drop | null }[] = []
  /** It is unknown what was dropped before this entry. */
  let floorId = START
  let lastId = START

  function add(id: StreamId, fields: StreamEntry['fields']): void {
    const drop = readDrop(fields['drop'])
    if (drop === null) emit('sharedUnreadable', { what: 'drop' })
    drops.push({ id, drop })
    if (drops.length > MAX_DROPS) floorId = drops.shift()?.id ?? floorId
    if (fields['by'] !== replicaId) applyDrop(drop)
  }

  return {
    generation: () => generation,
    lastId: () => lastId,
    mark: (): SharedMark | null => (generation === null ? null : { generation, id: lastId }),
    take(entries: readonly StreamEntry[]): void {
      for (const { id, fields } of entries) {
        if (compareIds(id, lastId) <= 0) continue
        lastId = id
        if (fields['generation'] === undefined) add(id, fields)
        else if (fields['generation'] !== generation) onOtherGeneration()
      }
      onTaken()
    },
    /** Deletes the copy: it is of another generation, or the stream begins at `from` and has lost entries of the copy. */
    restart(name: string, from = START): void {
      generation = name
      drops = []
      floorId = from
      // Entries that arrived meanwhile are read again.
      lastId = START
    },
    haveTouched: (read: ReadName, since: SharedMark): boolean =>
      since.generation !== generation ||
      compareIds(since.id, floorId) < 0 ||
      drops.some(
        ({ id, drop }) =>
          compareIds(id, since.id) > 0 && (drop === null || isTouched(read, drop.scope, drop.touches)),
      ),
  }
}

const dropSchema = z.object({
  scope: z.string().regex(/^[0-9a-f]{32}$/),
  touches: z.array(
    z.object({
      operation: z.string().refine((name) => Object.hasOwn(READS, name)),
      path: z.record(z.string(), z.string()),
    }),
  ),
})

function readDrop(text: string | undefined): Drop | null {
  try {
    return dropSchema.parse(JSON.parse(text ?? '')) as unknown as Drop
  } catch {
    return null
  }
}
