// Puts an answer into the cache, with links to the objects that it lists.
import type { LRUCache } from 'lru-cache'
import type { Answer } from '../rest/answer.ts'
import type { NamedQuestion } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Doubts } from './doubts.ts'
import { SETTING } from './entries.ts'
import { heldFor, sizeCalculation } from './held.ts'
import type { Held } from './held.ts'
import { createItemLinks } from './item-links.ts'
import type { TrustOf } from './proven.ts'
import type { TouchedNotes } from './touched.ts'

/** `same` is the answer that it replaces, if that lists the same objects. */
export type Put = (scope: ScopeKey, question: NamedQuestion, answer: Answer, same?: Held) => void

export interface PutOptions {
  readonly entries: LRUCache<string, Held>
  readonly notes: Pick<TouchedNotes, 'lineage' | 'settledAtMs'>
  readonly doubts: Pick<Doubts, 'count'>
  readonly trustOf: TrustOf | undefined
  readonly noteTooLarge: (operation: string, bytes: number) => void
}

export function createPut({
  entries,
  notes: { lineage, settledAtMs },
  doubts,
  trustOf,
  noteTooLarge,
}: PutOptions): Put {
  const links = createItemLinks(entries)
  return (scope, question, answer, same) => {
    const { key } = question
    lineage.learn(scope, question, answer)
    const held = heldFor(key, scope, question, {
      answer,
      doubts: doubts.count(),
      settledAtMs: settledAtMs(scope, question, answer),
      trustOf,
    })
    if (!held) return
    entries.set(key, held, SETTING)
    // lru-cache does not store an entry that is larger than the whole cache; links to its items would lead nowhere.
    if (!entries.has(key)) return noteTooLarge(question.endpoint.operation, sizeCalculation(held, key))
    links.link(held, same?.is === 'answer' ? same : null)
  }
}
