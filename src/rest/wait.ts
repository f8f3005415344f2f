// How long a call may wait, for a slot of the budget or for a named time.
import type { GatewayError } from '../errors/errors.ts'
import type { Terms } from './terms.ts'

/** How long a call may wait: shared by all callers that wait for it, and each of them may extend it. */
export interface Wait {
  /** Monotonic time. */
  latestMs: number
  /** The expected time of sending, while the call waits for a slot or for a named time; null before and after. */
  retryAtMs: number | null
  /**
   * While the call waits for a named time: the failure for callers who do not wait that long. Its `retryAtMs` is the
   * one above.
   */
  failure?: GatewayError | null
  /** Called when the call begins to wait. */
  readonly begun?: () => void
}

export interface WaitingCall {
  readonly wait?: Wait | undefined
  readonly terms: Pick<Terms, 'waitUntilMs'>
}

/** Monotonic time until which the call may wait. */
export const waitEndOf = ({ wait, terms }: WaitingCall): number => wait?.latestMs ?? terms.waitUntilMs

/** Notes in the wait that the call is sent again at the time that `failure` has, and not earlier. */
export function beginWait(wait: Wait, failure: GatewayError): void {
  wait.retryAtMs = failure.details.retryAtMs ?? null
  wait.failure = failure
  wait.begun?.()
}

export function endWait(wait: Wait): void {
  wait.retryAtMs = null
  wait.failure = null
}
