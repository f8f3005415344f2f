// Turns: how many requests are executed at once, in all and of one caller, and who is next when more have come.

import type { Clock } from '../clock.ts'
import type { HttpLimits } from './limits.ts'
import type { Steps } from './steps.ts'
import { createRotation } from '../rotation.ts'

export interface Turns {
  /** A turn that is free at once; null where one has to wait for it, as `take` does. */
  tryTake(caller: string): TakenTurn | null
  /** Rejects with the signal's reason when it aborts. */
  take(asker: Asker): Promise<Turn>
}

export interface Asker {
  readonly caller: string
  /** Requests of one connection are one party among those of its caller. */
  readonly connection: object
  readonly signal: AbortSignal
}

export interface TakenTurn {
  readonly kind: 'taken'
  /** To be called once. */
  readonly end: () => void
}

/** `refused`: whose bound was reached. */
export type Turn = TakenTurn | { readonly kind: 'refused'; readonly by: 'caller' | 'all' }

export interface TurnsOptions {
  readonly clock: Clock
  readonly steps: Steps
  readonly limits: Pick<
    HttpLimits,
    | 'maxUnderWay'
    | 'maxUnderWayOfCaller'
    | 'reservedUnderWay'
    | 'maxWaiting'
    | 'maxWaitingOfCaller'
    | 'turnWaitMs'
  >
}

interface Party {
  underWay: number
  waiting: number
}

interface Waiter {
  readonly party: Party
  readonly start: () => void
}

/**
 * Callers take turns, and within one caller its connections do. Each start is a step of the loop's
 * steps, so that a caller with one request waits for few of a caller with hundreds.
 */
export function createTurns({ clock, steps, limits }: TurnsOptions): Turns {
  const parties = new Map<string, Party>()
  const waiting = createRotation<Waiter>()
  let underWay = 0

  const mayStart = (party: Party): boolean => {
    const isSmall = party.underWay < limits.reservedUnderWay / 4
    const most = isSmall ? limits.maxUnderWay : limits.maxUnderWay - limits.reservedUnderWay
    return underWay < most && party.underWay < limits.maxUnderWayOfCaller
  }
  const startNext = (): void => {
    const next = waiting.takeNext(({ party }) => mayStart(party))
    next?.start()
    if (next && waiting.size() > 0) steps.later('start', startNext)
  }
  const count = (name: string, party: Party): TakenTurn => {
    underWay += 1
    party.underWay += 1
    return {
      kind: 'taken',
      end() {
        underWay -= 1
        party.underWay -= 1
        if (party.underWay + party.waiting === 0) parties.delete(name)
        if (waiting.size() > 0) steps.later('start', startNext)
      },
    }
  }
  const wait = (asker: Asker, party: Party): Promise<Turn> => {
    party.waiting += 1
    const enqueue = (start: () => void): (() => void) => {
      const remove = waiting.add({ party, start }, { party: asker.caller, part: asker.connection })
      steps.later('start', startNext)
      return remove
    }
    const by = (): 'caller' | 'all' => (party.underWay < limits.maxUnderWayOfCaller ? 'all' : 'caller')
    return waitForStart(asker, {
      clock,
      maxMs: limits.turnWaitMs,
      enqueue,
      count: () => count(asker.caller, party),
      refuse: () => ({ kind: 'refused', by: by() }),
    }).finally(() => {
      party.waiting -= 1
      if (party.underWay + party.waiting === 0) parties.delete(asker.caller)
    })
  }

  const tryTake = (caller: string): TakenTurn | null => {
    const party = parties.get(caller) ?? { underWay: 0, waiting: 0 }
    if (waiting.size() > 0 || !mayStart(party) || !steps.isFree()) return null
    parties.set(caller, party)
    return count(caller, party)
  }

  return {
    tryTake,
    async take(asker) {
      asker.signal.throwIfAborted()
      const turn = tryTake(asker.caller)
      if (turn) return turn
      const party = parties.get(asker.caller) ?? { underWay: 0, waiting: 0 }
      if (party.waiting >= limits.maxWaitingOfCaller) return { kind: 'refused', by: 'caller' }
      if (waiting.size() >= limits.maxWaiting) return { kind: 'refused', by: 'all' }
      parties.set(asker.caller, party)
      return wait(asker, party)
    },
  }
}

interface Wait {
  readonly clock: Clock
  readonly maxMs: number
  /** Returns the function that takes the wait out of the queue. */
  enqueue(start: () => void): () => void
  count(): Turn
  refuse(): Turn
}

function waitForStart({ signal }: Asker, { clock, maxMs, enqueue, count, refuse }: Wait): Promise<Turn> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      cancelWait()
      signal.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      remove()
      leave()
      reject(signal.reason)
    }
    const cancelWait = clock.after(maxMs, () => {
      remove()
      leave()
      resolve(refuse())
    })
    signal.addEventListener('abort', abort, { once: true })
    const remove = enqueue(() => {
      leave()
      resolve(count())
    })
  })
}
