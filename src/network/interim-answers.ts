// Removes interim answers (RFC 9110, 15.2) from the bytes of a socket: undici 7.30 breaks the connection at a `100 Continue`.
import type { Socket } from 'node:net'

/** Longer than any interim answer. */
const MAX_BYTES = 16 * 1024

/** A 101 changes the protocol, so it is no interim answer. */
const INTERIM = /^HTTP\/1\.[01] 1(?!01)\d\d[^\d]/
const HEAD_START = 'HTTP/1.1 100 '
const HEAD_END = '\r\n\r\n'

/**
 * A client must accept interim answers although it has not asked for them; some proxies and servers send one before
 * each answer to a POST. Each write begins a request, because requests are not pipelined, so the next bytes from the
 * server are the head of an answer.
 */
export function withoutInterimAnswers<AnySocket extends Socket>(socket: AnySocket): AnySocket {
  const { write, read } = socket as { readonly write: Write; readonly read: Read }
  let isBeforeAnswer = false
  let held: Buffer | null = null

  const writing: Write = function (this: Socket, chunk, encoding, done) {
    isBeforeAnswer = true
    return write.call(this, chunk, encoding, done)
  }
  const reading: Read = function (this: Socket, size) {
    const bytes = read.call(this, size)
    if (bytes === null || !isBeforeAnswer) return bytes
    if (held === null && isFinal(bytes)) {
      isBeforeAnswer = false
      return bytes
    }
    const rest = skipInterim(held === null ? bytes : Buffer.concat([held, bytes]))
    isBeforeAnswer = isUndecided(rest)
    held = isBeforeAnswer ? rest : null
    return isBeforeAnswer ? null : rest
  }
  return Object.assign(socket, { write: writing, read: reading })
}

type Write = (this: Socket, chunk: unknown, encoding?: unknown, done?: unknown) => boolean
type Read = (this: Socket, size?: number) => Buffer | null

/** The place of the first digit of the status in a status line. */
const STATUS_AT = 9
const DIGIT_1 = 49

/**
 * Whether the bytes begin with a status other than 1xx, as nearly all answers do. One byte is enough to decide, so no
 * text is made.
 */
const isFinal = (bytes: Buffer): boolean => bytes.length > STATUS_AT && bytes[STATUS_AT] !== DIGIT_1

function skipInterim(bytes: Buffer): Buffer {
  let rest = bytes
  while (INTERIM.test(startOf(rest)) && rest.includes(HEAD_END))
    rest = rest.subarray(rest.indexOf(HEAD_END) + HEAD_END.length)
  return rest
}

/** Whether more bytes are needed to decide where the answer begins. */
function isUndecided(rest: Buffer): boolean {
  if (rest.length > MAX_BYTES) return false
  return rest.length < HEAD_START.length ? isStartOfInterim(startOf(rest)) : INTERIM.test(startOf(rest))
}

/** The beginning of a status line of a 1xx, as far as it has arrived. */
const isStartOfInterim = (start: string): boolean => INTERIM.test(`${start}${HEAD_START.slice(start.length)}`)

const startOf = (bytes: Buffer): string => bytes.toString('latin1', 0, HEAD_START.length)
