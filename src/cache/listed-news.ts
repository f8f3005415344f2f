// Decides whether an answer to a list shows an object anew: in another place, or newer than what is known of it.
import type { LRUCache } from 'lru-cache'
import type { Answer } from '../rest/answer.ts'
import type { Held, HeldItem } from './held.ts'

/** lru-cache would make an object of options for each look. */
const GETTING = {}

/** The list has come again with the object in the same place. Counts as a use. */
export function isSameLink(
  entries: LRUCache<string, Held>,
  name: string,
  { listKey, index }: Pick<HeldItem, 'listKey' | 'index'>,
): boolean {
  const known = entries.get(name, GETTING)
  return known?.is === 'listed' && known.listKey === listKey && known.index === index
}

/** Something newer shows the object. */
export function isNewerKnown(
  entries: LRUCache<string, Held>,
  name: string,
  { answeredAtMs }: Pick<Answer, 'answeredAtMs'>,
): boolean {
  const known = entries.peek(name, GETTING)
  const holder = known?.is === 'listed' ? entries.peek(known.listKey, GETTING) : known
  return holder?.is === 'answer' && holder.answer.answeredAtMs > answeredAtMs
}
