// The histories of lists that clients have asked for changes of: one for each list and credential, bounded in bytes.
import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { carriedMembers } from '../aurora/members.ts'
import type { Clock } from '../clock.ts'
import { isOf } from '../rest/scope.ts'
import type { Owner, ScopeKey } from '../rest/scope.ts'
import { createDigests } from './digests.ts'
import type { Digests } from './digests.ts'
import { createHistory } from './history.ts'
import type { History } from './history.ts'

export interface Histories {
  /** Of the list of projects. */
  readonly digests: Digests
  /** Null: nobody has asked for changes with this credential yet, or it was long ago. Does not count as a use. */
  known(scope: ScopeKey): History | null
  /** The same; a new one where there is none. To be called when the list is there: a history takes memory without rows, too. */
  open(scope: ScopeKey): History
  /** To be called after each use: others leave where all are too large together. */
  keep(scope: ScopeKey, history: History): void
  /** Those of one scope, or of all scopes of a tenant. */
  of(owner: Owner): readonly History[]
}

export interface HistoriesOptions {
  readonly cacheMaxBytes: number
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly maxLogged?: number
}

/** Histories have a part of the memory of the cache, beside it. */
const HISTORY_PARTS = 16

export function createHistories(options: HistoriesOptions): Histories {
  const { clock, cacheMaxBytes, maxLogged } = options
  const maxSize = Math.max(1, Math.floor(cacheMaxBytes / HISTORY_PARTS))
  const histories = new LRUCache<ScopeKey, History>({ maxSize })
  const digests = createDigests(carriedMembers('listProjects'))

  function keep(scope: ScopeKey, history: History): void {
    // Of a value that it has, lru-cache does not count the size again.
    histories.delete(scope)
    // The one that was used last stays, however large it is.
    histories.set(scope, history, { size: Math.min(maxSize, history.bytes()) })
  }

  return {
    digests,
    known: (scope) => histories.peek(scope) ?? null,
    open(scope) {
      const known = histories.get(scope)
      if (known) return known
      const history = createHistory({ name: randomUUID(), clock, digests, maxLogged })
      keep(scope, history)
      return history
    },
    keep,
    of(owner) {
      const found: History[] = []
      for (const [scope, history] of histories.entries()) if (isOf(scope, owner)) found.push(history)
      return found
    },
  }
}
