// Makes everything in the cache older, by time that the clock of the process has not counted.
import type { LRUCache } from 'lru-cache'
import type { Answer } from '../rest/answer.ts'
import { SETTING } from './entries.ts'
import type { Held, HeldAnswer } from './held.ts'
import { createUses } from './used-as.ts'

/**
 * At once, though 30,000 entries take a tenth of a second, because replies that are read meanwhile would be shown as
 * fresh.
 */
export function ageAll(entries: LRUCache<string, Held>, byMs: number): void {
  // Begins with the least recently used entry, so that their order stays.
  const keys = [...entries.rkeys()]
  for (const key of keys) {
    const held = entries.peek(key)
    if (held?.is === 'answer') entries.set(key, toOlder(held, byMs), SETTING)
    else entries.get(key)
  }
}

/** Its answer is another object, so that code which compares the two finds a difference. */
const toOlder = (held: HeldAnswer, byMs: number): HeldAnswer => ({
  ...held,
  answer: toOlderAnswer(held.answer, byMs),
  life: { ...held.life, isHeld: false },
  uses: createUses(),
  linkedAtMs: held.linkedAtMs === null ? null : held.linkedAtMs - byMs,
  aside: held.aside && { ...held.aside, uses: createUses() },
})

const toOlderAnswer = (answer: Answer, byMs: number): Answer => ({
  ...answer,
  answeredAtMs: answer.answeredAtMs - byMs,
  ...(answer.sentAtMs !== undefined && { sentAtMs: answer.sentAtMs - byMs }),
})
