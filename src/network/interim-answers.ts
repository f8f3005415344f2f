// Removes interim answers (RFC 9110, 15.2) from what a socket gives: undici 7.30 breaks the connection at a `100 Continue`.
import type { Socket } from 'node:net'

/** Longer than any interim answer. */
const MAX_BYTES = 16 * 1024

/** A 101 changes the protocol, so it is no interim answer. */
const INTERIM = /^HTTP\/1\.[01] 1(?!01)\d\d[^\d]/
const HEAD_START = 'HTTP/1.1 100 '
const HEAD_END = '\r\n\r\n'

/**
 * A client must accept interim answers although it has not asked for them; some proxies and servers send one before each
 * answer to a POST. Each write is the start of a request, because requests are not pipelined; what comes next is the head of an answer.
 */
export function withoutInterimAnswers<AnySocket extends Socket>(socket: AnySocket): AnySocket {
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null
  let isBeforeAnswer = false
  let held: Buffer = Buffer.alloc(0)

  socket.write = (...given: unknown[]) => {
    isBeforeAnswer = true
    return write(...given)
  }
  socket.read = (size?: number): Buffer | null => {
    const bytes = read(size)
    if (bytes === null || !isBeforeAnswer) return bytes
    const rest = skipInterim(Buffer.concat([held, bytes]))
    isBeforeAnswer = isUndecided(rest)
    held = isBeforeAnswer ? rest : Buffer.alloc(0)
    return isBeforeAnswer ? null : rest
  }
  return socket
}

function skipInterim(bytes: Buffer): Buffer {
  let rest = bytes
  while (INTERIM.test(startOf(rest)) && rest.includes(HEAD_END))
    rest = rest.subarray(rest.indexOf(HEAD_END) + HEAD_END.length)
  return rest
}

/** Whether more bytes are needed to see where the answer begins. */
function isUndecided(rest: Buffer): boolean {
  if (rest.length > MAX_BYTES) return false
  return rest.length < HEAD_START.length ? isStartOfInterim(startOf(rest)) : INTERIM.test(startOf(rest))
}

/** The beginning of a status line of a 1xx, as far as it has arrived. */
const isStartOfInterim = (start: string): boolean => INTERIM.test(`${start}${HEAD_START.slice(start.length)}`)

const startOf = (bytes: Buffer): string => bytes.toString('latin1', 0, HEAD_START.length)
