// The texts of objects in earlier answers, kept as long as all replies of which they are made are unchanged.
import { KnownText } from '../exchange/answer-data.ts'
import type { Life, UsedReply } from '../rest/terms.ts'
import { agesOf, isYoungEnough } from './ages.ts'
import type { Ages } from './ages.ts'
import { createByValue } from './by-value.ts'
import type { OfValue } from './by-value.ts'
import { decidingOf } from './deciding-parts.ts'
import { createFairRoom } from './fair-room.ts'
import type { Taker } from './fair-room.ts'
import type { PartGroup } from './parts.ts'
import type { HeldParts } from './remembered.ts'

/** Everything on which the text of an object depends, besides its parts. */
export interface ObjectName {
  /** The object as a reply shows it: the same value as long as the reply is the same, and no value of another scope. */
  readonly known: object
  readonly key: string
  /** The ids of its parents, if the text may contain them. */
  readonly above: Readonly<Record<string, unknown>> | undefined
  /** Identifies the selection. */
  readonly selection: number
}

export interface NewText<Reads> {
  readonly text: string
  readonly parts: readonly UsedReply[]
  readonly reads: Reads
  readonly taker: Taker
}

export interface Known<Reads> extends PartGroup {
  readonly text: KnownText
  /** The reads that a request takes over when it shows the text; null when the text is dropped. */
  readonly reads: Reads | null
}

export interface KnownTexts<Reads> {
  /** Null if no valid text is kept. */
  find(name: ObjectName, nowMs: number): Known<Reads> | null
  /**
   * Null if the text is not kept, because it is too long, or because a part of it is not the cached one or is in doubt.
   * Such a part may be good enough for the request that has made the text, and for that request alone.
   */
  keep(name: ObjectName, made: NewText<Reads>): Known<Reads> | null
  /** Counts a use of the text, and reports the uses about once a second, so that its parts stay in the cache. */
  noteUse(known: Known<Reads>, nowMs: number): void
}

export interface KnownTextsOptions {
  readonly maxBytes: number
  readonly cache: HeldParts & {
    /** Null if the reply is in no doubt. */
    doubtOf(life: Life): unknown
  }
  /** Called for each part of a text, with the number of its uses. */
  readonly onUsed: (part: UsedReply, times: number) => void
}

/** Estimated memory: of a part besides the text of its key, with its read; and of a text besides its characters. */
const PART_BYTES = 480
const TEXT_BYTES = 1000
/** A longer text seldom stays valid until it is needed again. */
const MAX_CHARS = 64 * 1024

/** Short beside every lifetime, and long beside the time that a report takes. */
const REPORTED_EVERY_MS = 1000

/** How many dropped texts leave with each look: a reply in thousands of texts must not hold up the process. */
const LEAVING_AT_ONCE = 4

/** The text is itself the listener to its parts, because there are as many listeners as texts. */
class Kept<Reads> implements Known<Reads> {
  readonly id: string
  readonly key: string
  readonly above: ObjectName['above']
  readonly selection: number
  readonly text: KnownText
  reads: Reads | null
  readonly parts: readonly UsedReply[]
  readonly deciding: readonly UsedReply[]
  /** Null if it has no parts: it is valid as long as its value. */
  readonly ages: Ages | null
  /** Where it is kept. It does not hold the value itself, so that a dropped value is garbage collected. */
  place: OfValue<Kept<Reads>> | null = null
  /** Whether it is invalid: a part has changed, its value was dropped, or it was evicted. */
  isOver = false
  /** Uses that are not reported yet. */
  uses = 0
  reportedAtMs = -Infinity
  readonly #leaving: Kept<Reads>[]

  constructor(id: string, name: ObjectName, made: NewText<Reads>, leaving: Kept<Reads>[]) {
    this.id = id
    this.key = name.key
    this.above = name.above
    this.selection = name.selection
    this.text = new KnownText(made.text)
    this.reads = made.reads
    this.parts = made.parts
    this.deciding = decidingOf(made.parts)
    this.ages = agesOf(this.deciding)
    this.#leaving = leaving
  }

  holds(nowMs: number): boolean {
    return !this.isOver && (this.ages === null || isYoungEnough(this.ages, { nowMs }))
  }

  /** Makes it invalid at once; its memory is freed later. The reads hold whole replies, so they are freed now. */
  changed(): void {
    if (this.isOver) return
    this.isOver = true
    this.reads = null
    this.#leaving.push(this)
  }
}

export function createKnownTexts<Reads>({
  maxBytes,
  cache,
  onUsed,
}: KnownTextsOptions): KnownTexts<Reads> | null {
  if (maxBytes === 0) return null
  const ofValues = createByValue<Kept<Reads>>((text) => text.changed())
  const room = createFairRoom<Kept<Reads>>({ maxBytes, onGone: (text) => end(text) })
  /** Invalid texts that are still in memory. */
  const leaving: Kept<Reads>[] = []
  let made = 0

  const end = (kept: Kept<Reads>): void => {
    kept.isOver = true
    kept.reads = null
    for (const { key } of kept.parts) cache.leave(key, kept)
    ofValues.remove(kept)
  }
  const letLeave = (): void => {
    for (let count = 0; count < LEAVING_AT_ONCE && leaving.length > 0; count += 1)
      room.delete(leaving.pop()?.id ?? '')
  }
  const isCertain = ({ life }: UsedReply): boolean =>
    life !== undefined && life.isHeld && cache.doubtOf(life) === null

  return {
    find(name, nowMs) {
      if (leaving.length > 0) letLeave()
      const kept = ofValues.find(name.known, name.selection)
      if (!kept || !isSameName(kept, name)) return null
      if (kept.holds(nowMs)) return cache.isConfirmed() ? kept : null
      room.delete(kept.id)
      return null
    },
    keep(name, given) {
      letLeave()
      if (given.text.length > MAX_CHARS || !cache.isConfirmed() || !given.parts.every(isCertain)) return null
      const kept = new Kept(String((made += 1)), name, given, leaving)
      const replaced = ofValues.add(name.known, kept)
      if (replaced) room.delete(replaced.id)
      for (const { key } of kept.parts) cache.listen(key, kept)
      room.set(kept.id, kept, { bytes: bytesOf(given), ...given.taker })
      return kept.isOver ? null : kept
    },
    noteUse(known, nowMs) {
      const kept = known as Kept<Reads>
      kept.uses += 1
      if (nowMs - kept.reportedAtMs < REPORTED_EVERY_MS) return
      kept.reportedAtMs = nowMs
      room.get(kept.id)
      for (const part of kept.parts) {
        cache.readBy(part.key)
        onUsed(part, kept.uses)
      }
      kept.uses = 0
    },
  }
}

/** A string with any other character takes two bytes for each character. */
const isLatin1 = (text: string): boolean => !/[\u{100}-\u{10ffff}]/u.test(text)

const bytesOf = ({ text, parts }: NewText<unknown>): number =>
  parts.reduce(
    (sum, { key }) => sum + key.length + PART_BYTES,
    TEXT_BYTES + text.length * (isLatin1(text) ? 1 : 2),
  )

function isSameName(one: Pick<ObjectName, 'key' | 'above'>, other: ObjectName): boolean {
  return one.key === other.key && isSameAbove(one.above, other.above)
}

function isSameAbove(one: ObjectName['above'], other: ObjectName['above']): boolean {
  if (one === other) return true
  if (one === undefined || other === undefined) return false
  for (const name in one) if (one[name] !== other[name]) return false
  for (const name in other) if (!Object.hasOwn(one, name)) return false
  return true
}
