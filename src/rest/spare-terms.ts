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
  readonly timeoutMs: number
  /** What is younger is not read again; left out, all is. */
  readonly maxAgeMs?: number
}

/** What is different for calls that bring again what a request was answered with, when it is answered. */
export const createLaterTerms = ({ nowMs, timeoutMs, maxAgeMs }: ReadAgain): Partial<Terms> => ({
  callClass: 'revalidation',
  signal: NEVER_LEFT,
  begunAtMs: nowMs,
  deadlineAtMs: nowMs + timeoutMs,
  waitUntilMs: 0,
  freshness: maxAgeMs === undefined ? ANY_FRESHNESS : { ...ANY_FRESHNESS, maxAgeMs },
  afterwards: () => {},
  // The request may have cost too much for a call of its own, and the slots of these are to spare.
  admitCalls: () => null,
  tally: createTally(),
  onStale: () => {},
  onUsed: () => {},
})
