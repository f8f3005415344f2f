// The indexes of lists that questions have been asked about: one for each list and credential, in bounded memory that credentials share.
import { createFairRoom } from '../answers/fair-room.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { createToTime } from '../clock.ts'
import type { Clock } from '../clock.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { createListIndex } from './list-index.ts'
import type { ListIndex } from './list-index.ts'
import { SPECS } from './list-specs.ts'
import type { IndexedList } from './list-specs.ts'

/** The content of a list when it was read to its end, for questions after single objects of it were touched. */
export interface ListBase {
  /** The ids of each page, in lower case. */
  readonly ids: readonly (readonly string[])[]
  /** A moment among the touches: until then, the pages were as at Aurora. */
  readonly mark: number
  /**
   * For each cached page, the page without the objects that were touched since; and for the first of these objects, all
   * of them in their present state. Entries stay in memory as long as their keys.
   */
  readonly trimmed: WeakMap<object, readonly Members[]>
}

/** What earlier walks to the end of a list have shown. Objects are named by their ids in lower case. */
export interface Shown {
  /** In the order of the list. */
  readonly order: readonly string[]
  /** The objects among them that may be hidden between two pages of the last walk. */
  readonly doubts: ReadonlySet<string>
  /** Whether a page of the last walk had rows of an earlier one, in a list without a promised order. */
  readonly hasRepeats: boolean
  /** The pages of the last walk. */
  readonly pages: readonly (WeakRef<readonly Members[]> | null)[]
}

export interface IndexOfList {
  readonly index: ListIndex
  /** How many pages the list had when it was last read to its end; 0: it never was. */
  pageCount: number
  /**
   * How often in a row its first pages were evicted before the last one came, although nothing was touched meanwhile.
   */
  lostWalks: number
  /** Monotonic time when that last happened. */
  lostAtMs: number
  /** Null: it was not read to its end, or something was uncertain. */
  base: ListBase | null
  shown: Shown
}

export interface ListIndexes {
  /** `name` begins with the scope: nothing is ever found with another credential. Null: no question has been asked yet. */
  known(name: string): IndexOfList | null
  /**
   * The same; makes a new one if there is none. To be called when the first page is there: an index takes memory
   * without rows, too.
   */
  open(name: string, list: IndexedList): IndexOfList
  /** The content of the list when it was last read; null if that is unknown. Does not count as a use. */
  baseOf(name: string): ListBase | null
  /**
   * To be called after each question, also after one that has failed. Other indexes are evicted if all together are too
   * large.
   */
  keep(name: string, known: IndexOfList): void
  /**
   * Remembers this moment. The returned function shows whether the list was touched since; if that is unknown, true.
   */
  watchTouches(scope: ScopeKey, endpoint: Endpoint): () => boolean
  /** A moment among the touches. */
  mark(): number
  /** The objects of which the list was touched after this moment; null if something else may have changed in it. */
  objectsSince(scope: ScopeKey, operation: string, since: number): readonly string[] | null
  nowMs(): number
  /** Converts a monotonic time to ISO 8601. */
  toTime(atMs: number): string
}

export interface ListIndexesOptions extends Pick<ListIndexes, 'watchTouches' | 'mark' | 'objectsSince'> {
  /** Of all indexes together, as they estimate it. */
  readonly maxBytes: number
  readonly clock: Pick<Clock, 'wallMs' | 'monotonicMs'>
}

/** What an index takes before it has a row; measured with `process.memoryUsage`. It bounds how many there are. */
const BYTES_OF_INDEX = 24_000

/** The memory for a row of the last walk, beside the index: its id in lower case, and its places. */
const BYTES_OF_ID = 72

/** An index counts with this part at the most: the one that was used last stays at any size, and leaves the rest to others. */
const MAX_SHARE = 3 / 4

/** An index that leaves is made again from cached pages, at the cost of CPU time alone. */
export function createListIndexes({ maxBytes, clock, ...touches }: ListIndexesOptions): ListIndexes {
  const maxSize = Math.max(1, Math.floor(maxBytes))
  const indexes = createFairRoom<IndexOfList>({ maxBytes: maxSize })

  function keep(name: string, known: IndexOfList): void {
    const { rows, bytes } = known.index.size()
    const size = BYTES_OF_INDEX + bytes + Math.max(rows, known.shown.order.length) * BYTES_OF_ID
    const [tenant = ''] = name.split(' ')
    indexes.set(name, known, { tenant, holder: name, bytes: Math.min(maxSize * MAX_SHARE, size) })
  }

  return {
    known: (name) => indexes.get(name) ?? null,
    baseOf: (name) => indexes.peek(name)?.base ?? null,
    open(name, list) {
      const known = indexes.get(name)
      if (known) return known
      const made: IndexOfList = {
        index: createListIndex(SPECS[list]),
        pageCount: 0,
        lostWalks: 0,
        lostAtMs: -Infinity,
        base: null,
        shown: { order: [], doubts: new Set(), hasRepeats: false, pages: [] },
      }
      keep(name, made)
      return made
    },
    keep,
    ...touches,
    nowMs: clock.monotonicMs,
    toTime: createToTime(clock),
  }
}
