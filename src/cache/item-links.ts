// Links the objects of cached lists, so that each can be found by its id. A list that comes again unchanged keeps its links.
import type { LRUCache } from 'lru-cache'
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { itemsOf } from '../rest/answer.ts'
import { SETTING } from './entries.ts'
import type { Held, HeldAnswer } from './held.ts'
import { doInPieces, ITEMS_AT_ONCE } from './in-pieces.ts'
import { createListedKeys } from './listed-key.ts'
import { isNewerKnown, isSameLink } from './listed-news.ts'

export interface ItemLinks {
  /**
   * `list` has taken the place of `before`, which had the same objects in the same order; null: there was no such
   * answer.
   */
  link(list: HeldAnswer, before: HeldAnswer | null): void
}

/**
 * How often links count as used together with their list, so that they stay as long as the list. Counting each of many
 * readers would be of no use.
 */
const USED_EVERY_MS = 1000

export function createItemLinks(entries: LRUCache<string, Held>): ItemLinks {
  const isHeld = (list: HeldAnswer): boolean => entries.peek(list.key) === list

  function linkAll(list: HeldAnswer, items: readonly Members[]): void {
    // A list that takes several turns may be replaced before its last object is linked.
    if (items.length <= ITEMS_AT_ONCE) list.linkedAtMs = list.answer.answeredAtMs
    doInPieces(items, createLinkItem(entries, list), () => isHeld(list))
  }

  return {
    link(list, before) {
      const items = itemsOf(list.answer)
      if (items.length === 0) return
      const linkedAtMs = before?.linkedAtMs ?? null
      if (linkedAtMs === null) return linkAll(list, items)
      list.linkedAtMs = linkedAtMs
      if (list.answer.answeredAtMs - linkedAtMs < USED_EVERY_MS) return
      // All links are there already, so readers of the list go first.
      setImmediate(() => {
        if (isHeld(list)) linkAll(list, items)
      })
    },
  }
}

function createLinkItem(
  entries: LRUCache<string, Held>,
  list: HeldAnswer,
): (item: Members, index: number) => void {
  const { key: listKey, scope, answer } = list
  const { kind } = list.asked.endpoint
  const keyOf = createListedKeys()
  return ({ id: given }, index) => {
    const id = readAuroraId(given)
    // An item without an id cannot be looked up.
    if (id === null) return
    const name = keyOf(scope, kind, id)
    if (isSameLink(entries, name, { listKey, index })) return
    if (isNewerKnown(entries, name, answer)) list.linkedAtMs = null
    else entries.set(name, { is: 'listed', listKey, index, scope, listedAs: kind, usedAt: 0 }, SETTING)
  }
}
