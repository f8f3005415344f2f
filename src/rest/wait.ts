// How long a call may wait, for a slot of the budget or for a time that Aurora named.
import type { GatewayError } from '../errors/errors.ts'
import type { Terms } from './terms.ts'

/** How long a call may wait: shared by all callers that wait for it, and each of them may extend it. */
export interface Wait {
  /** Monotonic. */
  latestMs: number
  /** While the call queues, when it is expected to be sent; null before and after. */
  retryAtMs: number | null
  /** While the call waits for a time that Aurora named: its refusal, which is for callers that wait less long. */
  postponedBy?: GatewayError | null
  /** Called when the call was refused and waits to be sent again; `error` as above. */
  readonly postponed?: (error: GatewayError) => void
}

export interface WaitingCall {
  readonly wait?: Wait
  readonly terms: Pick<Terms, 'waitUntilMs'>
}

/** Monotonic; until then the call may wait. */
export const waitEndOf = ({ wait, terms }: WaitingCall): number => wait?.latestMs ?? terms.waitUntilMs
