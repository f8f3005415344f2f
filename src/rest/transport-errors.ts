// Translates errors of undici, zlib and JSON.parse: our code, whether Aurora received the call, whether a repeat may succeed.
import type { ErrorCode } from '../errors/codes.ts'
import { ReplyTooLargeError, UnknownEncodingError } from './read-bytes.ts'

export interface TransportFault {
  readonly code: ErrorCode
  readonly says: string
  readonly wasSent: boolean
  readonly isPassing: boolean
}

type Fault = (code: ErrorCode, says: string) => TransportFault
const passing: Fault = (code, says) => ({ code, says, wasSent: true, isPassing: true })
const lasting: Fault = (code, says) => ({ code, says, wasSent: true, isPassing: false })

const NO_CONNECTION = { ...lasting('UPSTREAM_UNAVAILABLE', 'no connection'), wasSent: false }
const TIMED_OUT = passing('UPSTREAM_TIMEOUT', 'no answer in time')
const RESET = passing('UPSTREAM_UNAVAILABLE', 'the connection broke before an answer')
const CUT = passing('UPSTREAM_INVALID', 'the answer was cut short')
const TOO_LARGE = lasting('UPSTREAM_INVALID', 'the answer is too large')
const UNREADABLE = lasting('UPSTREAM_INVALID', 'the answer could not be read')

/** The connection was never made, so no request can have left. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** The connection existed and broke. */
const BROKEN: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'ECONNABORTED',
  'ETIMEDOUT',
])
/** Codes of incomplete streams: the end of the gzip data is missing, or there are more or fewer bytes than announced. */
const CUT_BODY: ReadonlySet<string> = new Set(['Z_BUF_ERROR', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'])

export function fromTransport(
  error: unknown,
  { hasHeaders, hasTimedOut }: { hasHeaders: boolean; hasTimedOut: boolean },
): TransportFault {
  const code = errorCode(error)
  const mayHaveLeft = hasHeaders || isOfOpenConnection(error)
  if (NEVER_CONNECTED.has(code)) return mayHaveLeft ? RESET : NO_CONNECTION
  if (hasTimedOut) return TIMED_OUT
  if (error instanceof ReplyTooLargeError) return TOO_LARGE
  if (error instanceof UnknownEncodingError || error instanceof SyntaxError) return UNREADABLE
  if (BROKEN.has(code)) return hasHeaders ? CUT : RESET
  if (CUT_BODY.has(code)) return CUT
  // A TLS error in the middle of an answer means the same as a reset.
  if (/^ERR_(TLS|SSL)/.test(code)) return hasHeaders ? CUT : NO_CONNECTION
  // Certificate faults have no common prefix (SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_VERIFY_LEAF_SIGNATURE, …).
  return /CERT|SIGNATURE/.test(code) ? NO_CONNECTION : UNREADABLE
}

/** A network that fails later has the same codes as one that was never reachable; only the system call differs. */
function isOfOpenConnection(error: unknown): boolean {
  const { syscall } = (firstOf(error) ?? {}) as { syscall?: unknown }
  return syscall === 'read' || syscall === 'write'
}

/** For logs: the code or class, never the message, because that of JSON.parse quotes the body. */
export const faultName = (error: unknown): string => {
  const code = errorCode(error)
  return code !== '' || !(error instanceof Error) ? code : error.name
}

/** Some errors contain several, one for each address that was tried; the first one is used. */
const firstOf = (error: unknown): unknown => (error instanceof AggregateError ? error.errors[0] : error)

function errorCode(error: unknown): string {
  const code = (firstOf(error) as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
