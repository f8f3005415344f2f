// Sends the drops of this replica to Redis: at once, or when Redis is back. The order of the log is that of Redis.
import { isTouched } from '../cache/read-name.ts'
import type { ReadName } from '../cache/read-name.ts'
import { mergeFacts, onlyDoubts } from '../cache/proof-facts.ts'
import type { ProofFacts } from '../cache/proof-facts.ts'
import { createTouchSet } from '../cache/touch-set.ts'
import type { TouchSet } from '../cache/touch-set.ts'
import type { Clock } from '../clock.ts'
import type { Owner } from '../rest/scope.ts'
import type { Connection } from './connection.ts'
import { MAX_DROP_BYTES, MAX_DROPS, START } from './drop-copy.ts'
import type { Drop, MovedPage, SharedMark } from './drop-copy.ts'
import type { Keys } from './keys.ts'
import { PUBLISH } from './lease-scripts.ts'
import type { ReadersAnswer } from './readers.ts'
import { shareRun } from './share-run.ts'
import { compareIds } from './streams.ts'
import type { StreamId } from './streams.ts'

/** Own drops that are sent again if Redis has lost them: the budget allows at most two minutes' worth of writes. */
const MAX_OWN = 200
/** Other replicas cache nothing for longer without a refresh: docs/caching.md. */
const SENT_AGAIN_MS = 15 * 60 * 1000

/**
 * Moved pages of one scope that wait for Redis: it was there a moment ago. If there are more, the whole list counts as
 * touched.
 */
const MAX_MOVED = 100

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

/** Numbers the drops of this replica in the order of their publication. */
export type DropNumber = number

/**
 * Until it is sent, later drops of the same owner are added to it, so that a long absence of Redis does not overflow
 * the list.
 */
interface OwnDrop {
  readonly owner: Owner
  readonly touches: TouchSet
  /** Each page once, with its last change. */
  readonly moved: Map<string, OwnPage>
  facts: ProofFacts | undefined
  /** The number of its first drop: nothing of it counts as sent before all of it is. */
  readonly number: DropNumber
  /** When the last drop was added. */
  atMs: number
}

/** Dated by this replica's clock, because it may be sent much later than it was published. */
interface OwnPage extends Omit<MovedPage, 'askedAgoMs'> {
  readonly askedAtMs: number
}

export type Publisher = ReturnType<typeof createPublisher>

export function createPublisher(options: PublishOptions) {
  const { clock, copied } = options
  let own: OwnDrop[] = []
  let unsent: OwnDrop[] = []
  /** The drops that Redis was sent and has not answered yet. */
  let underWay: OwnDrop[] = []
  /** Drops that Redis has taken, and that the copy may lack. */
  let arriving: (OwnDrop & { readonly id: StreamId })[] = []
  let lastSentId = START
  let lastNumber: DropNumber = 0
  const forgotten = createForgotten()

  const isAhead = ({ id }: { id: StreamId }): boolean => compareIds(id, copied()?.id ?? START) > 0

  async function sendUnsent(): Promise<void> {
    for (let mark = copied(); mark !== null && unsent.length > 0; mark = copied()) {
      const batch = (underWay = unsent)
      const taken = await sendBatch(batch, mark.generation, options)
      underWay = []
      if (taken === null) return
      lastSentId = taken.ids.at(-1) ?? lastSentId
      unsent = unsent.filter((drop) => !batch.includes(drop))
      const added = batch.map((drop, index) => ({ id: taken.ids[index] ?? START, ...drop }))
      arriving = arriving.concat(added).filter(isAhead)
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
      const recent = own.filter(({ atMs }) => clock.monotonicMs() - atMs < SENT_AGAIN_MS)
      // The others would count an arrival from long ago as new evidence. A doubt that is reported twice does no harm.
      for (const drop of recent) if (!unsent.includes(drop)) drop.facts = onlyDoubts(drop.facts)
      unsent = [...new Set([...recent, ...unsent])].toSorted((one, other) => one.number - other.number)
      arriving = []
    },
    /** Whether Redis has this drop and all before it. */
    hasSent: (number: DropNumber): boolean => unsent.every((drop) => drop.number > number),
    /** Whether drops were forgotten before they could be sent; true only once. */
    takeForgotten: forgotten.take,
    isTouched: (read: ReadName): boolean =>
      [...unsent, ...arriving.filter(isAhead)].some((drop) => isTouchedBy(drop, read)),
  }
}

function createForgotten() {
  let has = false
  return {
    note: (): void => void (has = true),
    take(): boolean {
      const had = has
      has = false
      return had
    },
  }
}

const isTouchedBy = ({ owner, touches }: OwnDrop, read: ReadName): boolean =>
  isTouched(read, owner, touches.list())

function toOwn({ owner, ...drop }: Drop, number: DropNumber, clock: Clock): OwnDrop {
  const own: OwnDrop = {
    owner,
    touches: createTouchSet(),
    moved: new Map(),
    facts: undefined,
    number,
    atMs: -Infinity,
  }
  join(own, drop, clock)
  return own
}

function join(own: OwnDrop, { touches, moved = [], facts }: Omit<Drop, 'owner'>, clock: Clock): void {
  own.atMs = clock.monotonicMs()
  own.facts = mergeFacts(own.facts, facts)
  own.touches.add(touches)
  for (const { askedAgoMs = 0, ...page } of moved) {
    const key = JSON.stringify(page)
    const askedAtMs = Math.max(own.atMs - askedAgoMs, own.moved.get(key)?.askedAtMs ?? -Infinity)
    own.moved.set(key, { askedAtMs, ...page })
  }
  for (const [key, { operation, path }] of own.moved) {
    if (own.moved.size <= MAX_MOVED) break
    own.moved.delete(key)
    own.touches.add([{ operation, path }])
  }
}

function textOf({ owner, touches, moved, facts }: OwnDrop, nowMs: number): string {
  const pages = [...moved.values()].map(({ askedAtMs, ...page }) => ({
    askedAgoMs: Math.floor(nowMs - askedAtMs),
    ...page,
  }))
  return JSON.stringify({ owner, touches: touches.list(), ...(pages.length > 0 && { moved: pages }), facts })
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
