// The entries of the cache: answers by their calls, and for each object of a list its place there.
import type { Kind } from '../aurora/kinds.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import { NOT_FOUND } from '../aurora/lifetimes.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { callKey } from '../rest/call.ts'
import type { Ids, Question, Reply } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Life, Proven } from '../rest/terms.ts'
import { decideLifetime, lifetimeOf } from './decide-lifetime.ts'
import type { Asked } from './parents.ts'
import { toProven } from './proven.ts'
import type { TrustOf } from './proven.ts'
import type { ListedAs } from './listed-counts.ts'
import { listedKey } from './listed-key.ts'
import { createUses, isUnused } from './used-as.ts'
import type { Uses } from './used-as.ts'

export type Held = HeldAnswer | HeldItem

/** A listed object is read from its list, so it leaves with the list; a copy would use memory that is not counted. */
interface Entry extends ListedAs {
  /** The number of the insertion into the cache before its last use: cache.ts. */
  usedAt: number
}

export interface HeldItem extends Entry {
  readonly is: 'listed'
  readonly listKey: string
  readonly index: number
}

export interface HeldAnswer extends Entry {
  readonly is: 'answer'
  /** The key of this entry. */
  readonly key: string
  readonly answer: Answer
  /** The lifetime of its kind. */
  readonly lifetime: Lifetime
  /** Left out: webhooks of its kind did not provably arrive when it was read. */
  readonly proven: Proven | undefined
  readonly asked: Asked
  readonly life: Life
  /** The query of the call; null for the answer to a write. */
  readonly query: Ids | null
  readonly uses: Uses
  /**
   * If each object of this list is linked to it by its id, the time of the answer with which the links were last
   * checked (monotonic); null if that is not certain.
   */
  linkedAtMs: number | null
  /** Set if an event has made it outdated. */
  readonly isOutdated?: true | undefined
  /**
   * Set for a page of a list of which only single objects were touched since: with these objects read again, the page
   * is complete. Holds the values from before the touch.
   */
  readonly aside?: Pick<HeldAnswer, 'lifetime' | 'proven' | 'uses'> | undefined
}

/** Parsed objects take about three times the bytes of their JSON (hidden classes, boxed strings, arrays). */
const BYTES_PER_JSON_BYTE = 3
/** The memory of key, entry and list links of one entry. */
const ENTRY_BYTES = 400

interface Holding {
  readonly answer: Answer
  readonly doubts: number
  /** Monotonic time until which Aurora may have answered with the state before a change; -Infinity: it cannot have. */
  readonly settledAtMs: number
  /** Left out: no webhooks are received. */
  readonly trustOf?: TrustOf | undefined
}

/** The entry of an answer, without links to the objects that it lists; null for an answer that is not cached. */
export function heldFor(
  key: string,
  scope: ScopeKey,
  question: Question,
  { answer, doubts, settledAtMs, trustOf }: Holding,
): HeldAnswer | null {
  const { endpoint, path, query } = question
  const usual = lifetimeOf(endpoint, answer)
  if (!usual) return null
  const lifetime = untilSettled(usual, answer, settledAtMs)
  // An answer that is read again soon, an absence and a refusal have ordinary ages only.
  const mayBeProven = trustOf && lifetime === usual && isReply(answer)
  const trust = mayBeProven ? trustOf(scope, endpoint.kind, askedAtMsOf(answer)) : null
  // The question alone, because the whole call would keep the memory of its request as long as the answer.
  const asked: Asked = { endpoint, path }
  const { answeredAtMs } = answer
  const proven = trust
    ? toProven(trust, lifetime, { scope, question: { endpoint, path, query }, answeredAtMs })
    : undefined
  return toHeld(key, { scope, asked, doubts }, { answer, lifetime, proven, listedAs: null, query })
}

/**
 * An ordinary answer whose lifetime ends when Aurora is settled, so that it is read once more. Events are not about
 * permissions, so a 403 is left alone.
 */
function untilSettled(lifetime: Lifetime, answer: Answer, settledAtMs: number): Lifetime {
  if (askedAtMsOf(answer) >= settledAtMs || answer.status === 403) return lifetime
  const leftMs = Math.max(0, settledAtMs - answer.answeredAtMs)
  return { ...lifetime, freshMs: Math.min(lifetime.freshMs, leftMs) }
}

export const askedAtMsOf = ({ answeredAtMs, sentAtMs, tookMs = 0 }: Answer): number =>
  sentAtMs ?? answeredAtMs - tookMs

/**
 * Aurora may have answered with what was before an event, and another process would take this answer for fresh much
 * longer.
 */
export const isUnsettled = ({ asked, answer, lifetime }: HeldAnswer): boolean =>
  lifetime.freshMs < (lifetimeOf(asked.endpoint, answer)?.freshMs ?? 0)

/** Its answer is another object, so that code which compares the two finds a difference. */
export const toOutdated = (held: HeldAnswer): HeldAnswer => ({
  ...held,
  answer: { ...held.answer },
  lifetime: { ...held.lifetime, freshMs: 0, staleMs: 0 },
  proven: undefined,
  life: { isHeld: false, doubts: held.life.doubts },
  uses: createUses(),
  isOutdated: true,
  aside: undefined,
})

/**
 * A page from which only questions about the whole list are answered. Its answer is another object after each touch, so
 * that its users are notified.
 */
export const toAside = (held: HeldAnswer): HeldAnswer => ({
  ...held,
  answer: { ...held.answer },
  lifetime: NO_LIFETIME,
  proven: undefined,
  life: { isHeld: false, doubts: held.life.doubts },
  uses: createUses(),
  isOutdated: undefined,
  aside: asideOf(held),
})

/** A page that is aside already, and that nobody has used since: nobody has to be notified of another touch. */
export const isUnusedAside = ({ aside, isOutdated, uses }: HeldAnswer): boolean =>
  aside !== undefined && isOutdated === undefined && isUnused(uses) && isUnused(aside.uses)

const NO_LIFETIME: Lifetime = { freshMs: 0, staleMs: 0, keptMs: 0 }

function asideOf(held: HeldAnswer): HeldAnswer['aside'] {
  const { lifetime, proven } = held.aside ?? held
  return { lifetime, proven, uses: createUses() }
}

/** The same after an event: the page is also kept for the case that no call is left or Aurora fails. */
export const toOutdatedAside = (held: HeldAnswer): HeldAnswer => ({
  ...toOutdated(held),
  aside: asideOf(held),
})

export type HeldName = Pick<HeldAnswer, 'scope' | 'asked'> & Pick<Life, 'doubts'>

/**
 * One literal for all answers: with one layout, they are read faster. Members that only copies have are in it, because
 * V8 would make a layout of its own for each copy that adds some (docs/decisions/0084-spreads-come-last.md).
 */
const toHeld = (
  key: string,
  { scope, asked, doubts }: HeldName,
  {
    answer,
    lifetime,
    proven,
    listedAs,
    query,
  }: Pick<HeldAnswer, 'answer' | 'lifetime' | 'listedAs' | 'query'> & Partial<Pick<HeldAnswer, 'proven'>>,
): HeldAnswer => ({
  is: 'answer',
  key,
  answer,
  lifetime,
  proven,
  scope,
  listedAs,
  asked,
  life: { isHeld: false, doubts },
  usedAt: 0,
  query,
  uses: createUses(),
  linkedAtMs: null,
  isOutdated: undefined,
  aside: undefined,
})

/** The answer to a write, with the key under which its object is found. */
export function toShown(
  kind: Kind,
  id: string,
  { reply, ...name }: HeldName & { readonly reply: Reply },
): [string, Held] {
  const key = listedKey(name.scope, kind, id)
  const lifetime = decideLifetime(kind, reply.value)
  return [key, toHeld(key, name, { answer: reply, lifetime, listedAs: kind, query: null })]
}

/** The entry of an absence. It is too old to be served. */
export function toAbsence(question: Question, name: HeldName): [string, Held] {
  const key = callKey(name.scope, question)
  const answer = { status: 404, retryAfterMs: null, answeredAtMs: -Infinity }
  return [key, toHeld(key, name, { answer, lifetime: NOT_FOUND, listedAs: null, query: null })]
}

/** The estimated memory of an entry. */
export function sizeCalculation(entry: Held, key: string): number {
  const keyBytes = ENTRY_BYTES + key.length
  if (entry.is === 'listed') return keyBytes
  return keyBytes + (isReply(entry.answer) ? entry.answer.bytes * BYTES_PER_JSON_BYTE : 0)
}
