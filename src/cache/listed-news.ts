// Decides whether the answer to a list brings news of an object: another place in the list, or a newer state.
import type { LRUCache } from 'lru-cache'
import type { Answer } from '../rest/answer.ts'
import type { Held, HeldItem } from './held.ts'

/** One object for all look-ups, so that lru-cache makes none for each. */
const GETTING = {}

/** Whether the new list has the object at the same place. Counts as a use. */
export function isSameLink(
  entries: LRUCache<string, Held>,
  name: string,
  { listKey, index }: Pick<HeldItem, 'listKey' | 'index'>,
): boolean {
  const known = entries.get(name, GETTING)
  return known?.is === 'listed' && known.listKey === listKey && known.index === index
}

/** Whether something newer shows the object. */
export function isNewerKnown(
  entries: LRUCache<string, Held>,
  name: string,
  { answeredAtMs }: Pick<Answer, 'answeredAtMs'>,
): boolean {
  const known = entries.peek(name, GETTING)
  const holder = known?.is === 'listed' ? entries.peek(known.listKey, GETTING) : known
  return holder?.is === 'answer' && holder.answer.answeredAtMs > answeredAtMs
}
