// The log of what the writes of all replicas have made outdated, in one order for all: a stream in Redis, and a copy in each replica.
import type { ReadName } from '../cache/read-name.ts'
import { createDropCopy } from './drop-copy.ts'
import type { DropCopyOptions, SharedMark } from './drop-copy.ts'
import { createLogReader } from './log-reader.ts'
import type { LogReader, LogReaderOptions } from './log-reader.ts'
import type { Drop } from './drop-text.ts'
import type { DropNumber } from './own-drop.ts'
import { createPublisher } from './publish-drops.ts'
import type { PublishOptions } from './publish-drops.ts'
import { compareIds } from './streams.ts'
import type { StreamEntry, StreamId } from './streams.ts'

export interface DropLog extends LogReader {
  /** The copy contains every drop up to this mark; null before the first contact. */
  mark(): SharedMark | null
  /** Whether the data of the read was touched since then; true if that is unknown. */
  haveTouched(read: ReadName, since: SharedMark): boolean
  /** Notifies the other replicas. If Redis is down, the drop is sent when Redis is back. */
  publish(drop: Drop): void
  /** The number of the last drop that was published here. */
  lastNumber(): DropNumber
  /** Whether Redis has this drop and all of this replica before it. */
  hasSent(number: DropNumber): boolean
  /** Resolves when Redis has all that was published, or cannot take it for now. */
  published(): Promise<void>
  /** Whether the copy has this entry and all before it, and every cached answer from before the log is in doubt. */
  contains(mark: SharedMark): boolean
  /** The entry after which the next reading begins. */
  from(): StreamId
  take(entries: readonly StreamEntry[]): Promise<void>
}

export interface DropLogOptions
  extends
    Omit<LogReaderOptions, 'doubt'>,
    Omit<DropCopyOptions, 'findSent' | 'onOtherGeneration' | 'onTaken' | 'onGap'>,
    Omit<PublishOptions, 'copied' | 'onTaken'> {
  /** Called for each entry of this replica that Redis has taken. */
  readonly onPublished?: PublishOptions['onTaken']
  /** Called after entries of these other replicas were applied. */
  readonly onApplied?: DropCopyOptions['onTaken']
  /** Whether there is no other replica, so that nothing can have become outdated elsewhere. */
  readonly isAlone?: boolean
}

export function createDropLog(options: DropLogOptions): DropLog {
  const { main, isAlone = false, onPublished = () => {}, onApplied = () => {} } = options
  const doubt = (): void => (isAlone ? undefined : options.applyDrop(null))
  const copy = createDropCopy({
    ...options,
    findSent: (text) => publisher.findSent(text),
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
