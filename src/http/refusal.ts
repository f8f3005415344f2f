// The refusals of the http room: the status, code and text of each.

import type { FieldReader } from '../callers/caller.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { Excess } from '../exchange/json-excess.ts'
import type { Relief } from './relief.ts'

export interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  readonly extensions?: Readonly<Record<string, string | number>>
  /** The request came through a router whose own key is right. */
  readonly isToRouter?: true
}

/** Marks a refusal of a request that came through a router whose own key is right. */
export const toRouter = (refusal: Refusal): Refusal => ({ ...refusal, isToRouter: true })

/** The form of the request is wrong. Only the router can have chosen that form. */
const OF_FORM: ReadonlySet<number> = new Set([405, 406, 415])

/**
 * Routers show their users the status of a subgraph instead of its errors: of a 401, 403, 413 or 429 neither the code
 * nor the time to come again gets through, so these become errors. A 5xx stays as it is, because balancers and routers
 * have to see that the gateway itself is at fault or full.
 */
export const isShownAsErrors = ({ status, isToRouter }: Refusal): boolean =>
  isToRouter === true && status >= 400 && status < 500 && !OF_FORM.has(status)

/** A JSON array with the one error. */
export const errorsOf = ({ code, message, extensions }: Refusal): string =>
  JSON.stringify([{ message, extensions: { code, ...extensions } }])

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
    // A 401 has to name a scheme (RFC 9110, 15.5.2), and an error where a token was sent (RFC 6750, 3).
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

export const unreadableTarget: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'The address of the request cannot be read.',
}

export const bodyNotExpected: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'Only a POST may have a body.',
}

export const methodNotAllowed: Refusal = {
  status: 405,
  code: 'BAD_REQUEST',
  message: 'GraphQL is served by POST and GET.',
  headers: { allow: 'GET, HEAD, POST' },
}

export const typeNotAccepted: Refusal = {
  status: 406,
  code: 'BAD_REQUEST',
  message: 'Answers are application/json or application/graphql-response+json; the request accepts neither.',
}

/** A compressed body would be measured before it grows, and no body here is large enough to need compression. */
export const encodedBody: Refusal = {
  status: 415,
  code: 'BAD_REQUEST',
  message: 'The body must be sent without a Content-Encoding.',
  // The header in which a 415 lists what is accepted (RFC 9110, 15.5.16).
  headers: { 'accept-encoding': 'identity' },
}

export const preflightMissing: Refusal = {
  status: 403,
  code: 'BAD_REQUEST',
  message:
    'A GET or multipart request needs a header that no page of a stranger can send: "Authorization", "X-Api-Key", or "GraphQL-Require-Preflight: true".',
}

export const typeNotServed: Refusal = {
  status: 415,
  code: 'BAD_REQUEST',
  message:
    'A POST has the Content-Type "application/json" in UTF-8, or is multipart where it brings a file; a GET needs none.',
  headers: { accept: 'application/json, multipart/form-data' },
}

export function tooManyRequests(waitMs: number, wallMs: number): Refusal {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
  return {
    status: 429,
    code: 'RATE_LIMITED',
    message: 'This caller sends more requests in a minute than the gateway takes. No call was spent.',
    headers: { 'retry-after': String(retryAfter) },
    extensions: { retryAfter, retryAt: new Date(Math.ceil(wallMs + waitMs)).toISOString() },
  }
}

/** The same for a right key and a wrong one, so the answer no longer shows which it was. */
export const tooManyWrongKeys = (waitMs: number, wallMs: number): Refusal => ({
  ...tooManyRequests(waitMs, wallMs),
  message: 'So many wrong keys have come from this address that no more are looked at for a while.',
})

/** It does not say that the credential is wrong, because Aurora was not asked. */
export const tooManyNewcomers = (waitMs: number, wallMs: number): Refusal => ({
  ...tooManyRequests(waitMs, wallMs),
  message:
    'So many credentials that Aurora has not accepted come from this address that this one is not tried yet.',
})

/** Refusals of a gateway that has as much work as it can do. If one caller alone causes it, the refusal is a 429. */
const OVERLOADS = {
  requests: {
    status: 503,
    message: 'As many requests as the gateway takes are under way. No call was spent.',
  },
  requestsOfCaller: {
    status: 429,
    message: 'As many requests of this caller as the gateway takes are under way. No call was spent.',
  },
  bodies: { status: 503, message: 'As many large bodies as the gateway takes at once are being received.' },
  bodiesOfCaller: {
    status: 429,
    message: 'As many large bodies of this caller as the gateway takes at once are being received.',
  },
  answers: {
    status: 503,
    message:
      'Clients have not taken so many answers that there is no room for this one. What was executed stays executed.',
  },
  answersOfCaller: {
    status: 429,
    message:
      'This caller has not taken so many answers that there is no room for this one. What was executed stays executed.',
  },
  streams: { status: 503, message: 'As many streams as the gateway takes are open.' },
  streamsOfCaller: {
    status: 429,
    message: 'As many streams of this caller as the gateway takes are open: close some that nobody looks at.',
  },
} as const satisfies Partial<Record<Relief, Pick<Refusal, 'status' | 'message'>>>

/** Requests end within milliseconds as a rule, and slow readers are closed: a second later there is room. */
const OVERLOAD_MS = 1_000
/** Streams stay open for minutes, but each screen that is left closes some. */
const STREAMS_MS = 10_000

export const overloaded = (relief: keyof typeof OVERLOADS, wallMs: number): Refusal => ({
  ...tooManyRequests(relief.startsWith('streams') ? STREAMS_MS : OVERLOAD_MS, wallMs),
  ...OVERLOADS[relief],
})

/**
 * For a client that opens a stream while the server ends: it then connects to another replica, or to the next process.
 */
export const draining = (wallMs: number): Refusal => ({
  ...tooManyRequests(OVERLOAD_MS, wallMs),
  status: 503,
  message: 'This gateway is ending and opens no streams any more. Connect again.',
})

/** The answers to requests behind a stream come only after its end. */
export const streamInUse: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'A stream is open on this connection already: open another connection for each stream.',
}

/** For an operation that has no single answer. */
export const streamNotAccepted: Refusal = {
  status: 406,
  code: 'BAD_REQUEST',
  message:
    'This operation is answered by a stream: send "Accept: text/event-stream", or "multipart/mixed;subscriptionSpec=1.0".',
}

/** The relief for the bound that was reached. */
export const reliefOf = <K extends 'requests' | 'bodies' | 'answers' | 'streams'>(
  what: K,
  by: 'caller' | 'all',
): K | `${K}OfCaller` => (by === 'all' ? what : `${what}OfCaller`)

export const tooManyUploads: Refusal = {
  status: 503,
  code: 'QUERY_REJECTED',
  message: 'As many files as are taken at once are being uploaded: send it again in some seconds.',
  headers: { 'retry-after': '5' },
  extensions: { retryAfter: 5 },
}

export const bodyNotUtf8: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'The body is not UTF-8, so its text cannot be read without a loss.',
}

export const bodyUnclosed: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'The body is not JSON: it opens more lists than it closes.',
}

export function bodyTooLarge(maxBytes: number, actualBytes: number): Refusal {
  return {
    status: 413,
    code: 'QUERY_REJECTED',
    message: `The body is larger than the ${maxBytes} bytes that are taken.`,
    extensions: { limit: maxBytes, actual: actualBytes },
  }
}

export function bodyTooWide({ limit, actual }: Excess): Refusal {
  return {
    status: 400,
    code: 'QUERY_REJECTED',
    message: `The JSON of a request may have ${limit} members.`,
    extensions: { limit, actual },
  }
}

export function unexpected(errorId: string): Refusal {
  return {
    status: 500,
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Unexpected error.',
    extensions: { errorId },
  }
}
