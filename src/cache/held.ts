// The entries of the cache: answers by their calls, and for each object of a list its place there.
import { readAuroraId } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import { NOT_FOUND } from '../aurora/lifetimes.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { callKey } from '../rest/call.ts'
import type { Ids, Question, Reply } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { decideLifetime, lifetimeOf } from './decide-lifetime.ts'
import type { Asked } from './lineage.ts'
import type { ListedAs } from './listed-counts.ts'
import { createListedKeys, listedKey } from './listed-key.ts'
import { createUses } from './used-as.ts'
import type { Uses } from './used-as.ts'

export type Held = HeldAnswer | HeldItem

/** A listed object is read from its list, so that it leaves with the list: a copy would use memory that is not counted. */
export interface HeldItem extends ListedAs {
  readonly is: 'listed'
  readonly listKey: string
  readonly index: number
}

export interface HeldAnswer extends ListedAs {
  readonly is: 'answer'
  /** Of this entry. */
  readonly key: string
  readonly answer: Answer
  readonly lifetime: Lifetime
  readonly asked: Asked
  /** How often all that was held had come into doubt before this answer came. */
  readonly doubts: number
  /** What the call asked for beside that; null for the answer to a write. */
  readonly query: Ids | null
  readonly uses: Uses
}

/** Parsed objects take about three times the bytes of their JSON (hidden classes, boxed strings, arrays). */
const BYTES_PER_JSON_BYTE = 3
/** Key, entry and list links of one entry. */
const ENTRY_BYTES = 400

/** The answer, and each object that it lists, with their keys; none for an answer that is not cached. */
export function heldFor(
  key: string,
  scope: ScopeKey,
  question: Question,
  { answer, doubts }: { readonly answer: Answer; readonly doubts: number },
): [string, Held][] {
  const { endpoint, path, query } = question
  const lifetime = lifetimeOf(endpoint, answer)
  if (!lifetime) return []
  const keyOf = createListedKeys()
  const listed: [string, Held][] = []
  for (const [index, { id: given }] of itemsOf(answer).entries()) {
    const id = readAuroraId(given)
    // An item without an id cannot be looked up.
    if (id !== null)
      listed.push([
        keyOf(scope, endpoint.kind, id),
        { is: 'listed', listKey: key, index, scope, listedAs: endpoint.kind },
      ])
  }
  // The question alone: with the whole call, the memory of its request would stay as long as the answer.
  const asked: Asked = { endpoint, path }
  return [
    [
      key,
      {
        is: 'answer',
        key,
        answer,
        lifetime,
        scope,
        listedAs: null,
        asked,
        doubts,
        query,
        uses: createUses(),
      },
    ],
    ...listed,
  ]
}

export type HeldName = Pick<HeldAnswer, 'scope' | 'asked' | 'doubts'>

/** The answer to a write, with the key by which the object is found that it shows. */
export function toShown(
  kind: Kind,
  id: string,
  { reply, ...name }: HeldName & { readonly reply: Reply },
): [string, Held] {
  const key = listedKey(name.scope, kind, id)
  const lifetime = decideLifetime(kind, reply.value)
  return [
    key,
    { is: 'answer', key, answer: reply, lifetime, listedAs: kind, ...name, query: null, uses: createUses() },
  ]
}

/** It is too old to be served. */
export function toAbsence(question: Question, name: HeldName): [string, Held] {
  const key = callKey(name.scope, question)
  const answer = { status: 404, retryAfterMs: null, answeredAtMs: -Infinity }
  return [
    key,
    {
      is: 'answer',
      key,
      answer,
      lifetime: NOT_FOUND,
      listedAs: null,
      ...name,
      query: null,
      uses: createUses(),
    },
  ]
}

/** Estimated. */
export function sizeCalculation(entry: Held, key: string): number {
  const keyBytes = ENTRY_BYTES + key.length
  if (entry.is === 'listed') return keyBytes
  return keyBytes + (isReply(entry.answer) ? entry.answer.bytes * BYTES_PER_JSON_BYTE : 0)
}
