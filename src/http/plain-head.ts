// Reads the head of a GET without Node's parser, where it is so plain that both read the same: anything else is left to the parser.

import type { FieldReader } from '../callers/caller.ts'
import { isHost } from './head-faults.ts'

export interface PlainHead extends FieldReader {
  readonly target: string
  /** Whether the client wants the connection to close after the answer. */
  readonly isLast: boolean
}

/** The line of a request and its version, apart from the target. */
const METHOD = 'GET '
const VERSION = /^ HTTP\/1\.([01])$/
const VERSION_CHARS = ' HTTP/1.1'.length

/** What a target has as a rule (RFC 9112, 3.2.1), without what is rare and what some programs read in a way of their own. */
const TARGET = /^\/[\w-]+(?:\/[\w-]+)*\/?(?:\?[!$-;=?-Z_a-z~]*)?$/

/** Lines of a token, a colon and a value that is ASCII and printable (RFC 9110, 5.5), and an empty line; nothing of it backtracks. */
const FIELDS = /^(?:[!#$%&'*+.^_`|~\w-]+:[\t -~]*\r\n)+\r\n$/

/** What decides where a request ends and what follows it, and what Node reads as a list. */
const FOR_THE_PARSER: ReadonlySet<string> = new Set([
  'content-length',
  'expect',
  'proxy-connection',
  'set-cookie',
  'transfer-encoding',
  'upgrade',
])

/**
 * The bytes are all that the client has sent since the end of its last request. Null where they are not one whole head of this kind,
 * or bring a body, a name twice, a host that is none or a sign that is not usual.
 */
export function readPlainHead(bytes: Buffer): PlainHead | null {
  const text = bytes.toString('latin1')
  const lineEnd = text.indexOf('\r\n')
  const targetEnd = lineEnd - VERSION_CHARS
  if (!text.startsWith(METHOD) || targetEnd < METHOD.length) return null
  const [, minor] = VERSION.exec(text.slice(targetEnd, lineEnd)) ?? []
  const target = text.slice(METHOD.length, targetEnd)
  const lines = text.slice(lineEnd + 2)
  if (minor === undefined || !TARGET.test(target) || !FIELDS.test(lines)) return null
  const fields = readLines(lines)
  const isLast = fields && endsAfter(fields.get('connection'), minor)
  const host = fields?.get('host')
  if (!fields || host === undefined || !isHost(host) || isLast === null) return null
  return { target, isLast, get: (name) => fields.get(name) ?? null, has: (name) => fields.has(name) }
}

function readLines(lines: string): ReadonlyMap<string, string> | null {
  const fields = new Map<string, string>()
  const end = lines.length - 2
  for (let from = 0; from < end;) {
    const colon = lines.indexOf(':', from)
    const lineEnd = lines.indexOf('\r\n', colon)
    const name = lines.slice(from, colon).toLowerCase()
    if (fields.has(name) || FOR_THE_PARSER.has(name)) return null
    fields.set(name, lines.slice(colon + 1, lineEnd).trim())
    from = lineEnd + 2
  }
  return fields
}

/** Null where it is not plain (RFC 9112, 9.3). */
function endsAfter(connection: string | undefined, minor: string): boolean | null {
  const isOlder = minor === '0'
  const wish = connection?.toLowerCase() ?? (isOlder ? 'close' : 'keep-alive')
  if (wish === 'close') return true
  return wish === 'keep-alive' && !isOlder ? false : null
}
