// Answers a cursor from a history: the changes after it, and the next cursor; or the answer that the client has to begin again.
import type { Change } from './change-log.ts'
import type { ChangesCursor } from './changes-cursor.ts'
import type { History } from './history.ts'

export interface SinceAnswer {
  /** Whether the client has to read the whole list. */
  readonly isReset: boolean
  readonly changes: readonly Change[]
  readonly hasMore: boolean
  /** Null: the client begins. */
  readonly cursor: ChangesCursor | null
}

export interface SinceOptions {
  /** Null: there is none yet. */
  readonly history: Pick<History, 'name' | 'log'> | null
  /** Whether all pages of the list are known. */
  readonly isWhole: boolean
  readonly limit: number
}

/** `cursor` null: the client begins. */
export function answerSince(
  cursor: ChangesCursor | null,
  { history, isWhole, limit }: SinceOptions,
): SinceAnswer {
  if (!history || !isKnown(cursor, history)) {
    // A client that replaced its copy by a part of the list would lose the rest, so it keeps the copy and the cursor,
    // and repeats the request.
    const isReady = history !== null && isWhole
    const next = isReady ? { name: history.name, position: history.log.last } : cursor
    return { isReset: true, changes: [], hasMore: false, cursor: next }
  }
  const { log, name } = history
  const all = log.since(cursor.position)
  const changes = all.slice(0, limit)
  const hasMore = changes.length < all.length
  const position = (hasMore ? changes.at(-1)?.number : undefined) ?? log.last
  return { isReset: false, changes, hasMore, cursor: { name, position } }
}

/** Whether the cursor is of this history, and neither too old nor ahead of it. */
const isKnown = (
  cursor: ChangesCursor | null,
  { name, log }: Pick<History, 'name' | 'log'>,
): cursor is ChangesCursor =>
  cursor !== null && cursor.name === name && cursor.position >= log.floor && cursor.position <= log.last
