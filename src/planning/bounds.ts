// Where a dry run ends before everything is counted: at so many calls, or at so many fields of all objects together.
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'

export interface Bounds {
  /** Divides the dry run into turns. */
  readonly pace: Pace
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
}

export interface Allowance {
  left: number
}

export function createBounds({ maxCalls, fields }: BoundsOptions): Bounds {
  let left = maxCalls
  let isPassed = false
  let resolvePassed = (): void => {}
  const passed = new Promise<void>((resolve) => void (resolvePassed = resolve))
  const pace = createPace({
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
