// Translates errors of undici, zlib and JSON.parse: into a code of the gateway, whether Aurora received the call, and whether a repeat may succeed.
import type { ErrorCode } from '../errors/codes.ts'
import { errorCode } from '../errors/fault-name.ts'
import { ProxyRefusal } from '../network/tunnel.ts'
import { ReplyTooLargeError, UnknownEncodingError } from '../network/read-bytes.ts'
import { ReplyTooWideError } from './assert-modest.ts'
import { PartialAnswerError } from './assert-whole.ts'

export interface TransportFault {
  readonly code: ErrorCode
  readonly says: string
  readonly wasSent: boolean
  readonly isPassing: boolean
}

type Fault = (code: ErrorCode, says: string) => TransportFault
const passing: Fault = (code, says) => ({ code, says, wasSent: true, isPassing: true })
const lasting: Fault = (code, says) => ({ code, says, wasSent: true, isPassing: false })

const NO_CONNECTION = lasting('UPSTREAM_UNAVAILABLE', 'There is no connection to Aurora')
const BROKEN_OFF = passing('UPSTREAM_UNAVAILABLE', 'The connection to Aurora broke before it was made')
const TIMED_OUT = passing('UPSTREAM_TIMEOUT', 'Aurora did not answer in time')
const RESET = passing('UPSTREAM_UNAVAILABLE', 'The connection to Aurora broke before an answer')
const CUT = passing('UPSTREAM_INVALID', "Aurora's answer was cut short")
const TOO_LARGE = lasting('UPSTREAM_INVALID', "Aurora's answer is too large")
const UNREADABLE = lasting('UPSTREAM_INVALID', "Aurora's answer could not be read")

/** The connection broke while it was open or being opened. */
const BROKEN: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'ECONNABORTED',
  'ETIMEDOUT',
])
/** The network was lost. */
const CUT_OFF: ReadonlySet<string> = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN'])
/** Codes of incomplete streams: the end of the gzip data is missing, or there are more or fewer bytes than announced. */
const CUT_BODY: ReadonlySet<string> = new Set(['Z_BUF_ERROR', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'])

export interface AttemptProgress {
  /** Whether a part of the request may have been written. */
  readonly hasBegun: boolean
  readonly hasHeaders: boolean
  readonly hasTimedOut: boolean
}

/** Before a request has begun, every error means that nothing was sent, whatever its code is. */
export function fromTransport(error: unknown, progress: AttemptProgress): TransportFault {
  const { hasBegun, hasHeaders, hasTimedOut } = progress
  const code = errorCode(error)
  if (!hasBegun || error instanceof ProxyRefusal) {
    const fault = hasTimedOut ? TIMED_OUT : BROKEN.has(code) ? BROKEN_OFF : NO_CONNECTION
    return { ...fault, wasSent: false }
  }
  if (hasTimedOut) return TIMED_OUT
  if (error instanceof ReplyTooLargeError) return TOO_LARGE
  if (error instanceof PartialAnswerError) return CUT
  if (error instanceof ReplyTooWideError) return lasting('UPSTREAM_INVALID', error.message)
  if (error instanceof UnknownEncodingError || error instanceof SyntaxError) return UNREADABLE
  // A TLS error in the middle of an answer means the same as a reset.
  if (BROKEN.has(code) || CUT_OFF.has(code) || /^ERR_(TLS|SSL)/.test(code)) return hasHeaders ? CUT : RESET
  return CUT_BODY.has(code) ? CUT : UNREADABLE
}
