// The changed objects, for clients that show many: changes that a client has not got yet are merged, within a limit.
import type { BrokenOff } from '../exchange/answer-stream.ts'
import type { ChangeNotices } from '../cache/change-notices.ts'
import { kindRow } from '../aurora/kinds.ts'
import type { Kind } from '../aurora/kinds.ts'
import { createTimed } from './timed.ts'
import type { Timed } from './timed.ts'
import { toMade } from './made.ts'
import type { Made } from './made.ts'
import type { ChangeQuestion } from './question.ts'
import type { Reading } from './reading.ts'
import { MIN_PAUSE_MS } from './schedule.ts'
import type { Purpose } from './schedule.ts'
import { partyOf } from './watched.ts'
import type { Changes, Watched, WatchOptions } from './watched.ts'

/** As many as a client could read again in a minute, several times over; with more, its event has `isReset`. */
const MAX_LOGGED = 500

interface Logged {
  readonly typeName: string
  readonly key: string
  readonly number: number
}

/**
 * All clients share one log. Each client has got the changes up to a number, so a slow client takes no memory, and
 * clients with the same number share the next event.
 */
export class ChangeWatch implements Watched {
  readonly #question: ChangeQuestion
  readonly #options: WatchOptions
  /** Each reading with the number of the last change that it has got; -1: none. */
  readonly #readings = new Map<Reading, number>()
  /** Readings whose first event is under way. */
  readonly #joining = new Set<Reading>()
  /** The latest change is at the end. */
  readonly #log = new Map<string, Logged>()
  readonly #due: Timed
  readonly #leaving = new AbortController()
  readonly #unlisten: () => void
  #number = 0
  /** A reading with a lower number has missed a change that is no longer in the log. */
  #lostNumber = 0
  #flushedAtMs = -Infinity
  #isFlushing = false

  constructor(question: ChangeQuestion, options: WatchOptions & { readonly changes: ChangeNotices }) {
    this.#question = question
    this.#options = options
    this.#due = createTimed(options.clock, () => this.#flush())
    this.#unlisten = options.changes.listen(question.scope, {
      changed: (kind, key) => this.#note(kind, key),
      changedAll: () => this.#lose(),
    })
  }

  join(reading: Reading): void {
    this.#readings.set(reading, -1)
    this.#joining.add(reading)
    this.#try(this.#give([reading], -1, 'first').finally(() => this.#joining.delete(reading)))
  }

  resume(reading: Reading): void {
    if ((this.#readings.get(reading) ?? Infinity) < this.#number) this.#flushLater()
  }

  leave(reading: Reading): void {
    if (!this.#readings.delete(reading) || this.#readings.size > 0) return
    this.#due.at(null)
    this.#unlisten()
    this.#leaving.abort(new Error('nobody waits for the answer any more'))
    this.#options.onEnd()
  }

  end(why: BrokenOff): void {
    for (const reading of this.#readings.keys()) {
      this.leave(reading)
      reading.breakOff(why)
    }
  }

  #note(kind: Kind, key: string | null): void {
    const { kinds, tenantId } = this.#question
    const { typeName } = kindRow(kind)
    if (typeName === null || !kinds.has(kind)) return
    if (key === null) return this.#lose()
    const name = `${typeName}:${key}`
    this.#number += 1
    this.#log.delete(name)
    this.#log.set(name, { typeName, key: key === '' ? tenantId : key, number: this.#number })
    const [oldest] = this.#log
    if (oldest && this.#log.size > MAX_LOGGED) {
      this.#log.delete(oldest[0])
      this.#lostNumber = oldest[1].number
    }
    this.#flushLater()
  }

  #lose(): void {
    this.#number += 1
    this.#lostNumber = this.#number
    this.#log.clear()
    this.#flushLater()
  }

  #flushLater(): void {
    const atMs = Math.max(this.#options.clock.monotonicMs(), this.#flushedAtMs + MIN_PAUSE_MS)
    this.#due.at({ purpose: 'change', atMs })
  }

  #flush(): void {
    this.#flushedAtMs = this.#options.clock.monotonicMs()
    if (this.#isFlushing) return this.#flushLater()
    this.#isFlushing = true
    this.#try(this.#giveBehind().finally(() => void (this.#isFlushing = false)))
  }

  async #giveBehind(): Promise<void> {
    for (const [number, readings] of this.#behind()) await this.#give(readings, number, 'change')
  }

  /** A fault would happen again at each repeat, so the streams end. */
  #try(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const last = this.#options.toFault(error)
      for (const reading of this.#readings.keys()) reading.giveEnding(last)
      this.end('fault')
    })
  }

  /** The clients that are free and lack changes, by the number that they have got. */
  #behind(): ReadonlyMap<number, readonly Reading[]> {
    const behind = new Map<number, Reading[]>()
    for (const [reading, number] of this.#readings) {
      if (number >= this.#number || !reading.isFree() || this.#joining.has(reading)) continue
      const those = behind.get(number)
      if (those) those.push(reading)
      else behind.set(number, [reading])
    }
    return behind
  }

  async #give(readings: readonly Reading[], given: number, purpose: Purpose): Promise<void> {
    const { ask, cache, clock } = this.#options
    const [first] = readings
    if (!first) return
    const upTo = this.#number
    const begun = { mark: cache.mark(), atMs: clock.monotonicMs() }
    const answered = await ask(this.#question, {
      caller: first.caller,
      purpose,
      signal: this.#leaving.signal,
      changes: this.#changesSince(given),
    })
    this.#options.emit('liveAnswerMade', { reason: purpose, outcome: 'new' })
    const answer = toMade(answered, begun)
    // A client that comes back gets the changes of a refused event again.
    const made: Made = { ...answer, fingerprint: String(upTo), isLast: answer.isLast || answer.isRefused }
    const { atOnce } = this.#options
    for (const [index, reading] of readings.entries()) {
      if (index > 0 && index % atOnce === 0) await this.#nextTurn(first, made)
      this.#giveOne(reading, made, upTo)
    }
    if (upTo < this.#number) this.#flushLater()
  }

  #nextTurn({ caller }: Reading, made: Made): Promise<void> {
    return new Promise((resolve) => void this.#options.later(resolve, partyOf(caller), made))
  }

  #giveOne(reading: Reading, made: Made, upTo: number): void {
    if (!this.#readings.has(reading)) return
    const given = reading.give(made, this.#options.clock.monotonicMs())
    if (given === 'given' || given === 'known') this.#readings.set(reading, upTo)
    else if (given !== 'busy') this.#due.at({ purpose: 'change', atMs: given.atMs })
    if (made.isLast && given !== 'busy') this.#complete(reading)
  }

  #changesSince(given: number): Changes {
    const isReset = given < this.#lostNumber
    if (given < 0) return { isReset: true, objects: [] }
    return { isReset, objects: [...this.#log.values()].filter(({ number }) => number > given) }
  }

  #complete(reading: Reading): void {
    this.leave(reading)
    reading.complete()
  }
}
