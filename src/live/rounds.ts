// Gives the answers of a watch to its clients: at once, in turns, or a second after the answer before.
import type { Clock } from '../clock.ts'
import { createGiving } from './giving.ts'
import type { GivingOptions } from './giving.ts'
import type { Made } from './made.ts'
import type { Reading } from './reading.ts'
import { createTimed } from './timed.ts'
import { partyOf } from './watched.ts'

export interface Rounds {
  /** Begins a round instead of the earlier one. With `isGivenAnyhow` a change does not break it off. */
  begin(readings: Iterable<Reading>, made: Made, isGivenAnyhow: boolean): void
  giveOne(reading: Reading, made: Made): void
  breakOff(): void
  /** The same because of a change. Returns whether it broke off a round. */
  breakOffByChange(): boolean
  /** Nothing more is given. */
  end(): void
}

export interface RoundsOptions extends GivingOptions {
  readonly clock: Clock
  /** Called when clients that had just got an answer may get the next one. */
  readonly onLate: () => void
  /** Called with a client that has got the last answer of the operation. */
  readonly onComplete: (reading: Reading) => void
}

export function createRounds(options: RoundsOptions): Rounds {
  const { clock, onLate, onComplete } = options
  const giving = createGiving(options)
  let isGivenAnyhow = false
  let lateAtMs = Infinity
  const late = createTimed(clock, () => {
    lateAtMs = Infinity
    onLate()
  })

  /** Returns whether it was given now. */
  function give(reading: Reading, made: Made, nowMs: number): boolean {
    const given = reading.give(made, nowMs)
    if (typeof given === 'object') giveLater(given.atMs)
    else if (made.isLast && given !== 'busy') onComplete(reading)
    return given === 'given'
  }

  function giveLater(atMs: number): void {
    if (atMs >= lateAtMs) return
    lateAtMs = atMs
    late.at({ purpose: 'change', atMs })
  }

  return {
    begin(readings, made, isAnyhow) {
      const [first] = readings
      if (!first) return
      isGivenAnyhow = isAnyhow
      // The second between two answers begins with the round. Otherwise a client that is reached later in one round
      // than in the next would miss the next.
      const nowMs = clock.monotonicMs()
      const party = partyOf(first.caller)
      giving.begin({ party, readings, give: (reading) => give(reading, made, nowMs) })
    },
    giveOne: (reading, made) => void give(reading, made, clock.monotonicMs()),
    breakOff: giving.breakOff,
    breakOffByChange() {
      if (!giving.isUnderWay() || isGivenAnyhow) return false
      giving.breakOff()
      return true
    },
    end() {
      late.at(null)
      giving.breakOff()
    },
  }
}
