// What the writes of all replicas have made untrue, in one order for all: a stream in Redis, and a copy in each replica.
import type { ReadName } from '../cache/drops.ts'
import { createDropCopy, MAX_DROPS, START } from './drop-copy.ts'
import type { Drop, DropCopyOptions, SharedMark } from './drop-copy.ts'
import { createPublisher } from './publish-drops.ts'
import type { PublishOptions } from './publish-drops.ts'
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
  /** Resolves when Redis has all that was published, or cannot take it for now. */
  published(): Promise<void>
  /** Reads what Redis has and the copy has not; false where it is unknown whether that is all. */
  catchUp(): Promise<boolean>
  /** Where the next entry is to be read from. */
  from(): StreamId
  take(entries: readonly StreamEntry[]): void
}

export interface DropLogOptions
  extends Omit<DropCopyOptions, 'onOtherGeneration'>, Omit<PublishOptions, 'hasStream'> {
  readonly newToken: () => string
}

/** Begins a new generation of the stream where there is none, or where `ARGV[2]` asks for it; returns its name. */
const BEGIN = `
local generation = redis.call('GET', KEYS[1])
if ARGV[2] == 'anew' or not generation or redis.call('EXISTS', KEYS[2]) == 0 then
  generation = ARGV[1]
  redis.call('SET', KEYS[1], generation)
  redis.call('DEL', KEYS[2])
  redis.call('XADD', KEYS[2], '*', 'generation', generation)
end
return generation`

export function createDropLog(options: DropLogOptions): DropLog {
  const { main, keys, newToken, applyDrop } = options
  const copy = createDropCopy({ ...options, onOtherGeneration: () => void catchUp() })
  const publisher = createPublisher({ ...options, hasStream: () => copy.generation() !== null })
  let setbacks = 0

  const begin = (how: 'anew' | 'ifNone') =>
    main.ask((client) => client.eval(BEGIN, 2, keys.generation, keys.drops, newToken(), how))

  async function readAll(): Promise<boolean> {
    if (main.time.setbacks() > setbacks) {
      // Redis' clock was set back, so every reply dated before looks younger than it is.
      if ((await begin('anew')) === null) return false
      setbacks = main.time.setbacks()
    }
    const name = await begin('ifNone')
    if (typeof name !== 'string') return false
    const before = copy.generation()
    if (name !== before) {
      if (before !== null) publisher.sendAgain()
      copy.restart(name)
    }
    const fromId = copy.lastId()
    const sentId = publisher.lastSentId()
    const entries = await main.ask((client) => client.xrange(keys.drops, fromId, '+', 'COUNT', MAX_DROPS + 1))
    if (entries === null || name !== copy.generation()) return false
    const [first] = entries
    // A failover may lose the last entries. In a new generation all replicas send their recent drops again.
    if (first === undefined) return fromId !== START && (await begin('anew')) !== null ? readAll() : false
    const isPassed = fromId !== START && first[0] !== fromId
    // The last entry of the copy has left the stream, so entries after it may have left as well.
    if (isPassed) applyDrop(null)
    if (isPassed || fromId === START) copy.restart(name, first[0])
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
      if (drop.touches.length > 0) publisher.add(drop)
    },
    async published() {
      if (main.isUp()) await publisher.send()
    },
    catchUp,
    from: copy.lastId,
    take: copy.take,
  }
}
