// Decides whether an answer to a list shows an object anew: in another place, or newer than what is known of it.
import type { LRUCache } from 'lru-cache'
import type { Answer } from '../rest/answer.ts'
import type { Held, HeldItem } from './held.ts'

/** lru-cache would make an object of options for each look. */
const GETTING = {}

/** The list has come again with the object in the same place, or something newer shows the object. Counts as a use. */
export function isNoNews(
  entries: LRUCache<string, Held>,
  name: string,
  { listKey, index }: HeldItem,
  { answeredAtMs }: Answer,
): boolean {
  const known = entries.get(name, GETTING)
  if (known?.is === 'listed' && known.listKey === listKey && known.index === index) return true
  return answeredAtMsOf(entries, name) > answeredAtMs
}

/** When the newest answer came that shows an object of a list; -Infinity where none does. */
function answeredAtMsOf(entries: LRUCache<string, Held>, name: string): number {
  const known = entries.peek(name)
  const holder = known?.is === 'listed' ? entries.peek(known.listKey) : known
  return holder?.is === 'answer' ? holder.answer.answeredAtMs : -Infinity
}
