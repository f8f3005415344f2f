// Checks the caller of a request: who it is, and whether it has sent too many requests. An unknown caller gets no further.

import type { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { CallerOutdated, CallerUnchecked, hasCredential, UserRefused } from '../callers/caller.ts'
import type { Authenticate, Caller, FieldReader } from '../callers/caller.ts'
import { addressOf } from '../callers/client-address.ts'
import { createRequestRate, MAX_WRONG_KEYS } from '../callers/request-rate.ts'
import type { Clock } from '../clock.ts'
import { createNewcomerCheck, nameInScope } from './check-newcomer.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import { callerUnchecked, tooMany, unauthenticated, userUnknown } from './caller-refusals.ts'
import { toRouter } from './refusal.ts'
import type { Refusal } from './refusal.ts'

export interface CheckCaller {
  /** Identifies the caller and counts the request, as the two functions below. */
  (incoming: IncomingMessage, headers: FieldReader): Soon<CheckedCaller | Refusal>
  /** Finds out who the caller is; counts nothing. */
  readonly identify: Authenticate
  /** Counts the request. */
  admit(caller: Caller | null, incoming: IncomingMessage, headers: FieldReader): Soon<CheckedCaller | Refusal>
}

export interface CallerCheckOptions {
  readonly authenticate: Authenticate
  /** Requests of one caller in a minute; 0: any number. */
  readonly callerRateLimit: number
  readonly trustedProxies: number
  readonly clock: Clock
}

export function createCallerCheck(options: CallerCheckOptions): CheckCaller {
  const { authenticate } = options
  const decide = createDecide(options)

  const check = (incoming: IncomingMessage, headers: FieldReader): Soon<CheckedCaller | Refusal> => {
    const asking = { incoming, headers }
    const known = authenticate(headers)
    return known instanceof Promise
      ? known.then(
          (caller) => decide(caller, asking),
          (error: unknown) => refuseUnchecked(error, headers),
        )
      : decide(known, asking)
  }
  return Object.assign(check, {
    identify: authenticate,
    admit: (caller: Caller | null, incoming: IncomingMessage, headers: FieldReader) =>
      decide(caller, { incoming, headers }),
  })
}

type Decide = (caller: Caller | null, asking: Asking) => Soon<CheckedCaller | Refusal>

function createDecide({ trustedProxies, callerRateLimit, clock }: CallerCheckOptions): Decide {
  const ofCallers = createRequestRate({ limit: callerRateLimit, clock })
  const wrongKeys = createRequestRate({ limit: MAX_WRONG_KEYS, clock })
  const checkNewcomer = createNewcomerCheck({ ofCallers, clock })
  const placeOf = createAddresses(trustedProxies)
  const holders = createHolders()

  const decide: Decide = (caller, { incoming, headers }) => {
    const addressOfSender = (): string => placeOf(incoming.socket.remoteAddress, headers)
    // A request without a key is no guess. An app sends such requests before its user logs in, and they must not count as wrong keys.
    if (caller === null && !hasCredential(headers)) return unauthenticated(headers)
    if (caller === null) {
      // Counted after the check, so that a valid key from the same address is never refused.
      const waitMs = wrongKeys.count(addressOfSender())
      return waitMs === null ? unauthenticated(headers) : tooMany('wrongKeys', waitMs, clock.wallMs())
    }
    const { credential } = caller
    if (credential && credential.standing() !== 'accepted')
      return checkNewcomer({ caller, credential, address: placeOfUser(caller) ?? addressOfSender(), headers })
    const waitMs = callerRateLimit === 0 ? null : ofCallers.count(nameInScope(caller))
    if (waitMs !== null) return tooMany('requests', waitMs, clock.wallMs())
    return caller.isEverybody ? holders.at(caller, addressOfSender()) : holders.own(caller)
  }
  return (caller, asking) => {
    const decided = decide(caller, asking)
    if (!caller?.router) return decided
    return whenThere(decided, (checked) => ('status' in checked ? toRouter(checked) : checked))
  }
}

/** All users of a router have its address. */
const placeOfUser = ({ router }: Caller): string | null =>
  router && router.user !== null ? `user ${router.user}` : null

/** Clients of one address send many requests. */
const MAX_ADDRESSES = 2_000

/** Callers with the names under which they hold places. Each is made once for a caller that sends many requests. */
function createHolders() {
  const named = new WeakMap<Caller, CheckedCaller>()
  const placed = new WeakMap<Caller, LRUCache<string, CheckedCaller>>()
  return {
    own(caller: Caller): CheckedCaller {
      const known = named.get(caller)
      if (known) return known
      const checked = { ...caller, holder: nameInScope(caller) }
      named.set(caller, checked)
      return checked
    },
    at(caller: Caller, address: string): CheckedCaller {
      const places = placed.get(caller) ?? new LRUCache<string, CheckedCaller>({ max: MAX_ADDRESSES })
      placed.set(caller, places)
      const known = places.get(address)
      if (known) return known
      const checked = { ...caller, holder: JSON.stringify([caller.name, address]) }
      places.set(address, checked)
      return checked
    },
  }
}

/** The address of the sender. Without proxies before the gateway it is that of the connection, and read once. */
function createAddresses(trustedProxies: number) {
  const known = new LRUCache<string, string>({ max: MAX_ADDRESSES })
  return (peer: string | undefined, headers: FieldReader): string => {
    if (trustedProxies > 0 || peer === undefined)
      return addressOf(peer, headers.get('x-forwarded-for'), trustedProxies)
    const read = known.get(peer)
    if (read !== undefined) return read
    const address = addressOf(peer, null, 0)
    known.set(peer, address)
    return address
  }
}

interface Asking {
  readonly incoming: IncomingMessage
  readonly headers: FieldReader
}

/** Only a check that needs another server, such as an identity provider, can fail in this way. */
function refuseUnchecked(error: unknown, headers: FieldReader): Refusal {
  if (error instanceof UserRefused) return userUnknown
  if (error instanceof CallerUnchecked) return callerUnchecked
  if (error instanceof CallerOutdated) return unauthenticated(headers)
  throw error
}
