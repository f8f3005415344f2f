// The terms of reads that no client waits for: they take only slots that are free and that the budget has to spare.
import type { Clock } from '../clock.ts'
import { NEVER_LEFT } from '../leaving.ts'
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

interface ReadAgain {
  readonly nowMs: number
  /** What is younger is not read again. */
  readonly maxAgeMs: number
}

/** Of reads that bring again what a request was answered with, when it is answered: as revalidations do. */
export const toLaterTerms = (terms: Terms, { nowMs, maxAgeMs }: ReadAgain): Terms => ({
  ...terms,
  callClass: 'revalidation',
  signal: NEVER_LEFT,
  begunAtMs: nowMs,
  deadlineAtMs: nowMs + (terms.deadlineAtMs - terms.begunAtMs),
  waitUntilMs: 0,
  freshness: { ...ANY_FRESHNESS, maxAgeMs },
  afterwards: () => {},
  admitCalls: undefined,
  tally: createTally(),
  onStale: () => {},
  onUsed: () => {},
})
