// The only maker of GraphQL errors: whatever failed becomes a message that is safe to show, and a code of the table.
import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { isErrorCode } from '../errors/codes.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { GatewayError, isGatewayError } from '../errors/errors.ts'
import type { Emit } from '../telemetry/events.ts'

export interface PresentErrorOptions {
  readonly emit: Emit
  /** Whether messages may guess what was meant, in names of the schema. */
  readonly hasSuggestions: boolean
  /** Hears once of each fault of our own; `errorId` is what the client gets of it, `requestId` what all of its answer has. */
  readonly logFault: (error: unknown, ids: FaultIds) => void
}

export interface FaultIds {
  readonly errorId: string
  readonly requestId: string | null
}

export interface Circumstances {
  /** Of the request that failed; left out where none is known. */
  readonly requestId?: string | null
  /** Whether the answer has data beside its errors; then its HTTP status stays 200. */
  readonly hasData: boolean
  /** When everything that the budget refused in this request could be answered; null if it refused nothing. */
  readonly wholeAtMs: number | null
  /** One moment for all errors of an answer, so that equal times read the same. */
  readonly now: { readonly monotonicMs: number; readonly wallMs: number }
}

export type PresentError = (error: unknown, circumstances: Circumstances) => GraphQLError

export function createPresentError(options: PresentErrorOptions): PresentError {
  const { emit, hasSuggestions, logFault } = options

  function presentFault(error: unknown, { hasData, requestId = null }: Circumstances): Shown {
    const errorId = randomUUID()
    logFault(error, { errorId, requestId })
    return {
      message: 'The gateway failed here. The fault is logged under the errorId.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId, ...(!hasData && { http: { status: 500 } }) },
    }
  }

  function show(error: unknown, circumstances: Circumstances): Shown {
    const root = rootOf(error)
    if (isGatewayError(root)) return presentKnown(root, circumstances)
    // Inside the execution there is a path: graphql-js then quotes a value of Aurora's, as the schema broke its promise.
    const isOfRequest = error instanceof GraphQLError && error.path === undefined
    if (isOfRequest && root instanceof GraphQLError) return presentRequestError(root)
    return presentFault(root, circumstances)
  }

  return (error, circumstances) => {
    const shown = show(error, circumstances)
    emit('errorPresented', { code: shown.extensions.code })
    // Where it stands in the document and in the answer stays; what caused it does not leave.
    const {
      nodes = null,
      source = null,
      positions = null,
      path = null,
    } = error instanceof GraphQLError ? error : {}
    return new GraphQLError(hasSuggestions ? shown.message : withoutSuggestion(shown.message), {
      nodes,
      source,
      positions,
      path,
      extensions: { ...shown.extensions },
    })
  }
}

export interface Shown {
  readonly message: string
  readonly extensions: { readonly code: ErrorCode } & Readonly<Record<string, unknown>>
}

/** What is told of an error of the table. */
export function presentKnown(
  error: GatewayError,
  { wholeAtMs, now, hasData = true }: Pick<Circumstances, 'wholeAtMs' | 'now'> & Partial<Circumstances>,
): Shown {
  const { retryAtMs, ...details } = error.details
  // What was refused is worth asking for with all that is missing, so one time is told for all of it.
  const atMs = error.code === 'RATE_LIMITED' ? (wholeAtMs ?? retryAtMs ?? 0) : retryAtMs
  const times = atMs === undefined ? {} : retryTimes(atMs, now)
  const status = hasData ? undefined : STATUS_WITHOUT_DATA[error.code]
  const http = status !== undefined && { http: { status, spec: false } }
  return { message: error.message, extensions: { code: error.code, ...details, ...times, ...http } }
}

/** Refused before there was any data, which is the request's fault in every media type. */
const STATUS_WITHOUT_DATA: Readonly<Partial<Record<ErrorCode, number>>> = {
  BAD_REQUEST: 400,
  QUERY_REJECTED: 400,
  FORBIDDEN: 403,
  DOCUMENT_NOT_TRUSTED: 403,
}

/** Whole seconds, at least 1, never early: a client that comes back then is served. */
function retryTimes(atMs: number, now: Circumstances['now']): { retryAfter: number; retryAt: string } {
  const waitMs = Math.max(0, atMs - now.monotonicMs)
  const retryAt = new Date(Math.ceil(now.wallMs + waitMs)).toISOString()
  return { retryAfter: Math.max(1, Math.ceil(waitMs / 1000)), retryAt }
}

/** graphql-js wraps what resolvers throw, once per level. */
function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootOf(error.originalError) : error
}

/** An error of the request itself, whose words speak of the document only: parsing, validation, variables, HTTP. */
function presentRequestError(error: GraphQLError): Shown {
  const code = requestCode(error.extensions['code'])
  const http = error.extensions.http && { ...error.extensions.http, ...(code === 'BAD_REQUEST' && NEVER_200) }
  return { message: withoutValue(error.message), extensions: { code, ...(http && { http }) } }
}

/** The same where the request stands inside another one, and so is a matter of one field. */
export function fromRequestError(error: GraphQLError, usualCode: ErrorCode): GatewayError {
  const root = rootOf(error)
  if (isGatewayError(root)) return root
  const { code } = error.extensions
  return new GatewayError(isErrorCode(code) ? code : usualCode, withoutValue(error.message))
}

/**
 * Parts of messages in which graphql-js quotes the value that a caller sent; in some of these places the value is a secret.
 * The first is a value in the place of a text (type/scalars of graphql 16 and 17). The second is an input object that is
 * quoted as a whole because of one of its members (utilities/validateInputValue of graphql 17; graphql 16 names only the
 * member). The second is cut at the first mark of a quote, because a value may contain such a mark itself. The prefix comes
 * from execution/values of graphql 17.
 */
const QUOTED_VALUES = [
  /(?<=^(?:Variable "\$\w+" has invalid value.*?: )?String cannot represent a non string value): .*$/s,
  /(?<=^(?:Variable "\$\w+" has invalid value.*?: )?Expected value of type ".*?)(?:[,;] found: .*|(?<=\?) Found: .*)$/s,
]

/** A message ends with a full stop where its quote was, except after a question ("Did you mean …?"), which has its mark. */
const withoutValue = (message: string): string => {
  const cut = (quote: string): string => (quote.startsWith(' ') ? '' : '.')
  return QUOTED_VALUES.reduce((text, quoted) => text.replace(quoted, cut), message)
}

const withoutSuggestion = (message: string): string => message.replace(/ Did you mean .*$/s, '')

/** What is no GraphQL request gets its 4xx in every media type; an older one would have 200 for errors of documents. */
const NEVER_200 = { spec: false }

/** Yoga has words of its own for a malformed HTTP request; errors without any come from coercing variables. */
function requestCode(code: unknown): ErrorCode {
  if (isErrorCode(code)) return code
  return typeof code === 'string' ? 'BAD_REQUEST' : 'BAD_USER_INPUT'
}
