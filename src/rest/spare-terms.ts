// The terms of reads that no client waits for, which take only spare slots of the budget.
import type { Clock } from '../clock.ts'
import { NEVER_LEFT } from '../leaving.ts'
import type { LeaveSignal } from '../leaving.ts'
import { createTally } from '../telemetry/tally.ts'
import { ANY_FRESHNESS } from './freshness.ts'
import type { Scope } from './scope.ts'
import type { Terms } from './terms.ts'

export interface SpareReading {
  readonly scope: Scope
  /** Under which name the slots are shared fairly. */
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
  /** Younger replies are not read again; left out, all are. */
  readonly maxAgeMs?: number
}

/** The different terms of calls that are made after a request to read its replies again. */
export const createLaterTerms = ({ nowMs, timeoutMs, maxAgeMs }: ReadAgain): Partial<Terms> => ({
  callClass: 'revalidation',
  signal: NEVER_LEFT,
  begunAtMs: nowMs,
  deadlineAtMs: nowMs + timeoutMs,
  waitUntilMs: 0,
  freshness: maxAgeMs === undefined ? ANY_FRESHNESS : { ...ANY_FRESHNESS, maxAgeMs },
  afterwards: () => {},
  // The request may have cost too much for calls of its own, but these calls only take spare slots.
  admitCalls: () => null,
  tally: createTally(),
  onStale: () => {},
  onUsed: () => {},
})
