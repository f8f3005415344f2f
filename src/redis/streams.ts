// Follows streams of Redis: new entries arrive within a moment, and none is missed if the connection is lost for a while.
import type { Clock } from '../clock.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Connection } from './connection.ts'

/** Redis' own id of an entry: milliseconds and a number. It grows with every entry. */
export type StreamId = string

export interface StreamEntry {
  readonly id: StreamId
  readonly fields: Readonly<Record<string, string>>
}

export interface Followed {
  /** The key of the stream, which changes after a failover. */
  key(): string
  /** Entries after this one are read. */
  from(): StreamId
  /** The next entries are read when this has ended. */
  take(entries: readonly StreamEntry[]): Soon<void>
}

/** How long one command waits inside Redis. A Redis that freezes meanwhile is noticed a little later. */
const BLOCK_MS = 500
/** Added to `BLOCK_MS`: the time that any answer may take. */
const MARGIN_MS = 300
const RETRY_MS = 200
/**
 * The most entries of one answer: with the largest entries 5 MB, which arrive within the time that an answer may take.
 */
export const PAGE_ENTRIES = 50

/**
 * Needs a connection of its own. Ends with `signal`. Of entries that arrive together, those of the first stream are taken first, so a
 * stream of which nobody may wait long stands before one whose entries take turns of the event loop.
 */
export async function followStreams(
  connection: Connection,
  streams: readonly Followed[],
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const keys = streams.map((stream) => stream.key())
    const froms = streams.map(({ from }) => from())
    const found = await connection.ask(
      async (client) =>
        (await client.xread('COUNT', PAGE_ENTRIES, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...froms)) ?? [],
      BLOCK_MS + MARGIN_MS,
    )
    if (found === null) await clock.sleep(RETRY_MS, signal).catch(() => {})
    for (const [key, entries] of found ?? [])
      await streams
        .find((stream) => stream.key() === key)
        ?.take(entries.map(([id, fields]) => ({ id, fields: toRecord(fields) })))
  }
}

/** Redis sends the fields of an entry as a list in which names and values alternate. */
export function toRecord(fields: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let index = 0; index + 1 < fields.length; index += 2)
    record[fields[index] ?? ''] = fields[index + 1] ?? ''
  return record
}

export function compareIds(left: StreamId, right: StreamId): number {
  if (left === right) return 0
  const ms = Number.parseInt(left, 10) - Number.parseInt(right, 10)
  return ms === 0 ? numberOf(left) - numberOf(right) : ms
}

const numberOf = (id: StreamId): number => Number(id.slice(id.indexOf('-') + 1))
