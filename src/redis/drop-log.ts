// What the writes of all replicas have made untrue, in one order for all: a stream in Redis, and a copy in each replica.
import type { ReadName } from '../cache/read-name.ts'
import { createDropCopy } from './drop-copy.ts'
import type { Drop, DropCopyOptions, SharedMark } from './drop-copy.ts'
import { createLogReader } from './log-reader.ts'
import type { LogReader, LogReaderOptions } from './log-reader.ts'
import { createPublisher } from './publish-drops.ts'
import type { DropNumber, PublishOptions } from './publish-drops.ts'
import { compareIds } from './streams.ts'
import type { StreamEntry, StreamId } from './streams.ts'

export interface DropLog extends LogReader {
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
  /** The copy has this entry and all before it, and nothing that is cached is from before the log without being in doubt. */
  contains(mark: SharedMark): boolean
  /** Where the next entry is to be read from. */
  from(): StreamId
  take(entries: readonly StreamEntry[]): void
}

export interface DropLogOptions
  extends
    Omit<LogReaderOptions, 'doubt'>,
    Omit<DropCopyOptions, 'onOtherGeneration' | 'onTaken' | 'onGap'>,
    Omit<PublishOptions, 'copied' | 'onTaken'> {
  /** Called for each entry that Redis has taken of this replica. */
  readonly onPublished?: PublishOptions['onTaken']
  /** Called after entries of other replicas were applied. */
  readonly onApplied?: () => void
  /** There is no other replica, so nothing can have become untrue elsewhere. */
  readonly isAlone?: boolean
}

export function createDropLog(options: DropLogOptions): DropLog {
  const { main, isAlone = false, onPublished = () => {}, onApplied = () => {} } = options
  const doubt = (): void => (isAlone ? undefined : options.applyDrop(null))
  const copy = createDropCopy({
    ...options,
    onTaken: onApplied,
    onOtherGeneration: () => void catchUp(),
    onGap(areLost) {
      doubt()
      if (areLost) publisher.sendAgain()
    },
  })
  const publisher = createPublisher({ ...options, copied: copy.mark, onTaken: onPublished })
  const { catchUp, hasRead, olderLeasesUntilMs } = createLogReader({ ...options, doubt }, copy, publisher)
  main.onUp(() => void catchUp())
  main.onBeat(() => void catchUp())

  return {
    mark: copy.mark,
    haveTouched: (read, since) => copy.haveTouched(read, since) || publisher.isTouched(read),
    publish(drop) {
      if (drop.touches.length === 0 && !drop.facts && !drop.moved) return
      publisher.add(drop)
      void publisher.send()
    },
    lastNumber: publisher.lastNumber,
    hasSent: publisher.hasSent,
    async published() {
      if (main.isUp()) await publisher.send()
    },
    catchUp,
    hasRead,
    contains: ({ generation, id }) =>
      hasRead() && generation === copy.generation() && compareIds(copy.lastId(), id) >= 0,
    olderLeasesUntilMs,
    from: copy.lastId,
    take: copy.take,
  }
}
