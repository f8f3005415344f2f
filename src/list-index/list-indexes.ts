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

/** What a list had when it was read to its end, for questions after single objects of it were touched. */
export interface ListBase {
  /** The ids of each page, in small letters. */
  readonly ids: readonly (readonly string[])[]
  /** A moment among what was touched: until then, the pages were as Aurora had them. */
  readonly mark: number
  /**
   * By the pages as they are held, these without the objects that were touched since; by the first of these objects, all of them as
   * they are now. They stay in memory as long as what they are of.
   */
  readonly trimmed: WeakMap<object, readonly Members[]>
}

/** What walks to the end of a list have shown. Objects are named by their ids in small letters. */
export interface Shown {
  /** In the order of the list. */
  readonly order: readonly string[]
  /** Those of them that may be hidden between two pages of the last walk. */
  readonly doubts: ReadonlySet<string>
  /** The pages of the last walk. */
  readonly pages: readonly (WeakRef<readonly Members[]> | null)[]
}

export interface IndexOfList {
  readonly index: ListIndex
  /** How many pages the list had when it was last read to its end; 0: it never was. */
  pageCount: number
  /** How often in a row its pages had left the cache before the last one came, though nothing was touched meanwhile. */
  lostWalks: number
  /** Monotonic: when that was last so. */
  lostAtMs: number
  /** Null: it was not read to its end, or something was uncertain. */
  base: ListBase | null
  shown: Shown
}

export interface ListIndexes {
  /** `name` begins with the scope: nothing is ever found with another credential. Null: no question has been asked yet. */
  known(name: string): IndexOfList | null
  /** The same; a new one where there is none. To be called when the first page is there: an index takes memory without rows, too. */
  open(name: string, list: IndexedList): IndexOfList
  /** What the list had when it was last read; null where that is unknown. Does not count as a use. */
  baseOf(name: string): ListBase | null
  /** To be called after each question, also after one that has failed: others leave where all are too large together. */
  keep(name: string, known: IndexOfList): void
  /** Notes this moment. The function returns whether the list was touched since; if that is unknown, true. */
  watchTouches(scope: ScopeKey, endpoint: Endpoint): () => boolean
  /** A moment among what was touched. */
  mark(): number
  /** The objects of which the list was touched after this moment; null where something else may have changed in it. */
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

/** Of a row that a walk has shown, and that is in the base: its id in small letters, and its places. */
const BYTES_OF_ID = 72

/** A larger one counts with so much of all: the index that was used last stays, however large it is, and leaves the rest to others. */
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
        shown: { order: [], doubts: new Set(), pages: [] },
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
