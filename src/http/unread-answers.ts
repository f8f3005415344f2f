// The answers that clients have not taken yet, counted in bytes. Where they need more than there is, slow readers are closed.

import type { Clock } from '../clock.ts'
import type { HttpLimits } from './limits.ts'

export interface UnreadAnswers {
  /** For one answer on a connection, which is the same object for all its answers. */
  of(reader: Reader): UnreadAnswer
}

/** Its connection, of which only the end matters here. */
export interface Reader {
  destroy(): unknown
}

export interface UnreadAnswer {
  /** Counts the answer from now on; returns whose bound is reached where it cannot be held, and then counts nothing. */
  hold(answer: AnswerOfCaller): 'caller' | 'all' | null
  /** The same, but a small answer, which is never refused, is counted only when `holdExpected` is called. */
  holdLater(answer: AnswerOfCaller): 'caller' | 'all' | null
  /** The operating system has not taken all of the answer at once. */
  holdExpected(): void
  isHeld(): boolean
  /** The answer has become smaller or larger, for example by compression. */
  resize(bytes: number): void
  /** The client has taken something. */
  progress(): void
  release(): void
}

export interface AnswerOfCaller {
  readonly caller: string
  readonly bytes: number
}

export interface UnreadAnswersOptions {
  readonly clock: Clock
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

/** What one connection has not taken. */
interface Pile {
  readonly reader: Reader
  readonly callers: Map<string, number>
  bytes: number
  tookAtMs: number
}

export function createUnreadAnswers({ clock, limits, onSlowReader }: UnreadAnswersOptions): UnreadAnswers {
  const piles = new Map<Reader, Pile>()
  const ofCallers = new Map<string, number>()
  let inAll = 0

  const count = (pile: Pile, caller: string, bytes: number): void => {
    // Its connection was closed, and everything of it was subtracted then.
    if (piles.get(pile.reader) !== pile) return
    inAll += bytes
    pile.bytes += bytes
    addTo(pile.callers, caller, bytes)
    addTo(ofCallers, caller, bytes)
  }
  const discard = (pile: Pile): void => {
    for (const [caller, bytes] of pile.callers) addTo(ofCallers, caller, -bytes)
    inAll -= pile.bytes
    piles.delete(pile.reader)
  }
  /** Closes slow readers, those first that have taken nothing for longest, until `isEnough`. */
  const closeSlow = (own: Reader, isEnough: () => boolean, isMeant: (pile: Pile) => boolean): boolean => {
    const latestMs = clock.monotonicMs() - limits.slowReaderMs
    while (!isEnough()) {
      const slow = [...piles.values()].filter(
        (pile) => pile.reader !== own && pile.bytes > 0 && pile.tookAtMs <= latestMs && isMeant(pile),
      )
      if (slow.length === 0) return false
      const slowest = slow.reduce((one, other) => (other.tookAtMs < one.tookAtMs ? other : one))
      discard(slowest)
      slowest.reader.destroy()
      onSlowReader()
    }
    return true
  }
  /** Whose bound the answer would break. */
  const findFull = (reader: Reader, caller: string, bytes: number): 'caller' | 'all' | null => {
    const own = piles.get(reader)?.bytes ?? 0
    if (own > 0 && own + bytes > limits.answersMaxBytesOfConnection) return 'caller'
    const ofCaller = (): number => ofCallers.get(caller) ?? 0
    const fitsCaller = (): boolean => ofCaller() === 0 || ofCaller() + bytes <= limits.answersMaxBytesOfCaller
    if (!closeSlow(reader, fitsCaller, (pile) => (pile.callers.get(caller) ?? 0) > 0)) return 'caller'
    const fitsAll = (): boolean => inAll === 0 || inAll + bytes <= limits.answersMaxBytes
    return closeSlow(reader, fitsAll, () => true) ? null : 'all'
  }
  const pileOf = (reader: Reader): Pile => {
    const nowMs = clock.monotonicMs()
    const pile = piles.get(reader) ?? { reader, callers: new Map(), bytes: 0, tookAtMs: nowMs }
    // It had nothing to take until now.
    if (pile.bytes === 0) pile.tookAtMs = nowMs
    piles.set(reader, pile)
    return pile
  }
  const remove = (pile: Pile): void => {
    if (pile.bytes === 0 && piles.get(pile.reader) === pile) piles.delete(pile.reader)
  }
  const parts = { clock, freeBytes: limits.freeAnswerBytes, count, findFull, pileOf, remove }
  return { of: (reader) => new Unread(reader, parts) }
}

interface UnreadAnswerParts {
  readonly clock: Clock
  readonly freeBytes: number
  count(pile: Pile, caller: string, bytes: number): void
  findFull(reader: Reader, caller: string, bytes: number): 'caller' | 'all' | null
  pileOf(reader: Reader): Pile
  remove(pile: Pile): void
}

/** A class, because each request has one, and most are never held. */
class Unread implements UnreadAnswer {
  readonly #reader: Reader
  readonly #parts: UnreadAnswerParts
  #pile: Pile | null = null
  #caller = ''
  #bytes = 0
  /** Not counted yet; 0: none. */
  #expectedBytes = 0

  constructor(reader: Reader, parts: UnreadAnswerParts) {
    this.#reader = reader
    this.#parts = parts
  }

  hold({ caller, bytes }: AnswerOfCaller): 'caller' | 'all' | null {
    const full = this.#parts.findFull(this.#reader, caller, bytes)
    if (full && bytes > this.#parts.freeBytes) return full
    this.#caller = caller
    this.#pile = this.#parts.pileOf(this.#reader)
    this.#set(bytes)
    return null
  }

  holdLater({ caller, bytes }: AnswerOfCaller): 'caller' | 'all' | null {
    if (bytes > this.#parts.freeBytes) return this.hold({ caller, bytes })
    this.#caller = caller
    this.#expectedBytes = bytes
    return null
  }

  holdExpected(): void {
    if (this.#expectedBytes > 0) this.hold({ caller: this.#caller, bytes: this.#expectedBytes })
    this.#expectedBytes = 0
  }

  isHeld(): boolean {
    return this.#pile !== null
  }

  resize(bytes: number): void {
    if (this.#pile && bytes > this.#bytes)
      this.#parts.findFull(this.#reader, this.#caller, bytes - this.#bytes)
    this.#set(bytes)
  }

  progress(): void {
    if (this.#pile) this.#pile.tookAtMs = this.#parts.clock.monotonicMs()
  }

  release(): void {
    this.#expectedBytes = 0
    this.#set(0)
    if (this.#pile) this.#parts.remove(this.#pile)
  }

  #set(bytes: number): void {
    if (!this.#pile) return
    this.#parts.count(this.#pile, this.#caller, bytes - this.#bytes)
    this.#bytes = bytes
  }
}

function addTo(sums: Map<string, number>, name: string, bytes: number): void {
  const sum = (sums.get(name) ?? 0) + bytes
  if (sum > 0) sums.set(name, sum)
  else sums.delete(name)
}
