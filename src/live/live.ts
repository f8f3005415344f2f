// Live answers: streams of the answers to one question share each answer, and one watch makes it.
import type { AnswerStream, StreamReader } from '../exchange/answer-stream.ts'
import type { ChangeNotices } from '../cache/change-notices.ts'
import type { Caller } from '../callers/caller.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { createTenantsSeen } from '../turns/tenants-seen.ts'
import type { Emit } from '../telemetry/events.ts'
import type { ChangeQuestion, LiveQuestion } from './question.ts'
import { Reading } from './reading.ts'
import { ChangeWatch } from './changes.ts'
import { createLastAnswers } from './last-answers.ts'
import { Watch } from './watch.ts'
import { partyOf } from './watched.ts'
import type { Watched, WatchOptions } from './watched.ts'
import { createWatchRoom, noRoom, sizeOf } from './watch-room.ts'
import type { WatchRoomLimits } from './watch-room.ts'

export interface Live {
  /** Costs nothing before the stream is started. */
  open(question: LiveQuestion | ChangeQuestion, caller: Caller): AnswerStream
  /** Breaks off the streams of scopes that are no longer served. */
  endUnserved(isServed: (scope: ScopeKey) => boolean): void
  /** Breaks off all streams, and each one that is started later. */
  end(): void
  size(): { readonly watches: number }
}

export interface LiveOptions extends Omit<
  WatchOptions,
  'atOnce' | 'emit' | 'lastAnswer' | 'place' | 'onEnd'
> {
  /** Left out: nothing is counted. */
  readonly emit?: Emit
  readonly changes: ChangeNotices
  /** Left out: `LIVE_LIMITS`. */
  readonly limits?: LiveLimits
}

export interface LiveLimits extends WatchRoomLimits, Pick<WatchOptions, 'atOnce'> {
  readonly maxLastBytes: number
}

const MB = 1024 * 1024

const LIVE_LIMITS: LiveLimits = {
  /** A thousand screens of 64 KB. An answer without room is made again from the cache when a client needs it. */
  maxLastBytes: 64 * MB,
  /**
   * The questions and the listeners to their replies: 50 KB for each of the 500 streams that a caller may have, a large
   * screen of 150 replies.
   */
  maxBytesOfCaller: 25 * MB,
  maxBytes: 50 * MB,
  /** A write takes 50 to 100 microseconds, so a turn with this many has two milliseconds. */
  atOnce: 25,
}

export function createLive({ limits = LIVE_LIMITS, emit = () => {}, ...options }: LiveOptions): Live {
  const lastAnswers = createLastAnswers(limits.maxLastBytes)
  const room = createWatchRoom({ seen: createTenantsSeen(options.clock), limits })
  const watches = new Map<string, { readonly watch: Watched; readonly scope: ScopeKey }>()
  let hasEnded = false

  /** Null if there is no room for another one. */
  function watchOf(question: LiveQuestion | ChangeQuestion, caller: Caller): Watched | null {
    const { key, scope } = question
    const known = watches.get(key)
    if (known) return known.watch
    const place = room.enter(partyOf(caller), sizeOf(question, 0))
    if (!place) return null
    const onEnd = (): void => {
      place.leave()
      if (watches.get(key)?.watch !== watch) return
      watches.delete(key)
      emit('watchEnded', {})
    }
    const { atOnce } = limits
    const all = { ...options, atOnce, emit, place, lastAnswer: lastAnswers.open(), onEnd }
    const watch: Watched = 'kinds' in question ? new ChangeWatch(question, all) : new Watch(question, all)
    watches.set(key, { watch, scope })
    emit('watchBegun', {})
    return watch
  }

  return {
    open: (question, caller) =>
      new LiveStream(caller, {
        find: () => (hasEnded ? null : watchOf(question, caller)),
        last: () => (hasEnded ? null : noRoom(options.clock.wallMs())),
      }),
    endUnserved(isServed) {
      for (const { watch, scope } of watches.values()) if (!isServed(scope)) watch.end('caller')
    },
    end() {
      hasEnded = true
      for (const { watch } of watches.values()) watch.end('shutdown')
    },
    size: () => ({ watches: watches.size }),
  }
}

interface Finding {
  /** Null: there is no watch for this client. */
  find(): Watched | null
  /** The last bytes for a client whose watch has no room; null: all streams end. */
  last(): Uint8Array | null
}

/** The answers of a watch, for one client. */
class LiveStream implements AnswerStream {
  readonly kind = 'stream'
  /** The question and its watch; null when the watch is found, which holds one question for all its streams. */
  #finding: Finding | null
  readonly #caller: Caller
  #reading: Reading | null = null
  #watch: Watched | null = null

  constructor(caller: Caller, finding: Finding) {
    this.#finding = finding
    this.#caller = caller
  }

  start(reader: StreamReader): void {
    const reading = new Reading(reader, this.#caller)
    this.#reading = reading
    const finding = this.#finding
    this.#finding = null
    this.#watch = finding?.find() ?? null
    if (this.#watch) return this.#watch.join(reading)
    const last = finding?.last()
    if (last) reading.giveEnding(last)
    reading.breakOff(last ? 'room' : 'shutdown')
  }

  resume(): void {
    if (this.#reading) this.#watch?.resume(this.#reading)
  }

  stop(): void {
    this.#reading?.leave()
    if (this.#reading) this.#watch?.leave(this.#reading)
  }
}
