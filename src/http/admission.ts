// Lets a request in: who sends it, and whether that one has not sent too many. Nobody unknown gets further.

import type { IncomingMessage } from 'node:http'
import { CallerUnchecked, type Authenticate, type Caller } from '../callers/caller.ts'
import { addressOf, createRequestRate, MAX_WRONG_KEYS } from '../callers/request-rate.ts'
import type { Clock } from '../clock.ts'
import * as refusals from './refusal.ts'

export type Admit = (incoming: IncomingMessage, headers: Headers) => Promise<Caller | refusals.Refusal>

export interface AdmissionOptions {
  readonly authenticate: Authenticate
  /** Requests of one caller in a minute; 0: any number. */
  readonly callerRateLimit: number
  readonly trustedProxies: number
  readonly clock: Clock
}

export function createAdmission(options: AdmissionOptions): Admit {
  const { authenticate, trustedProxies, clock } = options
  const ofCallers = createRequestRate({ limit: options.callerRateLimit, clock })
  const wrongKeys = createRequestRate({ limit: MAX_WRONG_KEYS, clock })

  return async (incoming, headers) => {
    let caller: Caller | null
    try {
      caller = await authenticate(headers)
    } catch (error) {
      if (error instanceof CallerUnchecked) return refusals.callerUnchecked
      throw error
    }
    if (caller === null) {
      const address = addressOf(incoming.socket.remoteAddress, headers.get('x-forwarded-for'), trustedProxies)
      // Counted after it was looked at, so that others behind the same address are not shut out by it.
      const waitMs = wrongKeys.count(address)
      return waitMs === null
        ? refusals.unauthenticated(headers)
        : refusals.tooManyWrongKeys(waitMs, clock.wallMs())
    }
    const waitMs = ofCallers.count(JSON.stringify([caller.scope.key, caller.name]))
    return waitMs === null ? caller : refusals.tooManyRequests(waitMs, clock.wallMs())
  }
}
