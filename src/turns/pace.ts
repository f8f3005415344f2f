// Divides the work of one request into turns of the event loop, so that other requests are served between them.
import { AsyncResource } from 'node:async_hooks'
import type { LeaveSignal } from '../leaving.ts'

export interface Pace {
  /**
   * Takes units of the turn that is running; false if the work has to wait for a later turn. The next turn begins
   * only when the units of this one are used up, so that an ordinary request needs no turn at all.
   */
  take(units: number): boolean
  /** Takes units of the first turn, for work that comes later: nothing has to wait while units are left. */
  takeAhead(units: number): boolean
  /**
   * Resolves in the turn in which this many units of work may be done, in the order of the calls. Rejects with the
   * reason when the client leaves; does neither after the end.
   */
  wait(units: number): Promise<void>
  /** Whether work is waiting for a later turn. */
  isBusy(): boolean
  /**
   * Calls back in a later turn, when no work is waiting any more. It also calls back if the client has left, but not
   * after the end.
   */
  whenIdle(callback: () => void): void
  /** Counts work that is done, or will be. */
  note(units: number): void
  /** Ends the pace: no waiting work begins any more. */
  end(): void
  /** As when the client leaves: waiting work rejects with the reason, and the callbacks of `whenIdle` are called. */
  giveUp(reason: unknown): void
}

/**
 * A unit is about one field. A field that only shows a value takes 2 microseconds, one that leads to another object up to 50
 * with the promises below it: a turn takes some 10 milliseconds at the most.
 */
export const UNITS_PER_TURN = 250

/**
 * An ordinary screen fits into it, so it needs no later turn: 20 projects with owners, and 60 designs with summaries
 * and prices, take 1,460 (19 for the list, 360 for the projects, 4 for each owner, 50 for the designs of each project).
 * If all of that is in memory, it takes a millisecond.
 */
export const FIRST_TURN_UNITS = 6 * UNITS_PER_TURN

/**
 * Does the work of one turn as soon as it may be done. Returns the function that removes the work if it is still
 * waiting.
 */
export type InTurn = (work: () => void) => () => void

export const AT_ONCE: InTurn = (work) => {
  work()
  return () => {}
}

export interface PaceOptions {
  /** The units of the first turn; left out, `FIRST_TURN_UNITS`. */
  readonly firstUnits?: number
  /** Left out: the work is done at once. */
  readonly inTurn?: InTurn
  /** Called with all units that are noted. */
  readonly onNote?: (units: number) => void
  /** Called when something has to wait. When the signal aborts, waiting work rejects, and no further work waits. */
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
   * The rest of the work is not done, because no client would see it. The callbacks of `whenIdle` are called all the
   * same: otherwise the keys of a loader would never settle, and the request would never end.
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

/** The turns of one request: the units left of the running turn, and the work that begins in the next one. */
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
    // Each turn begins at least one piece of work, even one with more units than a turn has.
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
    /** Returns the callbacks of `whenIdle`, which are not called here. */
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

/** Listens once, and only for requests that have to wait: most requests are answered without any waiting. */
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
  /** How many items of `waiting` have begun. */
  let begun = 0
  const clear = (): void => {
    waiting = []
    begun = 0
  }
  return {
    hasAny: (): boolean => begun < waiting.length,
    all: (): readonly Waiting[] => waiting.slice(begun),
    add: (work: Waiting): void => void waiting.push(work),
    /** Begins the next item and returns its units. */
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
