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
  /** Whether something was written. */
  give(reading: Reading): boolean
}

export interface Giving {
  /** In the place of the round before: the clients that it has not reached are first. */
  begin(round: Round): void
  isUnderWay(): boolean
  /** The clients that are not reached are first in the next round. */
  breakOff(): void
}

export interface GivingOptions {
  /** So many writes are made in one turn. */
  readonly atOnce: number
  readonly later: GiveLater
  /** Called with what a later step has thrown. What the first step throws is thrown by `begin`. */
  readonly onFault: (error: unknown) => void
}

export function createGiving({ atOnce, later, onFault }: GivingOptions): Giving {
  /** Those that the round has not reached, the next one last. */
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

/** The next one is last. */
function orderOf(readings: Iterable<Reading>, unreached: readonly Reading[]): Reading[] {
  const all = new Set(readings)
  const first = unreached.filter((reading) => all.delete(reading))
  return [...[...all].toReversed(), ...first]
}
