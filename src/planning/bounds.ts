// Where a dry run ends before everything is counted: at so many calls, or at so many fields of all objects together.
import type { LeaveSignal } from '../leaving.ts'
import { AT_ONCE, createPace } from '../turns/pace.ts'
import type { InTurn, Pace } from '../turns/pace.ts'

export interface Bounds {
  /** Divides the dry run into turns. */
  readonly pace: Pace
  /** Does a piece when it may be done: the pieces of all requests share the turns of the event loop. */
  readonly inTurn: InTurn
  /** Returns how many of them are counted: the first one beyond the bound is the last. */
  spend(calls: number): number
  /** The bound was passed: nothing begins any more, so the execution never ends, and must not be waited for. */
  isPassed(): boolean
  /** Ends the dry run as if they were passed. */
  pass(): void
  /** Resolves then. */
  readonly passed: Promise<void>
}

export interface BoundsOptions {
  readonly maxCalls: number
  /** Beyond so many calls it ends when it has executed more than is cheap; left out, at its other bounds. */
  readonly enough?: number | undefined
  /** Shared by all dry runs of one request, however many operations it explains. */
  readonly fields: Allowance
  /** Does a piece of the dry run when it may be done; left out, at once. */
  readonly inTurn?: InTurn | undefined
  /** Ends the dry run when it aborts: nobody waits for it any more. Left out where others may wait for it. */
  readonly leaving?: LeaveSignal | undefined
}

/**
 * Some 100 milliseconds. Calls for objects that are alike are counted together, so that the number is exact for nearly every
 * operation; one that has passed its limit in another way is not worth more.
 */
const CHEAP_FIELDS = 5_000

export interface Allowance {
  left: number
}

export function createBounds({
  maxCalls,
  enough = Infinity,
  fields,
  inTurn = AT_ONCE,
  leaving,
}: BoundsOptions): Bounds {
  let left = maxCalls
  let executed = 0
  let isPassed = false
  let resolvePassed = (): void => {}
  const passed = new Promise<void>((resolve) => void (resolvePassed = resolve))
  const pace = createPace({
    inTurn,
    onNote: (units) => {
      fields.left -= units
      executed += units
      check()
    },
  })

  function check(): void {
    const isEnough = maxCalls - left > enough && executed > CHEAP_FIELDS
    if (left < 0 || fields.left < 0 || isEnough) pass()
  }

  function pass(): void {
    if (isPassed) return
    isPassed = true
    pace.end()
    resolvePassed()
  }

  if (leaving?.aborted) pass()
  else leaving?.addEventListener('abort', pass, { once: true })

  return {
    pace,
    inTurn,
    passed,
    isPassed: () => isPassed,
    pass,
    spend(calls) {
      const counted = Math.min(calls, left + 1)
      left -= counted
      check()
      return counted
    },
  }
}
