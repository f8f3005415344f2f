// What can be cached: a reply of Aurora, or a refusal that is an answer as well (403, 404).
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Refusal } from './attempt-error.ts'
import type { Call, Ids, Reply } from './call.ts'
import type { Terms } from './terms.ts'

export type Answer = Reply | Refusal

/** The answer to a read that is in memory, counted as used; null if the call has to go through an Upstream. */
export interface AnswerAtOnce {
  (call: Call): Answer | null
  /** The same for many answers to one operation. */
  byId(terms: Terms, endpoint: Endpoint, query: Ids): AnswerById
}

/** Finds an answer by the only id of its route, before a call is made; null: it has to be looked up by its call. */
export type AnswerById = (id: string) => Answer | null

export const isReply = (answer: Answer): answer is Reply => 'value' in answer

/** The items of a list; none for anything else. */
export function itemsOf(answer: Answer): readonly Members[] {
  if (!isReply(answer) || !Array.isArray(answer.value)) return []
  const items = answer.value as readonly Members[]
  if (answer.follows === 'more') followed.set(items, answer.answeredAtMs)
  if (answer.follows === 'none') last.add(items)
  if (typeof answer.total === 'number')
    totals.set(items, { total: answer.total, answeredAtMs: answer.answeredAtMs })
  return items
}

/** The arrays are the marks, so that a page of which nothing follows has nothing for it. */
const followed = new WeakMap<readonly Members[], number>()

/** When Aurora answered that more items follow these; null if it has not said so. Monotonic. */
export const followedAtMs = (items: readonly Members[]): number | null => followed.get(items) ?? null

export const isFollowed = (items: readonly Members[]): boolean => followed.has(items)

export interface SaidTotal {
  readonly total: number
  /** Monotonic. */
  readonly answeredAtMs: number
}

const totals = new WeakMap<readonly Members[], SaidTotal>()

/** The number of items of the whole list that Aurora has sent with this page; null if it has sent none. */
export const totalOf = (items: readonly Members[]): SaidTotal | null => totals.get(items) ?? null

const last = new WeakSet<readonly Members[]>()

/** Whether Aurora has answered that no items follow these. It is believed if the next page is refused as well. */
export const isLast = (items: readonly Members[]): boolean => last.has(items)
