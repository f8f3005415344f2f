// Reads the log of drops as a whole, and finds out which part of it is lost: entries, everything, or entries of this replica.
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import { MAX_DROPS, START } from './drop-copy.ts'
import type { DropCopy, SharedMark } from './drop-copy.ts'
import type { Keys } from './keys.ts'
import { BEGIN } from './lease-scripts.ts'
import type { Publisher } from './publish-drops.ts'
import { HELD_MS } from './readers.ts'
import { shareRun } from './share-run.ts'
import { compareIds, PAGE_ENTRIES, toRecord } from './streams.ts'
import type { StreamId } from './streams.ts'

type Row = [id: StreamId, fields: string[]]

export interface LogReaderOptions {
  readonly main: Connection
  readonly clock: Clock
  readonly keys: Keys
  readonly newToken: () => string
  /**
   * How far the log had been applied to the answers that the cache has from before the start; null if that is unknown.
   */
  readonly filed?: SharedMark | null
  /** Called if an unknown part has become outdated. */
  readonly doubt: () => void
  /** Called when the copy begins again. */
  readonly onGeneration?: () => void
}

export interface LogReader {
  /** Reads the entries that the copy lacks; false if it is unknown whether these are all. */
  catchUp(): Promise<boolean>
  /**
   * Whether the log was read as a whole since the start: before that, an answer from a cache file may be from before a
   * drop.
   */
  hasRead(): boolean
  /** Monotonic time; until then a replica may read by a lease of an older generation. */
  olderLeasesUntilMs(): number
}

export function createLogReader(options: LogReaderOptions, copy: DropCopy, publisher: Publisher): LogReader {
  const { main, clock, filed = null, onGeneration = () => {}, doubt } = options
  const generations = createGenerations(options, publisher.takeForgotten)
  let hasRead = false
  /** Whether what was read is being applied, in turns of the event loop. */
  let isApplying = false
  let olderLeasesUntilMs = -Infinity

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
    const entries = await readPages(options, fromId)
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
    // Only the first reading shows whether all drops since the cache file was written are in the log.
    if (!hasRead && !isProven(filed, name, entries)) doubt()
    hasRead = true
    const hasOwn = compareIds(sentId, fromId) <= 0 || entries.some(([id]) => id === sentId)
    if (isPassed || !hasOwn) publisher.sendAgain()
    isApplying = true
    await copy
      .take(entries.map(([id, fields]) => ({ id, fields: toRecord(fields) })))
      .finally(() => (isApplying = false))
    void publisher.send()
    return true
  }

  const read = shareRun(readAll)

  return {
    async catchUp() {
      // That reading lacks what came to the log since.
      if (isApplying) await read()
      return read()
    },
    hasRead: () => hasRead,
    olderLeasesUntilMs: () => olderLeasesUntilMs,
  }
}

/** All pages as one reading at the end would return them; null if Redis has not answered. */
async function readPages({ main, keys }: LogReaderOptions, fromId: StreamId): Promise<Row[] | null> {
  let entries: Row[] = []
  for (let lastId = fromId; ;) {
    const page = await main.ask((client) => client.xrange(keys.drops, lastId, '+', 'COUNT', PAGE_ENTRIES))
    if (page === null) return null
    // Each page begins with the last entry of the one before. If that one has left the log meanwhile, the log begins
    // here.
    entries = page[0]?.[0] === lastId ? [...entries, ...page.slice(entries.length > 0 ? 1 : 0)] : page
    lastId = page.at(-1)?.[0] ?? lastId
    if (page.length < PAGE_ENTRIES || entries.length > MAX_DROPS) return entries
  }
}

function createGenerations({ main, keys, newToken }: LogReaderOptions, takeForgotten: () => boolean) {
  let setbacks = 0
  let mustBeginAnew = false
  const begin = (how: 'anew' | 'ifNone') =>
    main.ask((client) => client.eval(BEGIN, 2, keys.generation, keys.drops, newToken(), how))

  return {
    begin,
    /** The name of the generation; null if Redis does not show it. */
    async find(): Promise<string | null> {
      // Redis' clock was set back, so every reply with an earlier date looks younger than it is; or drops were lost
      // that no replica has read.
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

/** Whether an entry is so young that leases from before it may still last. Its id is the time of Redis' clock. */
const isRecent = (id: StreamId, serverMs: number | undefined): boolean =>
  serverMs === undefined || Number.parseInt(id, 10) + HELD_MS > serverMs
