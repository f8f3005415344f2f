// Reads a refusal: its status, its times and its messages, and whether it is Aurora's at all.
import { decodeText } from '../aurora/decode-text.ts'
import type { Clock } from '../clock.ts'
import { nameCredential } from '../errors/from-status.ts'
import { isFromTheWay } from '../errors/of-the-way.ts'
import type { AnswerHeaders } from '../network/read-bytes.ts'
import type { AttemptError } from './attempt-error.ts'
import type { Call } from './call.ts'
import { readResets } from './limit-reset.ts'
import { NOT_FOUND_STATUS } from './no-such-page.ts'
import { readMessages } from './read-messages.ts'
import { readDesignRequestId } from './refusal-body.ts'
import { toRefusalError } from './refusal-error.ts'
import { readRetryAfter } from './retry-after.ts'
import type { Scope } from './scope.ts'
import type { Standings } from './standings.ts'

/** No other refusal is about a limit. */
const TOO_MANY = 429
/** A 404 that will last (RFC 9110, 15.5.11): it is read as a 404, so that it is cached and shown like one. */
const GONE = 410
const FORBIDDEN_STATUS = 403
/** What an answer is taken for that is not Aurora's: it is not cached, and no list ends with it. */
const FAILED = 500

/** Only the status of a failure matters: if its body cannot be read, only its messages are lost. */
export const UNREAD_BODY = Buffer.alloc(0)

interface Answered {
  readonly status: number
  readonly headers: AnswerHeaders
  /** Decompressed. */
  readonly bytes: Buffer
}

export function readRefusal(
  { endpoint, terms: { scope } }: Call,
  { status, headers, bytes }: Answered,
  { clock, standings, sentAtMs }: { clock: Clock; standings: Standings; sentAtMs: number },
): AttemptError {
  const body = decodeText(bytes, headers['content-type'])
  const type = String(headers['content-type'] ?? '')
  const isForeign = isFromTheWay({ status, type, text: bytes === UNREAD_BODY ? null : body })
  // A firewall answers anybody: a known credential stays accepted, and an unknown one is no better for it.
  standings.refuse(scope, isForeign ? FORBIDDEN_STATUS : status, sentAtMs)
  const times = {
    retryAfter: firstOf(headers['retry-after']),
    date: firstOf(headers['date']),
    body,
    resets: status === TOO_MANY ? readResets(headers) : [],
  }
  const refusal = {
    status: isForeign ? FAILED : readStatus(status),
    answeredAtMs: clock.monotonicMs(),
    sentAtMs,
    retryAfterMs: readRetryAfter(times, clock.wallMs()),
  }
  const { messages, quotes } = readWords(body, scope)
  return toRefusalError(endpoint, refusal, {
    messages,
    namesCredential: quotes || nameCredential(messages),
    designRequestId: readDesignRequestId(body),
    isProven: standings.hasSucceeded(scope),
    foreignStatus: isForeign ? status : undefined,
  })
}

/** A message that quotes the credential is not shown, and is about it. */
function readWords(body: string, { authentication }: Scope) {
  let quotes = false
  const messages = readMessages(body, (words) => {
    const isQuoted = authentication.isQuotedIn(words)
    quotes ||= isQuoted
    return isQuoted
  })
  return { messages, quotes }
}

const readStatus = (status: number): number => (status === GONE ? NOT_FOUND_STATUS : status)

/** A header that is sent twice is a list; the first value counts. */
const firstOf = (header: string | string[] | undefined): string | null => [header].flat()[0] ?? null
