// Sends the drops of this replica to Redis: at once, or when Redis is back. The order of the log is that of Redis.
import type { ReadName } from '../cache/read-name.ts'
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import { MAX_DROP_BYTES, MAX_DROPS, START } from './drop-copy.ts'
import type { SharedMark } from './drop-copy.ts'
import type { Drop } from './drop-text.ts'
import type { Keys } from './keys.ts'
import { PUBLISH } from './lease-scripts.ts'
import { close, isTouchedBy, join, reopen, textOf, toOwn } from './own-drop.ts'
import type { DropNumber, OwnDrop } from './own-drop.ts'
import type { ReadersAnswer } from './readers.ts'
import { shareRun } from './share-run.ts'
import { compareIds } from './streams.ts'
import type { StreamId } from './streams.ts'

/** Own drops that are sent again if Redis has lost them: the budget allows at most two minutes' worth of writes. */
const MAX_OWN = 200
/** Other replicas cache nothing for longer without a refresh: docs/caching.md. */
const SENT_AGAIN_MS = 15 * 60 * 1000

export interface PublishOptions {
  readonly main: Connection
  readonly clock: Clock
  readonly keys: Keys
  /** Identifies this replica among the others. */
  readonly replicaId: string
  /** How far the copy reaches; null before the first contact with Redis, when there may be no log yet. */
  readonly copied: () => SharedMark | null
  /** Called for each entry that Redis has taken, with those whose lease may be from before it. */
  readonly onTaken: (entry: SharedMark, answer: ReadersAnswer) => void
}

export type Publisher = ReturnType<typeof createPublisher>

export function createPublisher(options: PublishOptions) {
  const { clock, copied } = options
  let own: OwnDrop[] = []
  let unsent: OwnDrop[] = []
  /** The drops that Redis was sent and has not answered yet. */
  let underWay: OwnDrop[] = []
  let lastSentId = START
  let lastNumber: DropNumber = 0
  const forgotten = createForgotten()

  const arriving = createArriving((id) => compareIds(id, copied()?.id ?? START) > 0)

  async function sendUnsent(): Promise<void> {
    for (let mark = copied(); mark !== null && unsent.length > 0; mark = copied()) {
      const batch = (underWay = unsent)
      const taken = await sendBatch(batch, mark.generation, options)
      underWay = []
      if (taken === null) return
      lastSentId = taken.ids.at(-1) ?? lastSentId
      unsent = unsent.filter((drop) => !batch.includes(drop))
      arriving.add(batch.map((drop, index) => ({ id: taken.ids[index] ?? START, drop })))
      options.onTaken({ generation: mark.generation, id: lastSentId }, taken.answer)
    }
  }

  return {
    send: shareRun(sendUnsent),
    /** The entry of the last drop that Redis has taken from this replica. */
    lastSentId: () => lastSentId,
    lastNumber: () => lastNumber,
    add(drop: Drop): void {
      lastNumber += 1
      const waiting = unsent.find((each) => each.owner === drop.owner && !underWay.includes(each))
      if (waiting) return join(waiting, drop, clock)
      if (unsent.length === MAX_OWN) forgotten.note()
      const dated = toOwn(drop, lastNumber, clock)
      own = [...own.slice(1 - MAX_OWN), dated]
      unsent = [...unsent.slice(1 - MAX_OWN), dated]
    },
    /** To be called when Redis has lost its log, perhaps before all replicas had read these drops. */
    sendAgain(): void {
      lastSentId = START
      const isRecent = ({ atMs }: OwnDrop): boolean => clock.monotonicMs() - atMs < SENT_AGAIN_MS
      own = own.filter(isRecent).map((drop) => (unsent.includes(drop) ? drop : reopen(drop, clock)))
      unsent = [...new Set([...own, ...unsent])].toSorted((one, other) => one.number - other.number)
      arriving.clear()
    },
    /** The drop with this text, if it was sent a moment ago, so that the text need not be read. */
    findSent(text: string): Pick<Drop, 'owner' | 'touches'> | null {
      const found = [...underWay, ...arriving.list()].find(({ sent }) => sent?.text === text)
      return found?.content ? { owner: found.owner, touches: found.content.touches.list() } : null
    },
    /** Whether Redis has this drop and all before it. Of drops that were forgotten only a new generation notifies the others. */
    hasSent: (number: DropNumber) => !forgotten.has() && unsent.every((drop) => drop.number > number),
    /** Whether drops were forgotten before they could be sent; true only once. */
    takeForgotten: forgotten.take,
    isTouched: (read: ReadName): boolean =>
      [...unsent, ...arriving.ahead()].some((drop) => isTouchedBy(drop, read)),
  }
}

interface Arriving {
  readonly id: StreamId
  readonly drop: OwnDrop
}

/** Drops that Redis has taken, and that the copy may lack. */
function createArriving(isAhead: (id: StreamId) => boolean) {
  let all: readonly Arriving[] = []
  return {
    list: (): readonly OwnDrop[] => all.map(({ drop }) => drop),
    /** Those that the copy lacks. */
    ahead: (): readonly OwnDrop[] => all.filter(({ id }) => isAhead(id)).map(({ drop }) => drop),
    clear: (): void => void (all = []),
    add(taken: readonly Arriving[]): void {
      all = [...all, ...taken].filter(({ id, drop }) => {
        if (!isAhead(id)) close(drop)
        return isAhead(id)
      })
    },
  }
}

function createForgotten() {
  let has = false
  return {
    has: (): boolean => has,
    note: (): void => void (has = true),
    take(): boolean {
      const had = has
      has = false
      return had
    },
  }
}

/** Null if Redis has taken nothing, or if that is unknown. */
async function sendBatch(
  batch: readonly OwnDrop[],
  generation: string,
  { main, clock, keys, replicaId }: PublishOptions,
): Promise<{ readonly ids: readonly StreamId[]; readonly answer: ReadersAnswer } | null> {
  const sentAtMs = clock.monotonicMs()
  const texts = batch.map((drop) => textOf(drop, sentAtMs))
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
      MAX_DROP_BYTES,
      ...texts,
    ),
  )
  const [serverMs, ids, fields] = (result ?? []) as [number, StreamId[]?, string[]?]
  if (ids === undefined || fields === undefined) return null
  return { ids, answer: { sentAtMs, receivedAtMs: clock.monotonicMs(), serverMs, generation, fields } }
}
