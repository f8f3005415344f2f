// Divides the work of one request into turns of the event loop, so that other requests are served between them.
import { AsyncResource } from 'node:async_hooks'
import type { LeaveSignal } from '../leaving.ts'

export interface Pace {
  /**
   * Takes units of the turn that is running; false where the work has to wait for a later turn. A turn begins when the one
   * before it is used up, and not by itself, so that the work of an ordinary request costs no turn at all.
   */
  take(units: number): boolean
  /** Takes units of the first turn alone, for work that comes later: as long as it lasts, nothing has to wait. */
  takeAhead(units: number): boolean
  /**
   * Resolves in the turn in which work of so many units may be done; in the order asked. Rejects with the reason when the client
   * leaves; does neither after the end.
   */
  wait(units: number): Promise<void>
  /** Whether work is waiting for a later turn. */
  isBusy(): boolean
  /** Calls back in a later turn, when no work is waiting any more; also when the client has left, but not after the end. */
  whenIdle(callback: () => void): void
  /** Counts work that is done, or will be. */
  note(units: number): void
  /** Nothing begins any more. */
  end(): void
  /** As when the client leaves: what waits rejects with the reason, and what waits for the end of all work is called. */
  giveUp(reason: unknown): void
}

/**
 * A unit is about one field. A field that only shows a value takes 2 microseconds, one that leads to another object up to 50
 * with the promises below it: a turn takes some 10 milliseconds at the most.
 */
export const UNITS_PER_TURN = 250

/**
 * An ordinary screen fits into it, and pays for no turn: 20 projects with owners, and 60 designs with summaries and prices, take 1,460
 * (19 for the list, 360 for the projects, 4 for each owner, 50 for the designs of each project). Where all of that is in memory, it
 * takes a millisecond.
 */
export const FIRST_TURN_UNITS = 6 * UNITS_PER_TURN

/** Does the work of one turn when it may be done. Returns the function that takes it out again where it waits. */
export type InTurn = (work: () => void) => () => void

export const AT_ONCE: InTurn = (work) => {
  work()
  return () => {}
}

export interface PaceOptions {
  /** Of the first turn; left out, `FIRST_TURN_UNITS`. */
  readonly firstUnits?: number
  /** Left out, at once. */
  readonly inTurn?: InTurn
  /** Called with all units that are noted. */
  readonly onNote?: (units: number) => void
  /** Asked for when something has to wait. When it aborts, what waits rejects, and nothing waits any more. */
  readonly leaving?: (() => LeaveSignal) | undefined
}

interface Waiting {
  readonly units: number
  readonly begin: () => void
  readonly reject: (reason: unknown) => void
}

export function createPace({
  inTurn = AT_ONCE,
  firstUnits,
  onNote = () => {},
  leaving,
}: PaceOptions = {}): Pace {
  const waiting = createQueue()
  const turns = createTurns(waiting, inTurn, firstUnits)
  const watch = createWatch(leaving)
  let isFirstTurn = true
  let gone: { readonly reason: unknown } | null = null

  /**
   * Nobody would see what is still to be done. Whoever waits for the end of all work is called nevertheless: else what a loader was
   * asked for would never settle, and the request would never end.
   */
  function leave(reason: unknown): void {
    if (turns.haveEnded()) return
    gone = { reason }
    const rejected = waiting.all()
    const idlers = turns.end()
    for (const { reject } of rejected) reject(reason)
    for (const callback of idlers) setImmediate(callback)
  }

  return {
    take: turns.take,
    takeAhead: (units) => isFirstTurn && turns.take(units),
    wait(units) {
      isFirstTurn = false
      watch(leave)
      turns.schedule()
      return new Promise((begin, reject) => {
        if (gone) reject(gone.reason)
        else if (!turns.haveEnded()) waiting.add({ units, begin, reject })
      })
    },
    isBusy: waiting.hasAny,
    whenIdle: (callback) => (gone ? void setImmediate(callback) : turns.whenIdle(callback)),
    note: onNote,
    end: () => void turns.end(),
    giveUp: leave,
  }
}

/** The turns of one request: what is left of the one that is running, and what begins in the next one. */
function createTurns(
  waiting: ReturnType<typeof createQueue>,
  inTurn: InTurn,
  firstUnits: number = FIRST_TURN_UNITS,
) {
  let left = firstUnits
  let isScheduled = false
  let hasEnded = false
  let takeOut = (): void => {}
  let idlers: (() => void)[] = []

  function schedule(): void {
    if (isScheduled || hasEnded) return
    isScheduled = true
    setImmediate(nextTurn)
  }

  function nextTurn(): void {
    if (hasEnded) return
    if (waiting.hasAny()) return void (takeOut = inTurn(beginWaiting))
    isScheduled = false
    left = UNITS_PER_TURN
    const called = idlers
    idlers = []
    for (const callback of called) callback()
  }

  function beginWaiting(): void {
    isScheduled = false
    left = UNITS_PER_TURN
    // One piece of work begins in each turn at the least, however many units it has.
    while (waiting.hasAny() && left > 0) left -= waiting.beginNext()
    schedule()
  }

  return {
    schedule,
    haveEnded: () => hasEnded,
    take(units: number): boolean {
      if (hasEnded || waiting.hasAny() || units > left) return false
      left -= units
      return true
    },
    whenIdle(callback: () => void): void {
      if (!hasEnded) idlers.push(AsyncResource.bind(callback))
      schedule()
    },
    /** Returns what waited for the end of all work, and is not called here. */
    end(): readonly (() => void)[] {
      hasEnded = true
      takeOut()
      waiting.clear()
      const dropped = idlers
      idlers = []
      return dropped
    },
  }
}

/** Listens once, and only for requests that have to wait: others are answered before their client can leave. */
function createWatch(leaving: PaceOptions['leaving']): (leave: (reason: unknown) => void) => void {
  let isWatching = leaving === undefined
  return (leave) => {
    if (isWatching) return
    isWatching = true
    const signal = leaving?.()
    if (signal?.aborted) leave(signal.reason)
    else signal?.addEventListener('abort', () => leave(signal.reason), { once: true })
  }
}

function createQueue() {
  let waiting: Waiting[] = []
  /** How many of `waiting` have begun. */
  let begun = 0
  const clear = (): void => {
    waiting = []
    begun = 0
  }
  return {
    hasAny: (): boolean => begun < waiting.length,
    all: (): readonly Waiting[] => waiting.slice(begun),
    add: (work: Waiting): void => void waiting.push(work),
    /** Returns its units. */
    beginNext(): number {
      const next = waiting[begun]
      begun += 1
      if (begun === waiting.length) clear()
      next?.begin()
      return next?.units ?? 0
    },
    clear,
  }
}
