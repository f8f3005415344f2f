// The changes of one list for one credential: found by the differences of its pages, and by touches.
import type { Members } from '../aurora/body.ts'
import { idKey, readAuroraId } from '../aurora/body.ts'
import type { Clock } from '../clock.ts'
import { ChangeLog } from './change-log.ts'
import { decideMissing } from './decide-missing.ts'
import type { Missing } from './decide-missing.ts'
import type { Digests } from './digests.ts'

type Items = readonly Members[]

export interface View {
  /** By number; null for a missing page. */
  readonly pages: readonly (Items | null)[]
  /** The pages as Aurora gave them; left out if `pages` are these. */
  readonly given?: readonly Items[]
  /** The keys of the objects in the order of the list; left out if the pages have this order. */
  readonly order?: readonly string[]
  /** The ids of objects that Aurora no longer has. */
  readonly gone?: readonly string[]
  /** Whether the whole list is there, so that a missing object is gone. */
  readonly isComplete: boolean
}

export interface History {
  /** The changes. */
  readonly log: Pick<ChangeLog, 'since' | 'last' | 'floor'>
  /** Identifies this history among all others. */
  readonly name: string
  /** Takes the pages of which an answer is made. Differences from before are changes. */
  take(view: View): void
  /** Takes a page as it was stored; its differences are changes, too, because a client may have got it. */
  feed(items: Items): void
  /**
   * Notes that this object may have changed, even if the list shows no difference. An id that the list has not shown
   * may belong to an object that this credential may not read. `settledAtMs`: monotonic time until which Aurora may
   * answer with the state before; the object is then touched once more.
   */
  touch(id: string, settledAtMs?: number): void
  /** Notes that it was deleted. */
  remove(id: string): void
  /**
   * To be called when a client gets this object from another source, so the next page that shows it is a change,
   * whatever was noted before.
   */
  showElsewhere(id: string): void
  /** Whether objects are missing in the list that are not certainly gone. */
  hasDoubts(): boolean
  bytes(): number
}

export interface HistoryOptions {
  readonly name: string
  readonly digests: Digests
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly maxLogged?: number | undefined
}

/** With more changes, a client is quicker to read the whole list again. */
const MAX_LOGGED = 10_000
/** Estimated: an object with its id, its digest and its places in the maps. */
const BYTES_OF_OBJECT = 420
const BYTES_OF_HISTORY = 4_000

export function createHistory({ name, digests, clock, maxLogged = MAX_LOGGED }: HistoryOptions): History {
  const log = new ChangeLog(maxLogged)
  /** When events are settled, by the keys of objects that may have been read too early. */
  const settling = new Map<string, number>()
  let missing: Missing = { gone: [], doubts: new Map(), order: [] }
  /** Null: a page was stored since. */
  let taken: Taken | null = null

  function touchSettled(): void {
    const nowMs = clock.monotonicMs()
    for (const [key, atMs] of settling) {
      if (atMs > nowMs) continue
      settling.delete(key)
      log.touch(key)
    }
  }

  function removeMissing({ pages, given, order }: View): void {
    const { doubts, order: before } = missing
    missing = decideMissing({ before, alive: log.alive(), pages, given, order, doubts })
    for (const key of missing.gone) log.remove(key)
  }

  return {
    name,
    log,
    take(view) {
      touchSettled()
      for (const id of view.gone ?? []) log.remove(id.toLowerCase())
      if (taken && isSame(taken, view)) return
      const shown = showAll(digests.inOrder(view.pages), { digests, log })
      if (view.isComplete) removeMissing(view)
      if (!view.pages.includes(null)) for (const key of log.alive()) if (!shown.has(key)) log.hide(key)
      log.begin()
      taken = toTaken(view)
    },
    feed(items) {
      digests.note(items)
      showAll([items], { digests, log })
      taken = null
    },
    touch(id, settledAtMs = -Infinity) {
      const key = id.toLowerCase()
      log.touch(key)
      if (log.has(key) && settledAtMs > clock.monotonicMs()) settling.set(key, settledAtMs)
    },
    remove: (id) => log.remove(id.toLowerCase()),
    showElsewhere: (id) => log.hide(id.toLowerCase()),
    hasDoubts: () => missing.doubts.size > 0,
    bytes: () => BYTES_OF_HISTORY + log.size * BYTES_OF_OBJECT,
  }
}

/** An item on two pages is shown as on the last one. Returns the keys. */
function showAll(
  pages: readonly Items[],
  { digests, log }: { digests: Digests; log: ChangeLog },
): ReadonlySet<string> {
  const shown = new Map<string, { readonly id: string; readonly digest: string }>()
  for (const items of pages)
    for (const [index, digest] of digests.of(items).entries()) {
      const id = readAuroraId(items[index]?.['id'])
      if (id !== null) shown.set(idKey(id), { id, digest })
    }
  for (const { id, digest } of shown.values()) log.show(id, digest)
  return new Set(shown.keys())
}

/** Without the pages themselves, so that none stays in memory. */
interface Taken {
  readonly pages: readonly (WeakRef<Items> | null)[]
  readonly isComplete: boolean
}

const toTaken = ({ pages, isComplete }: View): Taken => ({
  pages: pages.map((items) => items && new WeakRef(items)),
  isComplete,
})

const isSame = (taken: Taken, { pages, isComplete }: View): boolean =>
  taken.isComplete === isComplete &&
  taken.pages.length === pages.length &&
  pages.every((items, page) => (taken.pages[page]?.deref() ?? null) === items)
