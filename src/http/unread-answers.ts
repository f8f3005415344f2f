// Counts the bytes of answers that clients have not taken yet. If they exceed the limit, slow readers are disconnected.

import type { Clock } from '../clock.ts'
import { createShares } from '../turns/shares.ts'
import type { Party, Shares } from '../turns/shares.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import type { HttpLimits } from './limits.ts'

export interface UnreadAnswers {
  /** The count for one answer. All answers of a connection have the same `reader` object. */
  of(reader: Reader): UnreadAnswer
}

/** The connection of a reader, which is only ever closed here. */
export interface Reader {
  destroy(): unknown
}

export interface UnreadAnswer {
  /** Counts the answer from now on. If a limit would be exceeded, returns whose it is and counts nothing. */
  hold(answer: AnswerOfCaller): 'caller' | 'all' | null
  /** As `hold`, but a small answer, which is never refused, is counted only when `holdExpected` is called. */
  holdLater(answer: AnswerOfCaller): 'caller' | 'all' | null
  /** To be called when the operating system has not taken all of the answer at once. */
  holdExpected(): void
  isHeld(): boolean
  /** To be called when the size of the answer has changed, for example by compression. */
  resize(bytes: number): void
  /** To be called when the client has taken some of it. */
  progress(): void
  release(): void
}

export interface AnswerOfCaller extends Party {
  readonly bytes: number
}

/**
 * Refusals and other answers that the http room makes are counted under one name, because their senders may have proven
 * none.
 */
export const NOBODY: Party = { caller: '', tenant: '' }

export interface UnreadAnswersOptions {
  readonly clock: Clock
  readonly seen: TenantsSeen
  readonly limits: Pick<
    HttpLimits,
    | 'answersMaxBytes'
    | 'answersMaxBytesOfCaller'
    | 'answersMaxBytesOfConnection'
    | 'freeAnswerBytes'
    | 'slowReaderMs'
  >
  onSlowReader(): void
}

/** The bytes that one connection has not taken. */
interface Pile {
  readonly reader: Reader
  /** By the name of the caller. */
  readonly parts: Map<string, PartOfPile>
  bytes: number
  tookAtMs: number
}

interface PartOfPile {
  readonly party: Party
  bytes: number
}

export function createUnreadAnswers(options: UnreadAnswersOptions): UnreadAnswers {
  const { clock, seen, limits } = options
  const { answersMaxBytes: max, answersMaxBytesOfCaller: maxOfCaller } = limits
  const shares = createShares({ seen, max, maxOfCaller })
  const piles = createPiles(clock, shares)
  const closeSlow = createCloseSlow(piles, options)
  const hasMuch = (pile: Pile): boolean => [...pile.parts.values()].some(({ party }) => !shares.hasFew(party))

  /** Whose limit the answer would exceed. */
  const findFull = (reader: Reader, party: Party, bytes: number): 'caller' | 'all' | null => {
    const own = piles.bytesOf(reader)
    if (own > 0 && own + bytes > limits.answersMaxBytesOfConnection) return 'caller'
    const ofCaller = (): number => shares.ofCaller(party.caller)
    const fitsCaller = (): boolean => ofCaller() === 0 || ofCaller() + bytes <= maxOfCaller
    if (!closeSlow(reader, fitsCaller, (pile) => pile.parts.has(party.caller))) return 'caller'
    const bound = shares.boundFor(party)
    const fitsAll = (): boolean => shares.inAll() === 0 || shares.inAll() + bytes <= bound
    // Clients of callers with few bytes are disconnected last, and never to make room for a caller with many.
    if (closeSlow(reader, fitsAll, hasMuch)) return null
    return shares.hasFew(party) && closeSlow(reader, fitsAll, () => true) ? null : 'all'
  }
  const parts = { clock, freeBytes: limits.freeAnswerBytes, piles, findFull }
  return { of: (reader) => new Unread(reader, parts) }
}

interface Piles {
  all(): Iterable<Pile>
  bytesOf(reader: Reader): number
  of(reader: Reader): Pile
  count(pile: Pile, party: Party, bytes: number): void
  discard(pile: Pile): void
  removeIfEmpty(pile: Pile): void
}

function createPiles(clock: Clock, shares: Shares): Piles {
  const piles = new Map<Reader, Pile>()
  const isThere = (pile: Pile): boolean => piles.get(pile.reader) === pile
  return {
    all: () => piles.values(),
    bytesOf: (reader) => piles.get(reader)?.bytes ?? 0,
    of(reader) {
      const nowMs = clock.monotonicMs()
      const pile = piles.get(reader) ?? { reader, parts: new Map(), bytes: 0, tookAtMs: nowMs }
      // Its client had nothing to take until now.
      if (pile.bytes === 0) pile.tookAtMs = nowMs
      piles.set(reader, pile)
      return pile
    },
    count(pile, party, bytes) {
      // The connection was closed, and all its bytes were subtracted then.
      if (!isThere(pile)) return
      pile.bytes += bytes
      shares.change(party, bytes)
      const part = pile.parts.get(party.caller) ?? { party, bytes: 0 }
      part.bytes += bytes
      if (part.bytes > 0) pile.parts.set(party.caller, part)
      else pile.parts.delete(party.caller)
    },
    discard(pile) {
      for (const { party, bytes } of pile.parts.values()) shares.change(party, -bytes)
      piles.delete(pile.reader)
    },
    removeIfEmpty(pile) {
      if (pile.bytes === 0 && isThere(pile)) piles.delete(pile.reader)
    },
  }
}

/**
 * Disconnects slow readers among the meant piles, beginning with the one that has taken nothing for longest, until
 * there is room.
 */
type CloseSlow = (own: Reader, isEnough: () => boolean, isMeant: (pile: Pile) => boolean) => boolean

const createCloseSlow =
  (piles: Piles, { clock, limits, onSlowReader }: UnreadAnswersOptions): CloseSlow =>
  (own, isEnough, isMeant) => {
    const latestMs = clock.monotonicMs() - limits.slowReaderMs
    while (!isEnough()) {
      const slow = [...piles.all()].filter(
        (pile) => pile.reader !== own && pile.bytes > 0 && pile.tookAtMs <= latestMs && isMeant(pile),
      )
      if (slow.length === 0) return false
      const slowest = slow.reduce((one, other) => (other.tookAtMs < one.tookAtMs ? other : one))
      piles.discard(slowest)
      slowest.reader.destroy()
      onSlowReader()
    }
    return true
  }

interface UnreadAnswerParts {
  readonly clock: Clock
  readonly freeBytes: number
  readonly piles: Piles
  findFull(reader: Reader, party: Party, bytes: number): 'caller' | 'all' | null
}

/** A class, because each request has one, and most are never counted. */
class Unread implements UnreadAnswer {
  readonly #reader: Reader
  readonly #parts: UnreadAnswerParts
  #pile: Pile | null = null
  #party = NOBODY
  #bytes = 0
  /** Bytes that are not counted yet; 0: none. */
  #expectedBytes = 0

  constructor(reader: Reader, parts: UnreadAnswerParts) {
    this.#reader = reader
    this.#parts = parts
  }

  hold(answer: AnswerOfCaller): 'caller' | 'all' | null {
    return this.#hold(answer, answer.bytes)
  }

  #hold(party: Party, bytes: number): 'caller' | 'all' | null {
    const full = this.#parts.findFull(this.#reader, party, bytes)
    if (full && bytes > this.#parts.freeBytes) return full
    this.#party = party
    this.#pile = this.#parts.piles.of(this.#reader)
    this.#set(bytes)
    return null
  }

  holdLater(answer: AnswerOfCaller): 'caller' | 'all' | null {
    if (answer.bytes > this.#parts.freeBytes) return this.hold(answer)
    this.#party = answer
    this.#expectedBytes = answer.bytes
    return null
  }

  holdExpected(): void {
    if (this.#expectedBytes > 0) this.#hold(this.#party, this.#expectedBytes)
    this.#expectedBytes = 0
  }

  isHeld(): boolean {
    return this.#pile !== null
  }

  resize(bytes: number): void {
    if (this.#pile && bytes > this.#bytes)
      this.#parts.findFull(this.#reader, this.#party, bytes - this.#bytes)
    this.#set(bytes)
  }

  progress(): void {
    if (this.#pile) this.#pile.tookAtMs = this.#parts.clock.monotonicMs()
  }

  release(): void {
    this.#expectedBytes = 0
    this.#set(0)
    if (this.#pile) this.#parts.piles.removeIfEmpty(this.#pile)
  }

  #set(bytes: number): void {
    if (!this.#pile) return
    this.#parts.piles.count(this.#pile, this.#party, bytes - this.#bytes)
    this.#bytes = bytes
  }
}
