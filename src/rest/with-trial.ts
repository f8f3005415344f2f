// A credential that Aurora has not accepted yet has one call under way, and the others wait for its answer.
import type { LeaveSignal } from '../leaving.ts'
import type { Call, Layer, Reply, Upstream } from './call.ts'
import { toRefusalError } from './refusal-error.ts'
import type { ScopeKey } from './scope.ts'
import type { Standings } from './standings.ts'

export interface WithTrialOptions {
  readonly standings: Standings
  readonly clock: { monotonicMs(): number }
}

/**
 * Anybody can make up credentials, and each of them costs a call. So the first call goes alone. A success lets the others
 * pass; after a 401 they are refused in the same way without a call, for a while; after anything else the next one goes
 * alone. A credential of the settings, and one that was accepted, passes at once. Reads and writes share the trials.
 */
export function createTrials({ standings, clock }: WithTrialOptions): Layer {
  const trials = new Map<ScopeKey, Promise<unknown>>()

  async function run({ terms: { scope } }: Call, call: () => Promise<Reply>): Promise<Reply> {
    const reply = call()
    const over = reply.then(
      () => {},
      () => {},
    )
    trials.set(scope.key, over)
    return reply.finally(() => trials.delete(scope.key))
  }

  async function pass(call: Call, next: Upstream): Promise<Reply> {
    const { scope, signal } = call.terms
    for (;;) {
      const standing = standings.of(scope)
      if (standing === 'accepted') return next(call)
      if (standing === 'refused') throw refusedAgain(call, clock.monotonicMs())
      const trial = trials.get(scope.key)
      if (!trial) return run(call, () => next(call))
      await settledOrLeft(trial, signal)
    }
  }

  return (next) => (call) => (standings.of(call.terms.scope) === 'accepted' ? next(call) : pass(call, next))
}

const refusedAgain = ({ endpoint }: Call, nowMs: number): Error =>
  toRefusalError(endpoint, { status: 401, answeredAtMs: nowMs, retryAfterMs: null })

/** Rejects with the signal's reason when it aborts. */
function settledOrLeft(trial: Promise<unknown>, signal: LeaveSignal): Promise<unknown> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    void trial.then(resolve).finally(() => signal.removeEventListener('abort', leave))
  })
}
