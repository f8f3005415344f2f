// Checks the caller of a request: who it is, and whether it has sent too many. An unknown caller gets no further.

import type { IncomingMessage } from 'node:http'
import { CallerOutdated, CallerUnchecked, hasCredential } from '../callers/caller.ts'
import type { Authenticate, BroughtCredential, Caller } from '../callers/caller.ts'
import { addressOf } from '../callers/client-address.ts'
import { createNewcomers } from '../callers/newcomers.ts'
import { createRequestRate, MAX_WRONG_KEYS } from '../callers/request-rate.ts'
import type { Clock } from '../clock.ts'
import * as refusals from './refusal.ts'

export type CheckCaller = (
  incoming: IncomingMessage,
  headers: Headers,
) => Promise<CheckedCaller | refusals.Refusal>

export interface CheckedCaller extends Caller {
  /**
   * To be called when a request is about to be executed. Returns a refusal, or a function to be called when it is answered.
   * Left out for a caller whose requests need not be counted.
   */
  begin?(): refusals.Refusal | (() => void)
}

export interface CallerCheckOptions {
  readonly authenticate: Authenticate
  /** Requests of one caller in a minute; 0: any number. */
  readonly callerRateLimit: number
  readonly trustedProxies: number
  readonly clock: Clock
}

export function createCallerCheck(options: CallerCheckOptions): CheckCaller {
  const { authenticate, trustedProxies, clock } = options
  const ofCallers = createRequestRate({ limit: options.callerRateLimit, clock })
  const wrongKeys = createRequestRate({ limit: MAX_WRONG_KEYS, clock })
  const newcomers = createNewcomers({ clock })

  /** A credential that Aurora has not accepted here may be made up: its requests count for the address that sends them. */
  async function checkNewcomer(
    caller: Caller,
    credential: BroughtCredential,
    address: string,
    headers: Headers,
  ) {
    const { key } = caller.scope
    const newWaitMs = newcomers.waitMs(address, key)
    if (newWaitMs !== null) return refusals.tooManyWrongKeys(newWaitMs, clock.wallMs())
    if (credential.standing() === 'unknown') await credential.recall()
    if (credential.standing() === 'accepted') return caller
    if (credential.standing() === 'refused') return refusals.unauthenticated(headers)
    const waitMs = ofCallers.count(JSON.stringify([address]))
    if (waitMs !== null) return refusals.tooManyRequests(waitMs, clock.wallMs())
    return {
      ...caller,
      begin() {
        // The check above was before the body was read: others may have begun since.
        const beginWaitMs = newcomers.waitMs(address, key)
        if (beginWaitMs !== null) return refusals.tooManyWrongKeys(beginWaitMs, clock.wallMs())
        const end = newcomers.begin(address, key)
        return () => {
          end()
          if (credential.isDoubtful()) newcomers.note(address, key)
        }
      },
    }
  }

  return async (incoming, headers) => {
    let caller: Caller | null
    try {
      caller = await authenticate(headers)
    } catch (error) {
      if (error instanceof CallerUnchecked) return refusals.callerUnchecked
      if (error instanceof CallerOutdated) return refusals.unauthenticated(headers)
      throw error
    }
    const address = addressOf(incoming.socket.remoteAddress, headers.get('x-forwarded-for'), trustedProxies)
    // Without a key, nothing was guessed: an app before its log-in must not use up the guesses of its address.
    if (caller === null && !hasCredential(headers)) return refusals.unauthenticated(headers)
    if (caller === null) {
      // Counted after the check, so that a valid key from the same address is never refused.
      const waitMs = wrongKeys.count(address)
      return waitMs === null
        ? refusals.unauthenticated(headers)
        : refusals.tooManyWrongKeys(waitMs, clock.wallMs())
    }
    const { credential } = caller
    if (credential && credential.standing() !== 'accepted')
      return checkNewcomer(caller, credential, address, headers)
    const waitMs = ofCallers.count(JSON.stringify([caller.scope.budgetKey, caller.name]))
    return waitMs === null ? caller : refusals.tooManyRequests(waitMs, clock.wallMs())
  }
}
