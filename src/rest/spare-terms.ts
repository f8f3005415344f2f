// The terms of a read that no client waits for: it takes only a slot that is free and that the budget has to spare.
import type { Clock } from '../clock.ts'
import type { LeaveSignal } from '../leaving.ts'
import { createTally } from '../telemetry/tally.ts'
import { ANY_FRESHNESS } from './freshness.ts'
import type { Scope } from './scope.ts'
import type { Terms } from './terms.ts'

export interface SpareReading {
  readonly scope: Scope
  /** In whose name slots are shared fairly. */
  readonly caller: string
  readonly signal: LeaveSignal
  readonly clock: Clock
  readonly timeoutMs: number
}

export function createSpareTerms({ scope, caller, signal, clock, timeoutMs }: SpareReading): Terms {
  const nowMs = clock.monotonicMs()
  return {
    scope,
    caller,
    callClass: 'warmUp',
    signal,
    begunAtMs: nowMs,
    deadlineAtMs: nowMs + timeoutMs,
    waitUntilMs: 0,
    freshness: ANY_FRESHNESS,
    afterwards: () => {},
    tally: createTally(),
    onStale: () => {},
    onUsed: () => {},
  }
}
