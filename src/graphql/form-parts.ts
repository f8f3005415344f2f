// The parts of a form (RFC 7578), with the names of parts and files in each way in which clients write them.
import { FormFile } from './form-file.ts'

export interface FormPart {
  readonly name: string
  /** A part without the name of a file is a text. */
  readonly value: string | FormFile
}

const LINE_END = '\r\n'
const HEAD_END = '\r\n\r\n'

/**
 * Returns null if the body is no form. `Response.formData` of Node 20 reads quoted names alone, so it refuses the forms of .NET, which
 * quotes a name only if it has to, and file names in the form of RFC 8187. @fastify/busboy 3.2.6 reads both, but it skips a part that it
 * cannot read, and a file would be missing without an error.
 */
export function readParts(bytes: Buffer, boundary: string): readonly FormPart[] | null {
  const parts: FormPart[] = []
  const delimiter = `--${boundary}`
  let at = bytes.indexOf(delimiter)
  while (at !== -1) {
    const from = at + delimiter.length
    if (bytes.toString('latin1', from, from + 2) === '--') return parts
    // White space may follow the boundary (RFC 2046, 5.1.1).
    const lineEnd = bytes.indexOf(LINE_END, from)
    const headEnd = bytes.indexOf(HEAD_END, lineEnd)
    if (lineEnd === -1 || headEnd === -1 || !/^[ \t]*$/.test(bytes.toString('latin1', from, lineEnd)))
      return null
    const end = bytes.indexOf(LINE_END + delimiter, headEnd + LINE_END.length)
    const body = bytes.subarray(headEnd + HEAD_END.length, end)
    const part = end === -1 ? null : readPart(bytes.toString('utf8', lineEnd, headEnd), body)
    if (!part) return null
    parts.push(part)
    at = end + LINE_END.length
  }
  return null
}

function readPart(head: string, body: Buffer): FormPart | null {
  const disposition = fieldOf(head, 'content-disposition')
  if (!/^form-data\s*;/i.test(disposition)) return null
  const given = readParameters(disposition)
  const name = given.get('name')
  if (name === undefined || name === '') return null
  const filename = decodeExtended(given.get('filename*')) ?? given.get('filename')
  if (filename === undefined) return { name, value: new TextDecoder().decode(body) }
  // Media types are case-insensitive (RFC 9110, 8.3.1).
  const type = fieldOf(head, 'content-type').toLowerCase() || 'application/octet-stream'
  return { name, value: new FormFile(filename, type, body) }
}

const fieldOf = (head: string, name: string): string =>
  new RegExp(`^${name}:(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''

/** The values are tokens or quoted (RFC 9110, 5.6.6). */
function readParameters(field: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, token = ''] of field.matchAll(
    /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g,
  ))
    parameters.set(name.toLowerCase(), quoted === undefined ? token : unquote(quoted))
  return parameters
}

/** Browsers write a quote as %22; others escape it. A path of Windows has a backslash before other characters. */
const unquote = (quoted: string): string =>
  quoted.replaceAll(/\\(["\\])|%22/g, (_, escaped?: string) => escaped ?? '"')

/** RFC 8187. Undefined if it is no UTF-8: then the plain name counts. */
function decodeExtended(value: string | undefined): string | undefined {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(value ?? '')?.[1]
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
