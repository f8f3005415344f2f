// Checks the caller of a request: who it is, and whether it has sent too many. An unknown caller gets no further.

import type { IncomingMessage } from 'node:http'
import { CallerOutdated, CallerUnchecked, hasCredential } from '../callers/caller.ts'
import type { Authenticate, Caller, FieldReader } from '../callers/caller.ts'
import { addressOf } from '../callers/client-address.ts'
import { createRequestRate, MAX_WRONG_KEYS } from '../callers/request-rate.ts'
import type { Clock } from '../clock.ts'
import { createNewcomerCheck } from './check-newcomer.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import type { MaybeLater } from './maybe-later.ts'
import * as refusals from './refusal.ts'

export type CheckCaller = (
  incoming: IncomingMessage,
  headers: FieldReader,
) => MaybeLater<CheckedCaller | refusals.Refusal>

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
  const checkNewcomer = createNewcomerCheck({ ofCallers, clock })

  const decide = (
    caller: Caller | null,
    { incoming, headers }: Asking,
  ): MaybeLater<CheckedCaller | refusals.Refusal> => {
    const addressOfSender = (): string =>
      addressOf(incoming.socket.remoteAddress, headers.get('x-forwarded-for'), trustedProxies)
    // Without a key, nothing was guessed: an app before its log-in must not use up the guesses of its address.
    if (caller === null && !hasCredential(headers)) return refusals.unauthenticated(headers)
    if (caller === null) {
      // Counted after the check, so that a valid key from the same address is never refused.
      const waitMs = wrongKeys.count(addressOfSender())
      return waitMs === null
        ? refusals.unauthenticated(headers)
        : refusals.tooManyWrongKeys(waitMs, clock.wallMs())
    }
    const { credential } = caller
    if (credential && credential.standing() !== 'accepted')
      return checkNewcomer({ caller, credential, address: addressOfSender(), headers })
    const waitMs =
      options.callerRateLimit === 0
        ? null
        : ofCallers.count(JSON.stringify([caller.scope.budgetKey, caller.name]))
    if (waitMs !== null) return refusals.tooManyRequests(waitMs, clock.wallMs())
    return caller.isEverybody
      ? { ...caller, holder: JSON.stringify([caller.name, addressOfSender()]) }
      : caller
  }
  return (incoming, headers) => {
    const asking = { incoming, headers }
    const known = authenticate(headers)
    return known instanceof Promise
      ? known.then(
          (caller) => decide(caller, asking),
          (error: unknown) => refuseUnchecked(error, headers),
        )
      : decide(known, asking)
  }
}

interface Asking {
  readonly incoming: IncomingMessage
  readonly headers: FieldReader
}

/** Only a caller whose check needs somebody else, such as an identity provider, comes here. */
function refuseUnchecked(error: unknown, headers: FieldReader): refusals.Refusal {
  if (error instanceof CallerUnchecked) return refusals.callerUnchecked
  if (error instanceof CallerOutdated) return refusals.unauthenticated(headers)
  throw error
}
