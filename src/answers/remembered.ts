// Answers that are given again without executing anything, as long as all replies that they are made of are unchanged.
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
  /** How many entities a router has asked for; left out or null: it asked in another way. */
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
  /** How many calls the next identical request saves. */
  readonly spared: number
  /** The caller who has asked first: it takes memory in this name. Left out: nobody has one. */
  readonly caller?: string | null
}

/** Everything that an answer depends on besides its parts. */
export interface Question {
  readonly scope: ScopeKey
  readonly query: string
  readonly operationName: string | null
  readonly variables: unknown
  /** A router may ask what exceeds the limits of others. */
  readonly isOfRouter?: boolean | undefined
}

export interface RememberedAnswers {
  /** Null unless an answer is remembered that holds. */
  find(question: Question, wanted: WantedAge): Remembered | null
  /** The answer is still remembered, no part of it has changed or is in doubt, and it is as young as wanted. */
  holds(answer: Remembered, wanted: WantedAge): boolean
  /** All parts have just been found to be current; null where no answer is remembered. */
  keep(question: Question, answer: NewAnswer): Remembered | null
  /** So many bytes more are kept for the answer: its text in an encoding. */
  grow(answer: Remembered, bytes: number): void
  /** Counts a repeat of the answer: its parts stay in the cache for it. */
  noteUse(answer: Remembered, nowMs: number): void
  /** Reports the repeats that were counted and not reported yet. */
  reportUses(): void
}

/** What is asked of the cache that holds the parts. */
export interface HeldParts {
  listen(key: string, listener: { changed(): void }): void
  leave(key: string, listener: { changed(): void }): void
  /** The part counts as used. */
  readBy(key: string): unknown
  /** False while another replica may have changed what is held. */
  isConfirmed(): boolean
}

export interface RememberedOptions {
  readonly maxBytes: number
  readonly cache: HeldParts
  /** Called for each part of an answer that was given again so many times. */
  readonly onUsed: (part: UsedReply, times: number) => void
}

/** Estimated memory of one part beside the text of its key, of an answer beside its text, and of a form beside its bytes. */
const PART_BYTES = 320
const ANSWER_BYTES = 1000
const FORM_BYTES = 700
/** No answer takes more than a tenth of the memory: it would evict all others. */
const MAX_SHARE = 0.1
/** What the text becomes when clients accept gzip and brotli: less than a quarter of it each. */
const FORMS_SHARE = 0.5

interface Kept extends Omit<Remembered, 'text'> {
  readonly name: string
  /** Empty when it is over. An object that still refers to the answer must not keep its bytes. */
  text: Buffer
  /** Estimated memory of the answer without its forms. */
  readonly bytes: number
  /** One of its parts has changed, or it was evicted. */
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

/** Null where the age of the answer is unknown. */
function toKept(name: string, answered: NewAnswer): Kept | null {
  const { dataText, parts, spared, dataHash, operation, entityCount = null } = answered
  const ages = agesOf(parts)
  if (ages === null) return null
  const text = toExactBytes(`{"data":${dataText}`)
  const bytes = parts.reduce((sum, { key }) => sum + key.length + PART_BYTES, text.length + ANSWER_BYTES)
  const savings = savingsOf(parts, spared)
  return { name, text, bytes, dataHash, parts, entityCount, ages, operation, savings, isOver: false }
}

/** The forms are counted when they are made. They must not end the answer then. */
const bytesWithForms = ({ bytes, text }: Kept): number => bytes + FORMS_SHARE * text.length

const NONE: RememberedAnswers = {
  find: () => null,
  holds: () => false,
  keep: () => null,
  grow: () => {},
  noteUse: () => {},
  reportUses: () => {},
}

/** JSON cannot hold numbers that are not finite: all of them would become null, and so one key. */
const withoutLoss = (_name: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value

/** To look at each value takes ten times as long as to write them, and a number that is lost is written as null. */
function textOf(variables: unknown): string {
  const text = JSON.stringify(variables ?? {})
  return text.includes('null') ? JSON.stringify(variables, withoutLoss) : text
}

/** The key is hashed, since variables may be large and may hold secrets. */
function nameOf({ scope, query, operationName, variables, isOfRouter = false }: Question): string {
  const text = `${JSON.stringify([scope, query, operationName, isOfRouter])}${textOf(variables)}`
  return createHash('sha256').update(text).digest('base64')
}
