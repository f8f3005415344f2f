// Makes everything that is held older, after time that the clock of the process has not counted.
import type { LRUCache } from 'lru-cache'
import type { Answer } from '../rest/answer.ts'
import { SETTING } from './entries.ts'
import type { Held, HeldAnswer } from './held.ts'
import { createUses } from './used-as.ts'

/** At once, though 30,000 entries take a tenth of a second: what is read meanwhile would be shown as fresh, and a sleep is longer. */
export function ageAll(entries: LRUCache<string, Held>, byMs: number): void {
  // The least recently used first, so that their order stays as it is.
  const keys = [...entries.rkeys()]
  for (const key of keys) {
    const held = entries.peek(key)
    if (held?.is === 'answer') entries.set(key, toOlder(held, byMs), SETTING)
    else entries.get(key)
  }
}

/** Its answer is another object, so that whoever compares the two finds that it is not the same any more. */
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
