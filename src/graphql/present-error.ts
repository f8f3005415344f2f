// The only place that makes GraphQL errors: turns every failure into a message that is safe to show and a code of the table.
import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { GraphQLErrorExtensions } from 'graphql'
import { isErrorCode } from '../errors/codes.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { GatewayError, isGatewayError } from '../errors/errors.ts'
import type { Emit } from '../telemetry/events.ts'
import { nameVariable } from './name-variable.ts'

export interface PresentErrorOptions {
  readonly emit: Emit
  /** Whether messages may suggest names of the schema ("Did you mean …"). */
  readonly hasSuggestions: boolean
  /** Called once for each fault of the gateway itself. The error has the `errorId`; the whole answer has the `requestId`. */
  readonly logFault: (error: unknown, ids: FaultIds) => void
}

export interface FaultIds {
  readonly errorId: string
  readonly requestId: string | null
}

export interface Circumstances {
  /** The id of the failed request; left out if none is known. */
  readonly requestId?: string | null
  /** Aborted once the client has left; errors that follow from its leaving are no faults, and no client gets them. */
  readonly gone?: AbortSignal
  /** Whether a router gets the answer. Left out: it does not. */
  readonly isOfRouter?: boolean | undefined
  /** Whether the answer has data beside its errors; its HTTP status is then 200. */
  readonly hasData: boolean
  /** When Aurora could answer all calls that the budget refused in this request; null if it refused none. */
  readonly wholeAtMs: number | null
  /** All errors of an answer use the same moment, so that equal times are written the same. */
  readonly now: { readonly monotonicMs: number; readonly wallMs: number }
}

/** Of the returned error, the client gets only what `toJSON` writes. */
export type PresentError = (error: unknown, circumstances: Circumstances) => GraphQLError

export function createPresentError(options: PresentErrorOptions): PresentError {
  const { emit, hasSuggestions, logFault } = options

  function presentFault(error: unknown, { hasData, requestId = null }: Circumstances): PresentedError {
    const errorId = randomUUID()
    logFault(error, { errorId, requestId })
    return {
      message: 'The gateway failed here. The fault is logged under the errorId.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId, ...(!hasData && { http: { status: 500 } }) },
    }
  }

  function present(error: unknown, circumstances: Circumstances): PresentedError {
    const root = rootOf(error)
    if (isGatewayError(root)) return presentKnown(root, circumstances)
    // An error with a path comes from the execution. Its message can quote a value of Aurora's, so it counts as a fault.
    const isOfRequest = error instanceof GraphQLError && error.path === undefined
    if (isOfRequest && root instanceof GraphQLError) return presentRequestError(root)
    return presentFault(root, circumstances)
  }

  return (error, circumstances) => {
    if (isFromLeaving(rootOf(error), circumstances)) return new GraphQLError('The client has left.')
    const presented = present(error, circumstances)
    const { extensions } = presented
    const message = error instanceof GraphQLError ? nameVariable(error, presented.message) : presented.message
    emit('errorPresented', { code: extensions.code })
    const shown = hasSuggestions ? message : withoutSuggestion(message)
    return error instanceof GraphQLError && circumstances.hasData
      ? toFieldError(error, shown, extensions)
      : toRequestError(error, shown, circumstances.isOfRouter ? shownAsErrors(extensions) : extensions)
  }
}

/** Statuses that routers may show: the form of the request is wrong, or the gateway is at fault (http/refusal.ts). */
const keepsStatus = (status: number): boolean => status >= 500 || [405, 406, 415].includes(status)

/** Routers show their users the status of a subgraph instead of its errors. */
function shownAsErrors(extensions: GraphQLErrorExtensions): GraphQLErrorExtensions {
  const { http } = extensions as { readonly http?: { readonly status?: number } }
  if (http?.status !== undefined && keepsStatus(http.status)) return extensions
  return { ...extensions, http: { ...http, status: 200, spec: false } }
}

/** The client gets the places in the document and in the answer, but never the cause. */
function toRequestError(error: unknown, message: string, extensions: GraphQLErrorExtensions): GraphQLError {
  const {
    nodes = null,
    source = null,
    positions = null,
    path = null,
  } = error instanceof GraphQLError ? error : {}
  return new GraphQLError(message, { nodes, source, positions, path, extensions: { ...extensions } })
}

/**
 * An answer may have thousands of these: so they get neither a stack nor a copy of one. The members are in the order in
 * which graphql writes them.
 */
function toFieldError(
  { locations, path }: GraphQLError,
  message: string,
  extensions: GraphQLErrorExtensions,
): GraphQLError {
  const written = { message, locations, path, extensions }
  const toJSON = (): object => ({ ...written })
  return Object.defineProperty(written, 'toJSON', { value: toJSON }) as unknown as GraphQLError
}

export interface PresentedError {
  readonly message: string
  readonly extensions: { readonly code: ErrorCode } & Readonly<Record<string, unknown>>
}

/** Presents an error of the table. */
export function presentKnown(
  error: GatewayError,
  { wholeAtMs, now, hasData = true }: Pick<Circumstances, 'wholeAtMs' | 'now'> & Partial<Circumstances>,
): PresentedError {
  const { retryAtMs, retryInMs, ...details } = error.details
  const fullUntilMs = retryInMs === undefined ? undefined : now.monotonicMs + retryInMs
  // A client should repeat the request only when all refused calls can be answered, so all of them get the same time.
  const atMs =
    error.code === 'RATE_LIMITED' ? (wholeAtMs ?? fullUntilMs ?? retryAtMs ?? 0) : (fullUntilMs ?? retryAtMs)
  const times = atMs === undefined ? {} : retryTimes(atMs, now)
  const http = hasData ? undefined : httpOf(error, times)
  return {
    message: error.message,
    extensions: { code: error.code, ...details, ...times, ...(http && { http }) },
  }
}

/** The headers and status of an error. The media type decides which of them are left out. */
function httpOf({ code, details }: GatewayError, { retryAfter }: Partial<RetryTimes>): object | undefined {
  const status = STATUS_WITHOUT_DATA[code]
  if (status !== undefined) return { status, spec: false }
  // A client must not send a write again that may have been carried out, and some clients repeat at this status.
  if (details.retryInMs === undefined || details.outcome !== undefined) return undefined
  return { status: 429, spec: false, headers: { 'Retry-After': String(retryAfter) } }
}

/** Codes of requests that are refused before there is any data; the status is the same for every media type. */
const STATUS_WITHOUT_DATA: Readonly<Partial<Record<ErrorCode, number>>> = {
  BAD_REQUEST: 400,
  QUERY_REJECTED: 400,
  FORBIDDEN: 403,
  DOCUMENT_NOT_TRUSTED: 403,
}

interface RetryTimes {
  readonly retryAfter: number
  readonly retryAt: string
}

/** Whole seconds, at least 1, rounded up, so that a client that comes back at that time gets its answer. */
function retryTimes(atMs: number, now: Circumstances['now']): RetryTimes {
  const waitMs = Math.max(0, atMs - now.monotonicMs)
  const retryAt = new Date(Math.ceil(now.wallMs + waitMs)).toISOString()
  return { retryAfter: Math.max(1, Math.ceil(waitMs / 1000)), retryAt }
}

/** A true fault of a request whose client has left is still a fault. */
const isFromLeaving = (root: unknown, { gone }: Circumstances): boolean =>
  gone?.aborted === true && (root === gone.reason || (root instanceof Error && root.name === 'AbortError'))

/** graphql-js wraps the errors of resolvers, once per level. */
function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootOf(error.originalError) : error
}

/** Presents an error of the request itself (parsing, validation, variables, HTTP); its message is only about the document. */
function presentRequestError(error: GraphQLError): PresentedError {
  const code = requestCode(error.extensions['code'])
  const http = error.extensions.http && { ...error.extensions.http, ...(code === 'BAD_REQUEST' && NEVER_200) }
  return { message: withoutValue(error.message), extensions: { code, ...(http && { http }) } }
}

/** Converts the error of a request that is an argument of another request, and so concerns only one field of that one. */
export function fromRequestError(error: GraphQLError, usualCode: ErrorCode): GatewayError {
  const root = rootOf(error)
  if (isGatewayError(root)) return root
  const { code } = error.extensions
  // The outer message of graphql-js quotes the whole variable, which may contain a secret; the inner one names the fault.
  const message = root instanceof GraphQLError ? root.message : error.message
  return new GatewayError(isErrorCode(code) ? code : usualCode, nameVariable(error, withoutValue(message)))
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
  return QUOTED_VALUES.reduce((text, quoted) => text.replace(quoted, cut), shorten(message))
}

/**
 * A message may quote what the client sent: for a name of 250,000 characters the patterns above would take a minute.
 */
const MAX_MESSAGE_CHARS = 1000

/** Does not cut a UTF-16 pair in two. */
const shorten = (message: string): string =>
  message.length <= MAX_MESSAGE_CHARS
    ? message
    : `${message.slice(0, MAX_MESSAGE_CHARS).replace(/[\ud800-\udbff]$/, '')}…`

const withoutSuggestion = (message: string): string => message.replace(/ Did you mean .*$/s, '')

/** A malformed HTTP request gets its 4xx in every media type; by default the older media type answers errors with 200. */
const NEVER_200 = { spec: false }

/** Yoga has codes of its own for a malformed HTTP request; errors without a code come from the coercion of variables. */
function requestCode(code: unknown): ErrorCode {
  if (isErrorCode(code)) return code
  return typeof code === 'string' ? 'BAD_REQUEST' : 'BAD_USER_INPUT'
}
