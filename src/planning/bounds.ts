// Where a dry run ends before everything is counted: at so many calls, or at so many fields of all objects together.
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'

export interface Bounds {
  /** Divides the dry run into turns. */
  readonly pace: Pace
  spend(calls: number): void
  /** The bound was passed: nothing begins any more, so the execution never ends, and must not be waited for. */
  isPassed(): boolean
  /** Resolves then. */
  readonly passed: Promise<void>
}

export interface BoundsOptions {
  readonly maxCalls: number
  readonly maxFields: number
}

export function createBounds({ maxCalls, maxFields }: BoundsOptions): Bounds {
  let left = maxCalls
  let isPassed = false
  let tell = (): void => {}
  const passed = new Promise<void>((resolve) => void (tell = resolve))
  const pace = createPace({ maxUnits: maxFields, onTooMany: pass })

  function pass(): void {
    if (isPassed) return
    isPassed = true
    pace.end()
    tell()
  }

  return {
    pace,
    passed,
    isPassed: () => isPassed,
    spend(calls) {
      left -= calls
      if (left < 0) pass()
    },
  }
}
