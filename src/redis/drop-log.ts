// What the writes of all replicas have made untrue, in one order for all: a stream in Redis, and a copy in each replica.
import type { ReadName } from '../cache/drops.ts'
import { createDropCopy, MAX_DROPS, START } from './drop-copy.ts'
import type { Drop, DropCopyOptions, SharedMark } from './drop-copy.ts'
import { BEGIN } from './lease-scripts.ts'
import { createPublisher } from './publish-drops.ts'
import type { DropNumber, PublishOptions } from './publish-drops.ts'
import { HELD_MS } from './readers.ts'
import { shareRun } from './share-run.ts'
import { compareIds, toRecord } from './streams.ts'
import type { StreamEntry, StreamId } from './streams.ts'

export interface DropLog {
  /** The copy contains every drop up to here; null before the first contact. */
  mark(): SharedMark | null
  /** What is read was touched since; if that is unknown, true. */
  haveTouched(read: ReadName, since: SharedMark): boolean
  /** Notifies the other replicas. If Redis is down, it gets the drop when it is back. */
  publish(drop: Drop): void
  /** The last drop that was published here. */
  lastNumber(): DropNumber
  /** Redis has this drop and all of this replica before it. */
  hasSent(number: DropNumber): boolean
  /** Resolves when Redis has all that was published, or cannot take it for now. */
  published(): Promise<void>
  /** Reads what Redis has and the copy has not; false where it is unknown whether that is all. */
  catchUp(): Promise<boolean>
  contains(mark: SharedMark): boolean
  /** Monotonic; until then a replica may read by a lease of an older generation. */
  olderLeasesUntilMs(): number
  /** Where the next entry is to be read from. */
  from(): StreamId
  take(entries: readonly StreamEntry[]): void
}

export interface DropLogOptions
  extends Omit<DropCopyOptions, 'onOtherGeneration' | 'onTaken'>, Omit<PublishOptions, 'copied' | 'onTaken'> {
  readonly newToken: () => string
  /** How far the log had been applied to what the cache holds from before the start; null where that is unknown. */
  readonly filed?: SharedMark | null
  /** There is no other replica, so nothing can have become untrue elsewhere. */
  readonly isAlone?: boolean
  /** Called for each entry that Redis has taken of this replica. */
  readonly onPublished?: PublishOptions['onTaken']
  /** Called after entries were applied. */
  readonly onApplied?: () => void
  /** Called when the copy begins anew. */
  readonly onGeneration?: () => void
}

export function createDropLog(options: DropLogOptions): DropLog {
  const { main, clock, keys, filed = null, isAlone = false } = options
  const { onPublished = () => {}, onApplied = () => {}, onGeneration = () => {} } = options
  const copy = createDropCopy({ ...options, onTaken: onApplied, onOtherGeneration: () => void catchUp() })
  const publisher = createPublisher({ ...options, copied: copy.mark, onTaken: onPublished })
  const doubt = (): void => (isAlone ? undefined : options.applyDrop(null))
  let hasRead = false
  let olderLeasesUntilMs = -Infinity

  const generations = createGenerations(options, publisher.takeForgotten)

  function turnTo(name: string): void {
    const isFirst = copy.generation() === null
    if (!isFirst) publisher.sendAgain()
    copy.restart(name)
    olderLeasesUntilMs = clock.monotonicMs() + HELD_MS
    onGeneration()
    if (!isFirst) doubt()
  }

  async function readAll(): Promise<boolean> {
    const name = await generations.find()
    if (name === null) return false
    if (name !== copy.generation()) turnTo(name)
    const fromId = copy.lastId()
    const sentId = publisher.lastSentId()
    const entries = await main.ask((client) => client.xrange(keys.drops, fromId, '+', 'COUNT', MAX_DROPS + 1))
    if (entries === null || name !== copy.generation()) return false
    const [first] = entries
    // A failover may lose the last entries. In a new generation all replicas send their recent drops again.
    if (first === undefined)
      return fromId !== START && (await generations.begin('anew')) !== null ? readAll() : false
    const isPassed = fromId !== START && first[0] !== fromId
    // The last entry of the copy has left the stream, so entries after it may have left as well.
    if (isPassed) doubt()
    if (isPassed || fromId === START) copy.restart(name, first[0])
    if (fromId === START && !isRecent(first[0], main.time.at(clock.monotonicMs())?.leastMs))
      olderLeasesUntilMs = -Infinity
    // The first reading shows whether all drops since the cache file was written are in the log.
    if (!hasRead && !isProven(filed, name, entries)) doubt()
    hasRead = true
    const hasOwn = compareIds(sentId, fromId) <= 0 || entries.some(([id]) => id === sentId)
    if (isPassed || !hasOwn) publisher.sendAgain()
    copy.take(entries.map(([id, fields]) => ({ id, fields: toRecord(fields) })))
    void publisher.send()
    return true
  }

  const catchUp = shareRun(readAll)
  main.onUp(() => void catchUp())
  main.onBeat(() => void catchUp())

  return {
    mark: copy.mark,
    haveTouched: (read, since) => copy.haveTouched(read, since) || publisher.isTouched(read),
    publish(drop) {
      if (drop.touches.length === 0) return
      publisher.add(drop)
      void publisher.send()
    },
    lastNumber: publisher.lastNumber,
    hasSent: publisher.hasSent,
    async published() {
      if (main.isUp()) await publisher.send()
    },
    catchUp,
    contains: ({ generation, id }) => generation === copy.generation() && compareIds(copy.lastId(), id) >= 0,
    olderLeasesUntilMs: () => olderLeasesUntilMs,
    from: copy.lastId,
    take: copy.take,
  }
}

function createGenerations({ main, keys, newToken }: DropLogOptions, takeForgotten: () => boolean) {
  let setbacks = 0
  let mustBeginAnew = false
  const begin = (how: 'anew' | 'ifNone') =>
    main.ask((client) => client.eval(BEGIN, 2, keys.generation, keys.drops, newToken(), how))

  return {
    begin,
    /** The name of the generation; null where Redis does not show it. */
    async find(): Promise<string | null> {
      // Redis' clock was set back, so every reply dated before looks younger than it is. Or drops are lost that nobody has seen.
      mustBeginAnew = takeForgotten() || main.time.setbacks() > setbacks || mustBeginAnew
      if (mustBeginAnew) {
        setbacks = main.time.setbacks()
        if ((await begin('anew')) === null) return null
        mustBeginAnew = false
      }
      const name = await begin('ifNone')
      return typeof name === 'string' ? name : null
    },
  }
}

const isProven = (
  filed: SharedMark | null,
  generation: string,
  entries: readonly [StreamId, string[]][],
): boolean => filed?.generation === generation && entries.some(([id]) => id === filed.id)

/** Whether an entry is so young that leases from before it may hold. Its id is the time of Redis' clock. */
const isRecent = (id: StreamId, serverMs: number | undefined): boolean =>
  serverMs === undefined || Number.parseInt(id, 10) + HELD_MS > serverMs
