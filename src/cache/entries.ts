// The entries of the cache, limited in bytes, and everything that has to agree with them: indexes, counts, and notices of changes.
import { LRUCache } from 'lru-cache'
import { createAskedIndex } from './asked-index.ts'
import type { AskedIndex } from './asked-index.ts'
import { createEvicted } from './evicted.ts'
import { sizeCalculation } from './held.ts'
import type { Held, HeldItem } from './held.ts'
import type { Asked } from './parents.ts'
import { createListedCounts } from './listed-counts.ts'
import { createNoticeBoard } from './notices.ts'
import { createPageMoves } from './page-moves.ts'
import { createTenantRoom, makeRoom } from './tenant-room.ts'
import { createTouched } from './touched.ts'

/** The part of the memory for the known parents of objects: some 10,000 objects with the 64 MB of the default. */
const LINEAGE_SHARE = 1 / 16

/**
 * One object for all look-ups: without it, lru-cache would make an object of options for each look-up and each
 * insertion.
 */
const GETTING = {}
export const SETTING = {}

export function createEntries(maxBytes: number) {
  const notes = createTouched(Math.floor(maxBytes * LINEAGE_SHARE), {
    changed: (...object) => indexes.forEach(({ lineage }) => lineage.changed(...object)),
    cleared: () => indexes.forEach(({ lineage }) => lineage.cleared()),
  })
  const index = createAskedIndex(notes.lineage.aboveOf)
  /**
   * Outdated answers have an index of their own, so that a flood of events does not look through them: they cannot
   * become more outdated.
   */
  const outdatedIndex = createAskedIndex(notes.lineage.aboveOf)
  const evictedIndex = createAskedIndex(notes.lineage.aboveOf)
  const indexes = [index, outdatedIndex, evictedIndex]
  const listed = createListedCounts()
  const board = createNoticeBoard((key) => evicted.leave(key))
  const { nameOf } = notes.touched
  const evicted = createEvicted({ index: evictedIndex, nameOf, notify: board.notify })
  const maxSize = Math.max(1, Math.ceil(maxBytes * (1 - LINEAGE_SHARE)))
  const places = createPlaces((held) => (isOutdated(held) ? outdatedIndex : index), listed)
  let insertions = 0
  const entries = createBounded(maxSize, {
    onEntered(key, held) {
      insertions += 1
      held.usedAt = insertions
      if (held.is === 'answer') held.life.isHeld = true
      places.enter(key, held)
      evicted.noteStored(key)
    },
    onLeft(key, held, { isReplaced, isEvicted }) {
      if (held.is === 'answer') held.life.isHeld = false
      else noteUnlinked(entries, held)
      places.leave(key, held, { isReplaced })
      if (board.notify(key, isEvicted) && held.is === 'answer') evicted.add(key, held)
    },
  })
  const found = {
    /**
     * Marks the entry as used. Entries are evicted only at insertions, so one use between two insertions counts as much
     * as a hundred. Cached entries are read again and again, and insertions are rare.
     */
    find: (key: string) => {
      const held = entries.peek(key, GETTING)
      if (held === undefined || held.usedAt === insertions) return held
      held.usedAt = insertions
      return entries.get(key, GETTING)
    },
    keysOf: index.keysOf,
    hasListed: listed.hasAny,
  }
  const pages = createPageMoves(entries)
  return { notes, entries, index, outdatedIndex, board, evicted, found, pages }
}

interface Listeners {
  onEntered(key: string, held: Held): void
  /** Called whenever an entry leaves. `isReplaced`: another entry takes its place. */
  onLeft(key: string, held: Held, how: { readonly isReplaced: boolean; readonly isEvicted: boolean }): void
}

function createBounded(maxSize: number, { onEntered, onLeft }: Listeners): LRUCache<string, Held> {
  const room = createTenantRoom(maxSize)
  let fits = true
  const entries = new LRUCache<string, Held>({
    // Never reached, because room is made after each insertion: lru-cache itself would evict the least recently used
    // entry, without regard to its tenant.
    maxSize: 2 * maxSize,
    maxEntrySize: maxSize,
    sizeCalculation(held, key) {
      const size = sizeCalculation(held, key)
      fits = size <= maxSize
      return size
    },
    onInsert(held, key, how) {
      if (how !== 'update') room.enter(held.scope, sizeCalculation(held, key))
      onEntered(key, held)
      makeRoom(entries, { room, maxBytes: maxSize, newest: key })
    },
    dispose(held, key, reason) {
      room.leave(held.scope, sizeCalculation(held, key))
      // If the new entry is too large, the old one leaves without a replacement.
      onLeft(key, held, { isReplaced: reason === 'set' && fits, isEvicted: reason === 'evict' })
    },
  })
  return entries
}

/** The object may no longer be found in its list. */
function noteUnlinked(entries: LRUCache<string, Held>, { listKey }: HeldItem): void {
  const list = entries.peek(listKey, GETTING)
  if (list?.is === 'answer') list.linkedAtMs = null
}

/** A page that is aside can be touched again, and its users have to be notified then. */
const isOutdated = (held: Held): boolean =>
  held.is === 'answer' && held.isOutdated === true && held.aside === undefined

/**
 * The places of entries in the indexes. An answer that comes again, as most do, takes over the places of the one
 * before. Its parents were noted before, when the answer was examined.
 */
function createPlaces(indexOf: (held: Held) => AskedIndex, listed: ReturnType<typeof createListedCounts>) {
  /** The entry that is being replaced: the next inserted entry replaces it. */
  let replaced: { readonly key: string; readonly held: Held } | null = null

  function remove(key: string, held: Held): void {
    indexOf(held).remove(key, held)
    listed.remove(held)
  }

  function removeReplaced(): void {
    if (replaced === null) return
    const { key, held } = replaced
    replaced = null
    remove(key, held)
  }

  return {
    enter(key: string, held: Held): void {
      if (replaced !== null && replaced.key === key && isInSamePlace(replaced.held, held)) {
        replaced = null
        return
      }
      removeReplaced()
      indexOf(held).add(key, held)
      listed.add(held)
    },
    leave(key: string, held: Held, { isReplaced }: { readonly isReplaced: boolean }): void {
      removeReplaced()
      if (isReplaced) replaced = { key, held }
      else remove(key, held)
    },
  }
}

function isInSamePlace(before: Held, now: Held): boolean {
  if (before.is !== now.is || before.scope !== now.scope || before.listedAs !== now.listedAs) return false
  if (before.is !== 'answer' || now.is !== 'answer') return true
  return isOutdated(before) === isOutdated(now) && isSame(before.asked, now.asked)
}

function isSame(one: Asked, other: Asked): boolean {
  const { parameters } = one.endpoint
  const name = parameters[0] ?? ''
  return one.endpoint.operation === other.endpoint.operation && one.path[name] === other.path[name]
}
