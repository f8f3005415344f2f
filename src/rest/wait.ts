// How long a call may wait, for a slot of the budget or for a named time.
import type { GatewayError } from '../errors/errors.ts'
import type { Terms } from './terms.ts'

/** How long a call may wait: shared by all callers that wait for it, and each of them may extend it. */
export interface Wait {
  /** Monotonic. */
  latestMs: number
  /** While the call waits to be sent, for a slot or for a named time: when it is expected to be sent; null before and after. */
  retryAtMs: number | null
  /** While the call waits for a named time: the failure of callers who do not wait so long. Its `retryAtMs` is the one above. */
  failure?: GatewayError | null
  /** Called when the call begins to wait. */
  readonly begun?: () => void
}

export interface WaitingCall {
  readonly wait?: Wait | undefined
  readonly terms: Pick<Terms, 'waitUntilMs'>
}

/** Monotonic; until then the call may wait. */
export const waitEndOf = ({ wait, terms }: WaitingCall): number => wait?.latestMs ?? terms.waitUntilMs

/** Shows in the wait that the call is sent again at the time that `failure` has, and not before. */
export function beginWait(wait: Wait, failure: GatewayError): void {
  wait.retryAtMs = failure.details.retryAtMs ?? null
  wait.failure = failure
  wait.begun?.()
}

export function endWait(wait: Wait): void {
  wait.retryAtMs = null
  wait.failure = null
}
