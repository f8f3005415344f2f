// Reads the head of a GET without Node's parser if it is so plain that both read the same; every other head is left to the parser.

import type { FieldReader } from '../callers/caller.ts'
import { isHost } from './head-faults.ts'

export interface PlainHead extends FieldReader {
  readonly target: string
  /** Whether the client wants the connection to close after the answer. */
  readonly isLast: boolean
}

/** The line of a request and its version, apart from the target. */
const METHOD = 'GET '
const VERSIONS = [' HTTP/1.1', ' HTTP/1.0'] as const
const VERSION_CHARS = VERSIONS[0].length

/**
 * What a target usually consists of (RFC 9112, 3.2.1). Rare signs, and signs that some programs read differently, are
 * left out.
 */
const TARGET = /^\/[\w-]+(?:\/[\w-]+)*\/?(?:\?[!$-;=?-Z_a-z~]*)?$/

/**
 * Lines of a token, a colon and a value that is ASCII and printable (RFC 9110, 5.5), and an empty line. The expression
 * cannot backtrack.
 */
const FIELDS = /^(?:[!#$%&'*+.^_`|~\w-]+:[\t -~]*\r\n)+\r\n$/

/** Fields that decide where a request ends and what follows it, and fields that Node reads as a list. */
const FOR_THE_PARSER: ReadonlySet<string> = new Set([
  'content-length',
  'expect',
  'proxy-connection',
  'set-cookie',
  'transfer-encoding',
  'upgrade',
])

/**
 * The bytes are all that the client has sent since the end of its last request. Null if they are not one whole head of
 * this kind, announce a body, or contain a name twice, a wrong host or an unusual sign.
 */
export function readPlainHead(bytes: Buffer): PlainHead | null {
  const text = bytes.toString('latin1')
  const lineEnd = text.indexOf('\r\n')
  const targetEnd = lineEnd - VERSION_CHARS
  if (targetEnd < METHOD.length || !text.startsWith(METHOD)) return null
  const version = VERSIONS.find((each) => text.startsWith(each, targetEnd))
  const target = text.slice(METHOD.length, targetEnd)
  const lines = text.slice(lineEnd + 2)
  if (version === undefined || !TARGET.test(target) || !FIELDS.test(lines)) return null
  const fields = readLines(lines)
  const isLast = fields && endsAfter(valueOf(fields, 'connection'), version === VERSIONS[1])
  const host = fields && valueOf(fields, 'host')
  if (!fields || host === null || !isHost(host) || isLast === null) return null
  return new ReadHead(target, isLast, fields)
}

class ReadHead implements PlainHead {
  readonly target: string
  readonly isLast: boolean
  readonly #fields: Fields

  constructor(target: string, isLast: boolean, fields: Fields) {
    this.target = target
    this.isLast = isLast
    this.#fields = fields
  }

  get(name: string): string | null {
    return valueOf(this.#fields, name)
  }

  has(name: string): boolean {
    return valueOf(this.#fields, name) !== null
  }
}

/** Names in lower case, each followed by its value: for so few, a map would be more garbage than the texts in it. */
type Fields = readonly string[]

function readLines(lines: string): Fields | null {
  const fields: string[] = []
  const end = lines.length - 2
  for (let from = 0; from < end;) {
    const colon = lines.indexOf(':', from)
    const lineEnd = lines.indexOf('\r\n', colon)
    const name = lines.slice(from, colon).toLowerCase()
    // Each new field is compared with all others, so there may be few.
    if (fields.length >= 2 * MAX_FIELDS || valueOf(fields, name) !== null || FOR_THE_PARSER.has(name))
      return null
    // A value usually begins after one space. To cut it off later would make another piece of text.
    const valueStart = lines.charAt(colon + 1) === ' ' ? colon + 2 : colon + 1
    fields.push(name, lines.slice(valueStart, lineEnd).trim())
    from = lineEnd + 2
  }
  return fields
}

const MAX_FIELDS = 32

function valueOf(fields: Fields, name: string): string | null {
  for (let index = 0; index < fields.length; index += 2)
    if (fields[index] === name) return fields[index + 1] ?? null
  return null
}

/** Whether the connection ends after the answer; null if that is not plain (RFC 9112, 9.3). */
function endsAfter(connection: string | null, isOlder: boolean): boolean | null {
  const wish = connection?.toLowerCase() ?? (isOlder ? 'close' : 'keep-alive')
  if (wish === 'close') return true
  return wish === 'keep-alive' && !isOlder ? false : null
}
