// The bounds of a dry run: a number of calls, and a number of fields of all objects together. It ends there even if not everything is counted.
import type { LeaveSignal } from '../leaving.ts'
import { AT_ONCE, createPace } from '../turns/pace.ts'
import type { InTurn, Pace } from '../turns/pace.ts'

export interface Bounds {
  /** Divides the dry run into turns. */
  readonly pace: Pace
  /** Does a piece as soon as a turn has time for it: the pieces of all requests share the turns of the event loop. */
  readonly inTurn: InTurn
  /** Returns how many of the calls are counted; the first one beyond the bound is the last. */
  spend(calls: number): number
  /** Whether the bound was passed: no further work begins, so the execution never ends, and must not be awaited. */
  isPassed(): boolean
  /** Ends the dry run as if the bounds were passed. */
  pass(): void
  /** Resolves when the bounds are passed. */
  readonly passed: Promise<void>
}

export interface BoundsOptions {
  readonly maxCalls: number
  /**
   * Beyond this many calls it ends as soon as it has executed more than is cheap; left out: it ends only at its other
   * bounds.
   */
  readonly enough?: number | undefined
  /** Shared by all dry runs of one request, even if it explains several operations. */
  readonly fields: Allowance
  /** Does a piece of the dry run as soon as a turn has time for it; left out, at once. */
  readonly inTurn?: InTurn | undefined
  /**
   * Ends the dry run when it aborts, because no request waits for it any more. Left out if other requests may wait for
   * it.
   */
  readonly leaving?: LeaveSignal | undefined
}

/**
 * Some 100 milliseconds. Calls for objects that are alike are counted together, so that the number is exact for nearly
 * every operation. Counting beyond the limit is not worth more.
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
