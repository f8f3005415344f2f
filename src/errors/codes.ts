// The closed table of error codes. A published code never changes its meaning, because clients branch on it.

export interface ErrorCodeRow {
  readonly meaning: string
  readonly advice: string
}

export const ERROR_CODES = {
  UNAUTHORIZED: {
    meaning: 'Aurora does not accept the credential of this gateway (401).',
    advice: 'Nothing a client can do; report it to the operator of the gateway.',
  },
  FORBIDDEN: {
    meaning:
      'The credential is known but may not use this resource, or it is not provisioned (403); or the caller may only read.',
    advice:
      'Do not repeat the request; hide the part of the screen. Only a change of the Aurora account, or of the key, helps.',
  },
  NOT_FOUND: {
    meaning:
      'No such object for this credential: deleted, never there, or of another tenant or environment (404, or 410, which is read as 404).',
    advice: 'Treat the object as gone.',
  },
  BAD_REQUEST: {
    meaning:
      'Aurora answers that the request is malformed (400, 405 or another 4xx), or the GraphQL request itself is.',
    advice: 'Correct the request; the same one fails again.',
  },
  CONFLICT: {
    meaning:
      'Another operation is using the object (409, or 423), or a list has changed while its pages were read, so that it is not known what it has.',
    advice: 'Pause for some seconds, then try again; after a list with `Cache-Control: no-cache`.',
  },
  UNPROCESSABLE: {
    meaning: 'Aurora understands the request but refuses it (422); `reason` is AUTHENTICATION or VALIDATION.',
    advice:
      'VALIDATION: show `messages`, which explain what is wrong with the input or the object. AUTHENTICATION: report it to the operator of the gateway.',
  },
  RATE_LIMITED: {
    meaning:
      'No call was left to answer this field in time. What was already fetched is kept for the repeat.',
    advice: 'Show what there is; repeat the same query at `retryAt` (in `retryAfter` seconds).',
  },
  UPSTREAM_ERROR: {
    meaning:
      'Aurora failed with the `status` given (5xx), also when asked again; or a server on the way, such as a firewall, answered in its place with a page of its own (any `status`).',
    advice: 'Show what there is; try again later, at `retryAt` if it is given.',
  },
  UPSTREAM_TIMEOUT: {
    meaning: 'No answer in time, from Aurora (408 included) or for the request as a whole.',
    advice: 'Try again, at `retryAt` if it is given; request less at once if it keeps happening.',
  },
  UPSTREAM_UNAVAILABLE: {
    meaning:
      'Aurora could not be reached: a name, TLS or connection failure, a server that does not take the call (407, 421, 425) or gives it up (460, 499), or so many failures in a row that it is left alone for a while.',
    advice: 'Show what there is; try again later, at `retryAt` if it is given.',
  },
  UPSTREAM_INVALID: {
    meaning:
      'What Aurora answered could not be understood: not JSON, cut short, too large, of the wrong shape, in no known character set, or a list whose rest is announced and not shown.',
    advice: 'Show what there is. It is logged for whoever runs the gateway.',
  },
  UNAUTHENTICATED: {
    meaning: 'The caller is unknown to the gateway (HTTP 401).',
    advice: 'Send a valid key or token.',
  },
  BAD_USER_INPUT: {
    meaning: 'An id or argument is not valid. No call was spent.',
    advice: 'Correct the argument named in the message.',
  },
  QUERY_REJECTED: {
    meaning: 'The request is larger, deeper, wider or costlier than the gateway takes.',
    advice: 'Request less at once; `limit` and `actual` show by how much.',
  },
  NOT_CACHED: {
    meaning: 'The request accepts only a cached answer, and there is none.',
    advice: 'Repeat the request without only-if-cached.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    meaning: 'No document of this id or hash is known here: it was never registered, or was evicted.',
    advice: 'Send the document along with its hash; clients with persisted queries do so by themselves.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    meaning: 'No document of this id is trusted, and callers cannot register any here.',
    advice: 'Send the document itself, or add it to the manifest.',
  },
  DOCUMENT_NOT_TRUSTED: {
    meaning: 'Only documents of the manifest are executed here, and this is none of them (HTTP 403).',
    advice: 'Add the document to the manifest that is deployed with the gateway.',
  },
  GRAPHQL_PARSE_FAILED: {
    meaning: 'The document is not valid GraphQL syntax.',
    advice: 'Correct the document.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    meaning: 'The document does not fit the schema, or its variables do not fit the document.',
    advice: 'Correct the document; the SDL is in `schema/schema.graphql`.',
  },
  INTERNAL_SERVER_ERROR: {
    meaning: 'A fault of the gateway. It is logged once under the `errorId` given.',
    advice: 'Report the `errorId` to the operator of the gateway.',
  },
} as const satisfies Record<string, ErrorCodeRow>

export type ErrorCode = keyof typeof ERROR_CODES

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)
