// The refusals of the check of callers: of an unknown caller, and of one that sends too much.

import type { FieldReader } from '../callers/caller.ts'
import { refuseFor, toRouter } from './refusal.ts'
import type { Refusal } from './refusal.ts'

/**
 * One text for every reason, so that it reveals nothing about keys. It has all hints, so that users can help
 * themselves.
 */
export const unauthenticated = (headers: FieldReader): Refusal => ({
  status: 401,
  code: 'UNAUTHENTICATED',
  message:
    'The gateway does not know this caller: send your key or token as "Authorization: Bearer <key>", a gateway key also as "X-Api-Key: <key>", ' +
    'and with a token of Aurora "X-Aurora-Tenant-Id". A gateway without keys (CALLER_AUTH=none) answers only on localhost.',
  headers: {
    // A 401 has to name a scheme (RFC 9110, 15.5.2), and an error if a token was sent (RFC 6750, 3).
    'www-authenticate': headers.has('authorization')
      ? 'Bearer realm="gateway", error="invalid_token"'
      : 'Bearer realm="gateway"',
  },
})

/** For a router whose own key is right, but whose user is unknown. */
export const userUnknown: Refusal = toRouter({
  status: 401,
  code: 'UNAUTHENTICATED',
  message:
    'The gateway does not know the user for whom the router asks: the token that the router forwards in "Authorization" is missing, not valid any more, or for another tenant.',
})

/** Not the caller's fault: its token may be valid, and a 401 would make an app discard it. */
export const callerUnchecked: Refusal = {
  status: 503,
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Who is calling cannot be checked at the moment: the identity provider does not answer.',
  headers: { 'retry-after': '5' },
  extensions: { retryAfter: 5 },
}

const TOO_MANY = {
  requests: 'This caller sends more requests in a minute than the gateway takes. No call was spent.',
  // The same for a right key and a wrong one, so the answer no longer shows which it was.
  wrongKeys: 'So many wrong keys have come from this address that no more are looked at for a while.',
  // It does not say that the credential is wrong, because Aurora was not asked.
  newcomers:
    'So many credentials that Aurora has not accepted come from this address that this one is not tried yet.',
} as const

/** What there are too many of decides the text; `waitMs` later there may be more. */
export const tooMany = (what: keyof typeof TOO_MANY, waitMs: number, wallMs: number): Refusal =>
  refuseFor(waitMs, wallMs, { status: 429, message: TOO_MANY[what] })
