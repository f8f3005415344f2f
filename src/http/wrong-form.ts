// The refusals of requests whose form is wrong: the same request is refused again, whoever sends it.

import type { Excess } from '../exchange/json-excess.ts'
import type { Refusal } from './refusal.ts'

export const WRONG_FORM = {
  unreadableTarget: {
    status: 400,
    code: 'BAD_REQUEST',
    message: 'The address of the request cannot be read.',
  },
  bodyNotExpected: {
    status: 400,
    code: 'BAD_REQUEST',
    message: 'Only a POST may have a body.',
  },
  methodNotAllowed: {
    status: 405,
    code: 'BAD_REQUEST',
    message: 'GraphQL is served by POST and GET.',
    headers: { allow: 'GET, HEAD, POST' },
  },
  /**
   * A server may ignore a wish for another protocol (RFC 9110, 7.8), but a client of WebSockets can use no other answer. 426 would
   * demand an upgrade from the client.
   */
  webSocketNotServed: {
    status: 400,
    code: 'BAD_REQUEST',
    message:
      'WebSockets are not served: send a subscription or a live query by POST or GET, with "Accept: text/event-stream" or "multipart/mixed;subscriptionSpec=1.0".',
  },
  typeNotAccepted: {
    status: 406,
    code: 'BAD_REQUEST',
    message:
      'Answers are application/json or application/graphql-response+json; the request accepts neither.',
  },
  typeNotServed: {
    status: 415,
    code: 'BAD_REQUEST',
    message:
      'A POST has the Content-Type "application/json" in UTF-8, or is multipart where it brings a file; a GET needs none.',
    headers: { accept: 'application/json, multipart/form-data' },
  },
  /** A compressed body would be measured before it grows, and no body here is large enough to need compression. */
  encodedBody: {
    status: 415,
    code: 'BAD_REQUEST',
    message: 'The body must be sent without a Content-Encoding.',
    // The header in which a 415 lists what is accepted (RFC 9110, 15.5.16).
    headers: { 'accept-encoding': 'identity' },
  },
  bodyNotUtf8: {
    status: 400,
    code: 'BAD_REQUEST',
    message: 'The body is not UTF-8, so its text cannot be read without a loss.',
  },
  bodyUnclosed: {
    status: 400,
    code: 'BAD_REQUEST',
    message: 'The body is not JSON: it opens more lists than it closes.',
  },
  preflightMissing: {
    status: 403,
    code: 'BAD_REQUEST',
    message:
      'A GET or multipart request needs a header that no page of a stranger can send: "Authorization", "X-Api-Key", or "GraphQL-Require-Preflight: true".',
  },
  /** The answers to requests behind a stream come only after its end. */
  streamInUse: {
    status: 400,
    code: 'BAD_REQUEST',
    message: 'A stream is open on this connection already: open another connection for each stream.',
  },
  /** For an operation that has no single answer. */
  streamNotAccepted: {
    status: 406,
    code: 'BAD_REQUEST',
    message:
      'This operation is answered by a stream: send "Accept: text/event-stream", or "multipart/mixed;subscriptionSpec=1.0".',
  },
} as const satisfies Record<string, Refusal>

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
