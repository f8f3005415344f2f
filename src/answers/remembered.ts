// Answers that are given again without execution, as long as all replies of which they are made are unchanged.
import { createHash } from 'node:crypto'
import type { ScopeKey } from '../rest/scope.ts'
import type { UsedReply } from '../rest/terms.ts'
import { agesOf, isYoungEnough } from './ages.ts'
import type { Ages, WantedAge } from './ages.ts'
import { toExactBytes } from './exact-bytes.ts'
import { createFairRoom } from './fair-room.ts'
import { savingsOf } from './savings.ts'
import type { Saving } from './savings.ts'
import { createUses } from './uses.ts'

export interface Remembered {
  /** The text of the answer up to the end of its data, `{"data":…`. */
  readonly text: Buffer
  readonly dataHash: string
  readonly parts: readonly UsedReply[]
  /** How many entities a router has requested; left out or null: the request is about no entities. */
  readonly entityCount?: number | null
  readonly ages: Ages
  /** The operation that was executed, for the record of the request. */
  readonly operation: { readonly type: string; readonly name: string | null } | null
  /** Which calls a repeat saves. */
  readonly savings: readonly Saving[]
}

export interface NewAnswer extends Pick<Remembered, 'parts' | 'dataHash' | 'operation' | 'entityCount'> {
  /** The JSON of `data`. */
  readonly dataText: string
  /** How many calls the next equal request saves. */
  readonly spared: number
  /** The caller of the first request: the memory counts as this caller's. Left out: it counts as nobody's. */
  readonly caller?: string | null
}

/** Everything that an answer depends on besides its parts. */
export interface Question {
  readonly scope: ScopeKey
  readonly query: string
  readonly operationName: string | null
  readonly variables: unknown
  /** A router has higher limits than other callers. */
  readonly isOfRouter?: boolean | undefined
}

export interface RememberedAnswers {
  /** Null if no valid answer is remembered. */
  find(question: Question, wanted: WantedAge): Remembered | null
  /** Whether the answer is still remembered, no part of it has changed or is in doubt, and it is as young as wanted. */
  holds(answer: Remembered, wanted: WantedAge): boolean
  /** To be called when all parts were just found to be current. Null if the answer is not remembered. */
  keep(question: Question, answer: NewAnswer): Remembered | null
  /** To be called when `bytes` more are kept for the answer: its text in an encoding. */
  grow(answer: Remembered, bytes: number): void
  /** Counts a repeat of the answer, so that its parts stay in the cache. */
  noteUse(answer: Remembered, nowMs: number): void
  /** Reports the repeats that were not reported yet. */
  reportUses(): void
}

/** The functions of the cache that holds the parts. */
export interface HeldParts {
  listen(key: string, listener: { changed(): void }): void
  leave(key: string, listener: { changed(): void }): void
  /** Returns the part that is cached under the key, and counts it as used. */
  readBy(key: string): unknown
  /** False while another replica may have changed what is cached. */
  isConfirmed(): boolean
}

export interface RememberedOptions {
  readonly maxBytes: number
  readonly cache: HeldParts
  /** Called for each part of an answer, with the number of its repeats. */
  readonly onUsed: (part: UsedReply, times: number) => void
}

/**
 * Estimated memory: of a part besides the text of its key, of an answer besides its text, and of a form besides its
 * bytes.
 */
const PART_BYTES = 320
const ANSWER_BYTES = 1000
const FORM_BYTES = 700
/** No answer takes more than a tenth of the memory: it would evict all others. */
const MAX_SHARE = 0.1
/** The size of the compressed texts in gzip and brotli: less than a quarter of the text each. */
const FORMS_SHARE = 0.5

interface Kept extends Omit<Remembered, 'text'> {
  readonly name: string
  /** Empty when the answer is dropped, so that an object that still refers to the answer does not keep its bytes. */
  text: Buffer
  /** Estimated memory of the answer without its forms. */
  readonly bytes: number
  /** Whether it is dropped: a part has changed, or it was evicted. */
  isOver: boolean
}

export function createRememberedAnswers({ maxBytes, cache, onUsed }: RememberedOptions): RememberedAnswers {
  if (maxBytes === 0) return NONE
  const answers = createFairRoom<Kept>({ maxBytes, onGone: (answer) => end(answer) })
  const listeners = new WeakMap<Remembered, { changed(): void }>()
  const { noteUse, reportDue, reportUses, forget } = createUses<Kept>(({ name, parts }, times) => {
    answers.get(name)
    for (const part of parts) {
      cache.readBy(part.key)
      onUsed(part, times)
    }
  })

  const begin = (answer: Kept): void => {
    const listener = { changed: () => void (answer.isOver || answers.delete(answer.name)) }
    listeners.set(answer, listener)
    for (const { key } of answer.parts) cache.listen(key, listener)
  }
  const end = (answer: Kept): void => {
    answer.isOver = true
    answer.text = NO_BYTES
    forget(answer)
    const listener = listeners.get(answer)
    if (listener) for (const { key } of answer.parts) cache.leave(key, listener)
  }
  const holds = (answer: Kept, wanted: WantedAge): boolean =>
    !answer.isOver && isYoungEnough(answer.ages, wanted) && cache.isConfirmed()

  return {
    find(question, wanted) {
      reportDue(wanted.nowMs)
      const found = answers.get(nameOf(question))
      if (!found) return null
      if (holds(found, wanted)) return found
      if (!isYoungEnough(found.ages, { nowMs: wanted.nowMs })) answers.delete(found.name)
      return null
    },
    holds: (answer, wanted) => holds(answer as Kept, wanted),
    keep(question, answered) {
      const answer = toKept(nameOf(question), answered)
      if (answer) answers.delete(answer.name)
      if (!answer || bytesWithForms(answer) > maxBytes * MAX_SHARE) return null
      begin(answer)
      const taker = { tenant: question.scope, holder: answered.caller ?? '' }
      answers.set(answer.name, answer, { bytes: answer.bytes, ...taker })
      return answer
    },
    grow(grown, bytes) {
      const { name, isOver } = grown as Kept
      if (!isOver) answers.grow(name, FORM_BYTES + bytes)
    },
    noteUse: (answer, nowMs) => void ((answer as Kept).isOver || noteUse(answer as Kept, nowMs)),
    reportUses,
  }
}

const NO_BYTES = Buffer.alloc(0)

/** Null if the age of the answer is unknown. */
function toKept(name: string, answered: NewAnswer): Kept | null {
  const { dataText, parts, spared, dataHash, operation, entityCount = null } = answered
  const ages = agesOf(parts)
  if (ages === null) return null
  const text = toExactBytes(`{"data":${dataText}`)
  const bytes = parts.reduce((sum, { key }) => sum + key.length + PART_BYTES, text.length + ANSWER_BYTES)
  const savings = savingsOf(parts, spared)
  return { name, text, bytes, dataHash, parts, entityCount, ages, operation, savings, isOver: false }
}

/** The forms are counted when they are made. They must not evict their own answer then. */
const bytesWithForms = ({ bytes, text }: Kept): number => bytes + FORMS_SHARE * text.length

const NONE: RememberedAnswers = {
  find: () => null,
  holds: () => false,
  keep: () => null,
  grow: () => {},
  noteUse: () => {},
  reportUses: () => {},
}

/** JSON writes every number that is not finite as null, so different numbers would get one key. */
const withoutLoss = (_name: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value

/**
 * Looking at each value takes ten times as long as writing it, so values are looked at only if the text contains a
 * null.
 */
function textOf(variables: unknown): string {
  const text = JSON.stringify(variables ?? {})
  return text.includes('null') ? JSON.stringify(variables, withoutLoss) : text
}

/** The key is hashed, since variables may be large and may hold secrets. */
function nameOf({ scope, query, operationName, variables, isOfRouter = false }: Question): string {
  const text = `${JSON.stringify([scope, query, operationName, isOfRouter])}${textOf(variables)}`
  return createHash('sha256').update(text).digest('base64')
}
