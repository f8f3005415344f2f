// Sends the drops of this replica to Redis: at once, or when Redis is back. The order of the log is that of Redis.
import { isTouched } from '../cache/drops.ts'
import type { ReadName } from '../cache/drops.ts'
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import { MAX_DROPS, START } from './drop-copy.ts'
import type { Drop, SharedMark } from './drop-copy.ts'
import type { Keys } from './keys.ts'
import { PUBLISH } from './lease-scripts.ts'
import type { ReadersAnswer } from './readers.ts'
import { shareRun } from './share-run.ts'
import { compareIds } from './streams.ts'
import type { StreamId } from './streams.ts'

/** Own drops that are sent again where Redis has lost them: the budget lets at most two minutes' worth of writes through. */
const MAX_OWN = 200
/** Other replicas cache nothing for longer without a refresh: docs/caching.md. */
const SENT_AGAIN_MS = 15 * 60 * 1000

export interface PublishOptions {
  readonly main: Connection
  readonly clock: Clock
  readonly keys: Keys
  /** Names this replica among the others. */
  readonly replicaId: string
  /** How far the copy goes; null before the first contact with Redis: there may be no log to add to. */
  readonly copied: () => SharedMark | null
  /** Called for each entry that Redis has taken, with those whose lease may be from before it. */
  readonly onTaken: (entry: SharedMark, answer: ReadersAnswer) => void
}

/** Numbers the drops of this replica in the order of their publication. */
export type DropNumber = number

interface OwnDrop extends Drop {
  readonly number: DropNumber
  readonly atMs: number
}

export type Publisher = ReturnType<typeof createPublisher>

export function createPublisher(options: PublishOptions) {
  const { clock, copied } = options
  let own: OwnDrop[] = []
  let unsent: OwnDrop[] = []
  /** Taken by Redis, and perhaps not in the copy yet. */
  let arriving: (OwnDrop & { readonly id: StreamId })[] = []
  let lastSentId = START
  let lastNumber: DropNumber = 0
  let hasForgotten = false

  async function sendUnsent(): Promise<void> {
    for (let mark = copied(); mark !== null && unsent.length > 0; mark = copied()) {
      const batch = unsent
      const taken = await sendBatch(batch, mark.generation, options)
      if (taken === null) return
      const { ids, answer } = taken
      lastSentId = ids.at(-1) ?? lastSentId
      unsent = unsent.filter((drop) => !batch.includes(drop))
      const isArriving = ({ id }: { id: StreamId }): boolean => compareIds(id, copied()?.id ?? START) > 0
      const added = batch.map((drop, index) => ({ ...drop, id: ids[index] ?? START }))
      arriving = arriving.concat(added).filter(isArriving)
      options.onTaken({ generation: mark.generation, id: lastSentId }, answer)
    }
  }

  return {
    send: shareRun(sendUnsent),
    /** The entry of the last drop that Redis has taken from this replica. */
    lastSentId: () => lastSentId,
    lastNumber: () => lastNumber,
    add(drop: Drop): void {
      lastNumber += 1
      const dated = { ...drop, number: lastNumber, atMs: clock.monotonicMs() }
      own = [...own.slice(1 - MAX_OWN), dated]
      hasForgotten ||= unsent.length === MAX_OWN
      unsent = [...unsent.slice(1 - MAX_OWN), dated]
    },
    /** Redis has lost its log, perhaps before all replicas had read these drops. */
    sendAgain(): void {
      lastSentId = START
      const recent = own.filter(({ atMs }) => clock.monotonicMs() - atMs < SENT_AGAIN_MS)
      unsent = [...new Set([...recent, ...unsent])].toSorted((one, other) => one.number - other.number)
      arriving = []
    },
    /** Redis has this drop and all before it. */
    hasSent: (number: DropNumber): boolean => unsent.every((drop) => drop.number > number),
    /** Drops were forgotten before they could be sent; asked once. */
    takeForgotten(): boolean {
      const had = hasForgotten
      hasForgotten = false
      return had
    },
    isTouched(read: ReadName): boolean {
      const { id: reached } = copied() ?? { id: START }
      const isAhead = arriving.filter(({ id }) => compareIds(id, reached) > 0)
      return [...unsent, ...isAhead].some(({ scope, touches }) => isTouched(read, scope, touches))
    },
  }
}

/** Null where Redis has taken nothing, or it is unknown whether it has. */
async function sendBatch(
  batch: readonly OwnDrop[],
  generation: string,
  { main, clock, keys, replicaId }: PublishOptions,
): Promise<{ readonly ids: readonly StreamId[]; readonly answer: ReadersAnswer } | null> {
  const texts = batch.map(({ scope, touches }) => JSON.stringify({ scope, touches }))
  const sentAtMs = clock.monotonicMs()
  const result = await main.ask((client) =>
    client.eval(
      PUBLISH,
      3,
      keys.readers,
      keys.generation,
      keys.drops,
      generation,
      replicaId,
      MAX_DROPS,
      ...texts,
    ),
  )
  const [serverMs, ids, fields] = (result ?? []) as [number, StreamId[]?, string[]?]
  if (ids === undefined || fields === undefined) return null
  return { ids, answer: { sentAtMs, receivedAtMs: clock.monotonicMs(), serverMs, generation, fields } }
}
