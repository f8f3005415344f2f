// One answer that clients watch: it is made again when a reply of it changes, and given to all of them.
import type { BrokenOff } from '../exchange/answer-stream.ts'
import type { Caller } from '../callers/caller.ts'
import { createHeldParts } from './held-parts.ts'
import type { HeldParts } from './held-parts.ts'
import { chooseInTurn } from './in-whose-name.ts'
import { toMade } from './made.ts'
import type { Made } from './made.ts'
import { createNews } from './news.ts'
import type { News } from './news.ts'
import type { LiveQuestion } from './question.ts'
import type { Reading } from './reading.ts'
import { createRounds } from './rounds.ts'
import type { Rounds } from './rounds.ts'
import { decideNext, isFresh, MIN_PAUSE_MS } from './schedule.ts'
import type { Purpose } from './schedule.ts'
import { createTimed } from './timed.ts'
import type { Timed } from './timed.ts'
import { createUnderWay } from './under-way.ts'
import { holderOf } from './watched.ts'
import type { Asking, Watched, WatchOptions } from './watched.ts'
import { noRoom, sizeOf } from './watch-room.ts'

/** A class, for its state: the last answer, whether that is still true, and the run that will replace it. */
export class Watch implements Watched {
  readonly #question: LiveQuestion
  readonly #options: WatchOptions
  readonly #readings = new Set<Reading>()
  readonly #parts: HeldParts
  readonly #underWay = createUnderWay()
  readonly #rounds: Rounds
  readonly #news: News
  /** When the answer is made again. */
  readonly #due: Timed
  #last: Last | null = null
  /** The last answer of the operation: no other follows. */
  #ending: Made | null = null
  #runs = 0
  /** Whether a reply has changed since the last answer was begun, so that it is not given any more. */
  #isOutdated = false
  /** Whether a reply had changed when the last answer was made, or before all clients had got it. */
  #isOvertaken = false
  #hasEnded = false

  constructor(question: LiveQuestion, options: WatchOptions) {
    const { cache, clock, emit } = options
    this.#question = question
    this.#options = options
    this.#parts = createHeldParts(cache, () => this.#outdate())
    this.#due = createTimed(clock, (purpose) => this.#makeAgain(purpose))
    this.#news = createNews(clock, emit)
    this.#rounds = createRounds({
      onFault: (error) => this.#fail(error),
      onLate: () => this.#try(() => this.#giveLast()),
      onComplete: (reading) => this.#complete(reading),
      ...options,
    })
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
    if (made) this.#rounds.giveOne(reading, made)
  }

  leave(reading: Reading): void {
    if (!this.#readings.delete(reading) || this.#readings.size > 0) return
    this.#hasEnded = true
    this.#rounds.end()
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
    this.#breakOffByChange()
    this.#due.at({ purpose: 'change', atMs: this.#news.readableAtMs() })
  }

  /**
   * Clients that have not got the answer yet get the next one, which is made at once and given even if it is overtaken:
   * otherwise the last of many clients would get none while changes follow each other.
   */
  #breakOffByChange(): void {
    if (!this.#rounds.breakOffByChange()) return
    this.#isOvertaken = true
    this.#news.forget()
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
    const underWay = this.#underWay.begin(purpose)
    const begun = { mark: cache.mark(), atMs: clock.monotonicMs() }
    const run: Run = { number: (this.#runs += 1), purpose, caller, waiting: [...this.#readings] }
    // Changes by the run itself are no news: at its end it is checked whether its replies are current.
    if (purpose !== 'first') {
      this.#breakOffByChange()
      this.#parts.leave()
    }
    // A new client is a request of its own, with a cost of its own.
    const repliesBefore = purpose === 'first' ? undefined : this.#last?.repliesBefore
    const answered = await ask(this.#question, { caller, purpose, signal: underWay.signal, repliesBefore })
    underWay.end()
    if (this.#hasEnded || this.#last?.isLast) return
    // A good answer is what a run of this moment would return, even if it was begun earlier.
    if (isBefore(run, this.#last) && !answered.isGood) return this.#giveLast()
    this.#take(toMade(answered, begun), run)
  }

  #take(made: Made, run: Run): void {
    const { clock, lastAnswer, place } = this.#options
    const isOfChange = this.#isOutdated || run.purpose === 'change'
    this.#last = toLast(made, { run, before: this.#last, isOfChange, nowMs: clock.monotonicMs() })
    this.#rounds.breakOff()
    if (made.isLast) return this.#giveEnd(made, run)
    if (!place.resize(sizeOf(this.#question, made.parts.length)))
      return this.#endWith(noRoom(clock.wallMs()), 'room')
    const { caller } = run
    lastAnswer.keep(made, { tenant: caller.scope.key, holder: holderOf(caller) })
    const wasOvertaken = this.#isOvertaken
    this.#isOvertaken = !this.#parts.hold(made)
    this.#isOutdated = this.#isOvertaken
    if (this.#isOvertaken) this.#giveOvertaken(made, run, wasOvertaken)
    else this.#giveCurrent(made, { run, last: this.#last, wasOvertaken })
  }

  #giveCurrent(made: Made, { run, last, wasOvertaken }: Taken): void {
    const { clock } = this.#options
    const { purpose } = run
    const { sinceMs, changeAtMs } = last
    const moment = { nowMs: clock.monotonicMs(), wallMs: clock.wallMs(), sinceMs, changeAtMs, purpose }
    const next = decideNext(made, moment)
    this.#due.at(this.#question.isCacheOnly && next?.purpose === 'age' ? null : next)
    const readings = [...this.#readings].filter(this.#mayGet(made, run))
    this.#news.note(made, purpose, { clients: readings.length, isGivenAnyhow: false })
    this.#rounds.begin(readings, made, wasOvertaken)
  }

  /** In a row of changes each second answer is given all the same, to earlier clients; new ones get the first. */
  #giveOvertaken(made: Made, run: Run, wasOvertaken: boolean): void {
    const mayGet = this.#mayGet(made, run)
    const there = run.waiting.filter(
      (reading) => this.#readings.has(reading) && mayGet(reading) && (wasOvertaken || !reading.hasBegun()),
    )
    const isGivenAnyhow = wasOvertaken && there.length > 0
    this.#news.note(made, run.purpose, { clients: there.length, isGivenAnyhow })
    this.#outdate()
    this.#rounds.begin(there, made, true)
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
    if (made) this.#rounds.begin(this.#readings, made, false)
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

  /** Gives the last answer and ends the watch; later clients begin another one. */
  #giveEnd(made: Made, { purpose }: Run): void {
    this.#news.note(made, purpose, { clients: this.#readings.size, isGivenAnyhow: false })
    this.#ending = made
    this.#stop()
    this.#rounds.begin(this.#readings, made, true)
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
  readonly number: number
  readonly purpose: Purpose
  /** The caller in whose name it was executed. */
  readonly caller: Caller
  /** The clients that had come before it was begun. */
  readonly waiting: readonly Reading[]
}

/** What is remembered of the last answer; the answer itself is in `lastAnswer` while there is room. */
interface Last extends Pick<Made, 'fingerprint' | 'isLast'>, Pick<Asking, 'repliesBefore'> {
  /** The number of the latest run that made an answer. */
  readonly number: number
  /** When the content of the answer last changed. */
  readonly sinceMs: number
  /** When it was last made after a change; `-Infinity` for never. */
  readonly changeAtMs: number
}

interface Taken {
  readonly run: Run
  readonly last: Last
  readonly wasOvertaken: boolean
}

interface Following {
  readonly run: Run
  readonly before: Last | null
  /** Whether a change was not shown before: a run for a new client may be the first that shows it. */
  readonly isOfChange: boolean
  readonly nowMs: number
}

const isBefore = ({ number }: Run, last: Last | null): boolean => last !== null && number < last.number

function toLast(
  { fingerprint, isLast, isWhole, parts }: Made,
  { run, before, isOfChange, nowMs }: Following,
): Last {
  return {
    fingerprint,
    isLast,
    repliesBefore: isWhole ? parts.length : undefined,
    number: Math.max(run.number, before?.number ?? 0),
    sinceMs: before?.fingerprint === fingerprint ? before.sinceMs : nowMs,
    changeAtMs: isOfChange ? nowMs : (before?.changeAtMs ?? -Infinity),
  }
}
