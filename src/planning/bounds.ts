// Where a dry run ends before everything is counted: at so many calls, or at so many fields of all objects together.
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'

export interface Bounds {
  /** Divides the dry run into turns. */
  readonly pace: Pace
  /** Does a piece when it may be done: the pieces of all requests share the turns of the event loop. */
  readonly inTurn: (piece: () => void) => void
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
  /** Shared by all dry runs of one request, however many operations it explains. */
  readonly fields: Allowance
  /** Does a piece of the dry run when it may be done; left out, at once. */
  readonly inTurn?: ((piece: () => void) => void) | undefined
}

export interface Allowance {
  left: number
}

export function createBounds({ maxCalls, fields, inTurn = (piece) => piece() }: BoundsOptions): Bounds {
  let left = maxCalls
  let isPassed = false
  let resolvePassed = (): void => {}
  const passed = new Promise<void>((resolve) => void (resolvePassed = resolve))
  const pace = createPace({
    inTurn,
    onNote: (units) => {
      fields.left -= units
      if (fields.left < 0) pass()
    },
  })

  function pass(): void {
    if (isPassed) return
    isPassed = true
    pace.end()
    resolvePassed()
  }

  return {
    pace,
    inTurn,
    passed,
    isPassed: () => isPassed,
    pass,
    spend(calls) {
      const counted = Math.min(calls, left + 1)
      left -= counted
      if (left < 0) pass()
      return counted
    },
  }
}
