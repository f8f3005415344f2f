// One answer that clients watch: it is made again when a reply of it changes, and given to all of them.
import type { BrokenOff } from '../exchange/answer-stream.ts'
import type { Caller } from '../callers/caller.ts'
import { createGiving } from './giving.ts'
import type { Giving } from './giving.ts'
import { createHeldParts } from './held-parts.ts'
import type { HeldParts } from './held-parts.ts'
import { chooseInTurn } from './in-whose-name.ts'
import { toMade } from './made.ts'
import type { Made } from './made.ts'
import type { LiveQuestion } from './question.ts'
import type { Reading } from './reading.ts'
import { AT_REST, decideNext, isFresh, MIN_PAUSE_MS, notePace, readableAtMs } from './schedule.ts'
import type { Purpose } from './schedule.ts'
import { createTimed } from './timed.ts'
import type { Timed } from './timed.ts'
import { createUnderWay } from './under-way.ts'
import { holderOf, partyOf } from './watched.ts'
import type { Asking, Watched, WatchOptions } from './watched.ts'
import { noRoom, sizeOf } from './watch-room.ts'

/** A class, for its state: the last answer, whether that is still true, and the run that will replace it. */
export class Watch implements Watched {
  readonly #question: LiveQuestion
  readonly #options: WatchOptions
  readonly #readings = new Set<Reading>()
  readonly #parts: HeldParts
  readonly #underWay = createUnderWay()
  readonly #giving: Giving
  /** When the answer is made again. */
  readonly #due: Timed
  /** When clients that have just got an answer may get the next one. */
  readonly #late: Timed
  /** The answer itself is in `lastAnswer` while there is room. */
  #last: (Pick<Made, 'fingerprint' | 'isLast'> & Pick<Asking, 'repliesBefore'>) | null = null
  /** The last answer of the operation: no other follows. */
  #ending: Made | null = null
  /** The number of the run that made the last answer. */
  #lastNumber = 0
  #runs = 0
  /** Whether a reply has changed since the last answer was begun, so that it is not given any more. */
  #isOutdated = false
  /** Whether a reply had changed when the last answer was made, or before all clients had got it. */
  #isOvertaken = false
  /** Whether a change does not break off the round that is under way. */
  #isGivenAnyhow = false
  /** The time at which `#late` is due. */
  #lateAtMs = Infinity
  /** When the content of the answer last changed. */
  #sinceMs: number
  /** The fingerprint of the last answer that was given. */
  #shown: string | null = null
  #pace = AT_REST
  #hasEnded = false

  constructor(question: LiveQuestion, options: WatchOptions) {
    const { cache, clock } = options
    this.#question = question
    this.#options = options
    this.#parts = createHeldParts(cache, () => this.#outdate())
    this.#due = createTimed(clock, (purpose) => this.#makeAgain(purpose))
    this.#late = createTimed(clock, () => this.#try(() => this.#giveLate()))
    this.#giving = createGiving({ onFault: (error) => this.#fail(error), ...options })
    this.#sinceMs = clock.monotonicMs()
  }

  join(reading: Reading): void {
    this.#readings.add(reading)
    const { cache, clock, again, lastAnswer } = this.#options
    const nowMs = clock.monotonicMs()
    const isKnown = this.#isServable() && this.#parts.areWhole() && cache.isConfirmed()
    const last = isKnown ? lastAnswer.get() : null
    if (last && isFresh(last, nowMs)) reading.give(last, nowMs, again(last, reading.caller))
    else if (!this.#underWay.has('first')) this.#make('first', reading.caller)
  }

  resume(reading: Reading): void {
    const made = this.#findLast([reading])
    if (made) this.#giveOne(reading, made, this.#options.clock.monotonicMs())
  }

  leave(reading: Reading): void {
    if (!this.#readings.delete(reading) || this.#readings.size > 0) return
    this.#hasEnded = true
    this.#late.at(null)
    this.#giving.breakOff()
    this.#stop()
  }

  end(why: BrokenOff): void {
    for (const reading of this.#readings) {
      this.leave(reading)
      reading.breakOff(why)
    }
  }

  #endWith(last: Uint8Array, why: BrokenOff): void {
    for (const reading of this.#readings) reading.giveEnding(last)
    this.end(why)
  }

  #try(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** A fault would happen again at each repeat, so the streams end. */
  #fail(error: unknown): void {
    this.#endWith(this.#options.toFault(error), 'fault')
  }

  #outdate(): void {
    this.#isOutdated = true
    this.#breakOffGiving()
    const atMs = Math.max(readableAtMs(this.#pace), this.#options.clock.monotonicMs())
    this.#due.at({ purpose: 'change', atMs })
  }

  /**
   * Clients that have not got the answer yet get the next one, which is made at once and given even if it is overtaken:
   * otherwise the last of many clients would get none while changes follow each other.
   */
  #breakOffGiving(): void {
    if (!this.#giving.isUnderWay() || this.#isGivenAnyhow) return
    this.#giving.breakOff()
    this.#isOvertaken = true
    this.#shown = null
    this.#pace = AT_REST
  }

  #makeAgain(purpose: Purpose): void {
    if (this.#underWay.has(purpose))
      return this.#due.at({ purpose, atMs: this.#options.clock.monotonicMs() + MIN_PAUSE_MS })
    const reading = chooseInTurn(this.#readings, this.#runs)
    if (reading) this.#make(purpose, reading.caller)
  }

  #make(purpose: Purpose, caller: Caller): void {
    this.#execute(purpose, caller).catch((error: unknown) => this.#fail(error))
  }

  async #execute(purpose: Purpose, caller: Caller): Promise<void> {
    const { ask, cache, clock } = this.#options
    const run = this.#underWay.begin(purpose)
    const begun = { mark: cache.mark(), atMs: clock.monotonicMs() }
    const waiting = [...this.#readings]
    const number = (this.#runs += 1)
    // Changes by the run itself are no news: at its end it is checked whether its replies are current.
    if (purpose !== 'first') {
      this.#breakOffGiving()
      this.#parts.leave()
    }
    // A new client is a request of its own, with a cost of its own.
    const repliesBefore = purpose === 'first' ? undefined : this.#last?.repliesBefore
    const answered = await ask(this.#question, { caller, purpose, signal: run.signal, repliesBefore })
    run.end()
    if (this.#hasEnded || this.#last?.isLast) return
    // A good answer is what a run of this moment would return, even if it was begun earlier.
    if (number < this.#lastNumber && !answered.isGood) return this.#giveLast()
    this.#lastNumber = Math.max(number, this.#lastNumber)
    this.#take(toMade(answered, begun), { purpose, waiting, caller })
  }

  #take(made: Made, { purpose, waiting, caller }: Run): void {
    const { clock, lastAnswer, place } = this.#options
    const nowMs = clock.monotonicMs()
    const wasOvertaken = this.#isOvertaken
    if (made.fingerprint !== this.#last?.fingerprint) this.#sinceMs = nowMs
    const { fingerprint, isLast } = made
    this.#last = { fingerprint, isLast, repliesBefore: made.isWhole ? made.parts.length : undefined }
    this.#giving.breakOff()
    if (isLast) return this.#giveEnd(made, purpose)
    if (!place.resize(sizeOf(this.#question, made.parts.length)))
      return this.#endWith(noRoom(clock.wallMs()), 'room')
    lastAnswer.keep(made, { tenant: caller.scope.key, holder: holderOf(caller) })
    const mayGet = this.#mayGet(made, { purpose, waiting, caller })
    this.#isOvertaken = !this.#parts.hold(made)
    this.#isOutdated = this.#isOvertaken
    if (!this.#isOvertaken) {
      const next = decideNext(made, { nowMs, wallMs: clock.wallMs(), sinceMs: this.#sinceMs, purpose })
      this.#due.at(this.#question.isCacheOnly && next?.purpose === 'age' ? null : next)
      const readings = [...this.#readings].filter(mayGet)
      this.#notePace(made, purpose, readings)
      return this.#give(readings, made, wasOvertaken)
    }
    // In a row of changes each second answer is given all the same, to earlier clients; new ones get the first.
    const there = waiting.filter(
      (reading) => this.#readings.has(reading) && mayGet(reading) && (wasOvertaken || !reading.hasBegun()),
    )
    this.#notePace(made, purpose, there, wasOvertaken && there.length > 0)
    this.#outdate()
    this.#give(there, made, true)
  }

  #notePace(made: Made, purpose: Purpose, given: readonly Reading[], isGivenAnyhow = false): void {
    const isNews = given.length > 0 && made.fingerprint !== this.#shown
    if (isNews) this.#shown = made.fingerprint
    const times = { begunAtMs: made.begunAtMs, takenAtMs: this.#options.clock.monotonicMs() }
    this.#pace = notePace(this.#pace, { purpose, isNews, isGivenAnyhow, ...times })
    this.#options.emit('liveAnswerMade', { reason: purpose, outcome: isNews ? 'new' : 'equal' })
  }

  /**
   * A run of a lower class may have taken an outdated copy, while a run for which a client waits makes a call. While
   * that run is under way, clients without an answer, and later ones, wait for its answer.
   */
  #mayGet({ isGood }: Made, { purpose, waiting }: Run): (reading: Reading) => boolean {
    if (purpose === 'first' || isGood || !this.#underWay.has('first')) return () => true
    const there = new Set(waiting)
    return (reading) => reading.hasBegun() && there.has(reading)
  }

  #isServable(): boolean {
    return this.#last?.isLast === true || (!this.#isOutdated && !this.#underWay.hasAny())
  }

  #giveLast(): void {
    const made = this.#findLast(this.#readings)
    if (made) this.#give(this.#readings, made, false)
  }

  #giveLate(): void {
    this.#lateAtMs = Infinity
    this.#giveLast()
  }

  /** Null if there is none for them; if it was evicted, it is made again. */
  #findLast(readings: Iterable<Reading>): Made | null {
    if (!this.#last || !this.#isServable()) return null
    const made = this.#ending ?? this.#options.lastAnswer.get()
    if (made) return made
    for (const reading of readings)
      if (reading.needs(this.#last.fingerprint)) {
        this.#make('first', reading.caller)
        break
      }
    return null
  }

  /** With `isGivenAnyhow` a change does not break it off. */
  #give(readings: Iterable<Reading>, made: Made, isGivenAnyhow: boolean): void {
    const [first] = readings
    if (!first) return
    this.#isGivenAnyhow = isGivenAnyhow
    // The second between two answers begins with the round. Otherwise a client that is reached later in one round than
    // in the next would miss the next.
    const nowMs = this.#options.clock.monotonicMs()
    this.#giving.begin({
      party: partyOf(first.caller),
      readings,
      give: (reading) => this.#giveOne(reading, made, nowMs),
    })
  }

  /** Returns whether it was given now. */
  #giveOne(reading: Reading, made: Made, nowMs: number): boolean {
    const given = reading.give(made, nowMs)
    if (typeof given === 'object') this.#giveLater(given.atMs)
    else if (made.isLast && given !== 'busy') this.#complete(reading)
    return given === 'given'
  }

  #giveLater(atMs: number): void {
    if (atMs >= this.#lateAtMs) return
    this.#lateAtMs = atMs
    this.#late.at({ purpose: 'change', atMs })
  }

  /** Gives the last answer and ends the watch; later clients begin another one. */
  #giveEnd(made: Made, purpose: Purpose): void {
    this.#notePace(made, purpose, [...this.#readings])
    this.#ending = made
    this.#stop()
    this.#give(this.#readings, made, true)
  }

  #complete(reading: Reading): void {
    this.leave(reading)
    reading.complete()
  }

  #stop(): void {
    this.#due.at(null)
    this.#parts.leave()
    this.#underWay.abort()
    this.#options.lastAnswer.drop()
    this.#options.onEnd()
  }
}

interface Run {
  readonly purpose: Purpose
  /** The caller in whose name it was executed. */
  readonly caller: Caller
  /** The clients that had come before it was begun. */
  readonly waiting: readonly Reading[]
}
