// Gives one answer to many clients: to some at once, to the others in turns of the loop, since each is a write to the system.
import type { Party } from '../turns/shares.ts'
import type { Reading } from './reading.ts'

/** Does a step behind what clients wait for; a part is an answer. Returns the function that takes it out again. */
export type GiveLater = (step: () => void, party: Party, part: object) => () => void

/** One answer on its way to all its clients. */
export interface Round {
  /** In whose name the turns are taken. */
  readonly party: Party
  readonly readings: Iterable<Reading>
  /** Returns whether something was written. */
  give(reading: Reading): boolean
}

export interface Giving {
  /** Begins a round instead of the earlier one: the clients that the earlier one has not reached are first. */
  begin(round: Round): void
  isUnderWay(): boolean
  /** Ends the round. The clients that it has not reached are first in the next one. */
  breakOff(): void
}

export interface GivingOptions {
  /** How many writes are made in one turn. */
  readonly atOnce: number
  readonly later: GiveLater
  /** Called with an error of a later step. `begin` throws an error of the first step itself. */
  readonly onFault: (error: unknown) => void
}

export function createGiving({ atOnce, later, onFault }: GivingOptions): Giving {
  /** The clients that the round has not reached; the next one is at the end. */
  let left: Reading[] = []
  let cancel: (() => void) | null = null

  const breakOff = (): void => {
    cancel?.()
    cancel = null
  }
  function giveSome(round: Round, part: object): void {
    cancel = null
    for (let written = 0; written < atOnce;) {
      const reading = left.pop()
      if (!reading) return
      if (round.give(reading)) written += 1
    }
    if (left.length > 0) cancel = later(() => tryGive(round, part), round.party, part)
  }
  function tryGive(round: Round, part: object): void {
    try {
      giveSome(round, part)
    } catch (error) {
      onFault(error)
    }
  }
  return {
    begin(round) {
      breakOff()
      left = orderOf(round.readings, left)
      giveSome(round, {})
    },
    isUnderWay: () => cancel !== null,
    breakOff,
  }
}

/** The next one is at the end. */
function orderOf(readings: Iterable<Reading>, unreached: readonly Reading[]): Reading[] {
  const all = new Set(readings)
  const first = unreached.filter((reading) => all.delete(reading))
  return [...[...all].toReversed(), ...first]
}
