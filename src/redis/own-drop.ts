// A drop of this replica, from its publication until so long after that nobody can need it again.
import { isBelow } from '../cache/read-name.ts'
import type { ReadName } from '../cache/read-name.ts'
import { mergeFacts, onlyDoubts } from '../cache/proof-facts.ts'
import type { ProofFacts } from '../cache/proof-facts.ts'
import { createTouchSet } from '../cache/touch-set.ts'
import type { TouchSet } from '../cache/touch-set.ts'
import type { Clock } from '../clock.ts'
import { isOf } from '../rest/scope.ts'
import type { Owner } from '../rest/scope.ts'
import { readDrop, writeDrop } from './drop-text.ts'
import type { Drop, MovedPage } from './drop-text.ts'

/** Numbers the drops of this replica in the order of their publication. */
export type DropNumber = number

/**
 * Until it is sent, later drops of the same owner are added to it, so that a long absence of Redis does not overflow
 * the list.
 */
export interface OwnDrop {
  readonly owner: Owner
  /** The number of its first drop: nothing of it counts as sent before all of it is. */
  readonly number: DropNumber
  /** When the last drop was added. */
  atMs: number
  /** Null when every replica reads it from the log: the text alone takes a tenth of the memory. */
  content: Content | null
  /** As it was sent last; null before that. */
  sent: { readonly text: string; readonly atMs: number } | null
}

interface Content {
  readonly touches: TouchSet
  /** Each page once, with its last change. */
  readonly moved: Map<string, OwnPage>
  facts: ProofFacts | undefined
}

/** Dated by this replica's clock, because it may be sent much later than it was published. */
interface OwnPage extends Omit<MovedPage, 'askedAgoMs'> {
  readonly askedAtMs: number
}

/**
 * Moved pages of one scope that wait for Redis: it was there a moment ago. If there are more, the whole list counts as
 * touched.
 */
const MAX_MOVED = 100

export function toOwn({ owner, ...drop }: Drop, number: DropNumber, clock: Clock): OwnDrop {
  const content = { touches: createTouchSet(), moved: new Map(), facts: undefined }
  const own: OwnDrop = { owner, number, atMs: -Infinity, content, sent: null }
  join(own, drop, clock)
  return own
}

/** To be called only while Redis has not taken it. */
export function join(own: OwnDrop, { touches, moved = [], facts }: Omit<Drop, 'owner'>, clock: Clock): void {
  own.atMs = clock.monotonicMs()
  const { content } = own
  if (content === null) return
  content.facts = mergeFacts(content.facts, facts)
  content.touches.add(touches)
  for (const { askedAgoMs = 0, ...page } of moved) {
    const key = JSON.stringify(page)
    const askedAtMs = Math.max(own.atMs - askedAgoMs, content.moved.get(key)?.askedAtMs ?? -Infinity)
    content.moved.set(key, { askedAtMs, ...page })
  }
  for (const [key, { operation, path }] of content.moved) {
    if (content.moved.size <= MAX_MOVED) break
    content.moved.delete(key)
    content.touches.add([{ operation, path }])
  }
}

/** The text to be sent now. */
export function textOf(own: OwnDrop, nowMs: number): string {
  const { owner, content, sent } = own
  if (content === null) return sent?.text ?? ''
  const moved = [...content.moved.values()].map(({ askedAtMs, ...page }) => ({
    askedAgoMs: Math.floor(nowMs - askedAtMs),
    ...page,
  }))
  const text = writeDrop({ owner, groups: content.touches.groups(), moved, facts: content.facts })
  own.sent = { text, atMs: nowMs }
  return text
}

/** To be called when the copy of the log contains it. */
export const close = (own: OwnDrop): void => {
  if (own.sent !== null) own.content = null
}

/**
 * The same drop to be sent again. The others would count an arrival from long ago as new evidence, so of the facts only
 * doubts are sent twice, which does no harm.
 */
export function reopen(own: OwnDrop, clock: Clock): OwnDrop {
  if (own.content !== null) {
    own.content.facts = onlyDoubts(own.content.facts)
    return own
  }
  const { atMs, number, sent } = own
  const drop = readDrop(sent?.text ?? '')
  if (drop === null || sent === null) return own
  const passedMs = clock.monotonicMs() - sent.atMs
  const moved = drop.moved?.map((page) => ({ ...page, askedAgoMs: (page.askedAgoMs ?? 0) + passedMs }))
  return { ...toOwn({ ...drop, moved, facts: onlyDoubts(drop.facts) }, number, clock), atMs }
}

export function isTouchedBy({ owner, content }: OwnDrop, read: ReadName): boolean {
  if (content === null || !isOf(read.scope, owner)) return false
  for (const { operations, path } of content.touches.groups())
    for (const operation of operations)
      if (operation === read.operation && isBelow(read, { operation, path })) return true
  return false
}
