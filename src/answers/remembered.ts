// Answers that are given again without executing anything, as long as all replies that they are made of are unchanged.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ScopeKey } from '../rest/scope.ts'
import type { UsedReply } from '../rest/terms.ts'

export interface Remembered {
  /** The JSON of `data`. */
  readonly dataText: string
  readonly dataHash: string
  readonly parts: readonly UsedReply[]
  /** The operation that was executed, for the record of the request. */
  readonly operation: { readonly type: string; readonly name: string | null } | null
  /** How many calls the next identical request saves. */
  readonly spared: number
}

/** Everything that an answer depends on besides its parts. */
export interface Question {
  readonly scope: ScopeKey
  readonly query: string
  readonly operationName: string | null
  readonly variables: unknown
}

export interface RememberedAnswers {
  /** Null unless `isGood` is true for each part. */
  find(question: Question, isGood: (part: UsedReply) => boolean): Remembered | null
  keep(question: Question, answer: Remembered): void
}

/** Estimated memory of one part, beside the text of its key. */
const PART_BYTES = 200
/** No answer takes more than a tenth of the memory: it would evict all others. */
const MAX_SHARE = 0.1

export function createRememberedAnswers(maxBytes: number): RememberedAnswers {
  if (maxBytes === 0) return { find: () => null, keep: () => {} }
  const answers = new LRUCache<string, Remembered>({
    maxSize: maxBytes,
    maxEntrySize: Math.ceil(maxBytes * MAX_SHARE),
    sizeCalculation: ({ dataText, parts }) =>
      // Texts with one character beyond Latin-1 take two bytes for each.
      2 * dataText.length + parts.reduce((sum, { key }) => sum + key.length + PART_BYTES, PART_BYTES),
  })
  return {
    find(question, isGood) {
      const name = nameOf(question)
      const found = answers.get(name)
      if (!found) return null
      if (found.parts.every(isGood)) return found
      answers.delete(name)
      return null
    },
    keep: (question, answer) => void answers.set(nameOf(question), answer),
  }
}

/** JSON cannot hold numbers that are not finite: all of them would become null, and so one key. */
const withoutLoss = (_name: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value

/** The key is hashed, since variables may be large and may hold secrets. */
function nameOf({ scope, query, operationName, variables }: Question): string {
  const text = JSON.stringify([scope, query, operationName, variables ?? null], withoutLoss)
  return createHash('sha256').update(text).digest('base64')
}
