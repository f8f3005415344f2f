// Reads the form of a request with files (the specification "GraphQL multipart request"): an operation, the files, their places.
import { GraphQLError } from 'graphql'
import { GatewayError } from '../errors/errors.ts'
import type { ErrorDetails } from '../errors/errors.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { findExcess } from '../exchange/json-excess.ts'
import { FormFile } from './form-file.ts'
import { readParts } from './form-parts.ts'
import { measureValues } from './limits/measure-values.ts'

/** The limit of http/ for a body without a file. */
const MAX_TEXT_CHARS = 256 * 1024
/** The operation, the map and the files; no mutation takes more than one. */
const MAX_PARTS = 20
/** Of one part: its name, the name and the type of a file. */
const MAX_PART_HEAD_BYTES = 16 * 1024
/** An object of lists. */
const MAP_LEVELS = 2

type Values = Record<string, unknown>
/** Of the parts, by their names. */
type Form = ReadonlyMap<string, string | FormFile>

/** Throws a BAD_REQUEST for a form that is none, and QUERY_REJECTED for one that is too large. */
export async function readForm(request: Request): Promise<unknown> {
  const boundary = readBoundary(request.headers.get('content-type') ?? '')
  const bytes = Buffer.from(await request.arrayBuffer())
  assertModest(bytes, `--${boundary}`)
  const form: Form = new Map(
    (readParts(bytes, boundary) ?? refuse('The form cannot be read.')).map(({ name, value }) => [
      name,
      value,
    ]),
  )
  const operations = readPart(form, 'operations')
  if (operations === undefined) return refuse('The form has no part "operations".')
  const map = readMap(readPart(form, 'map') ?? {})
  if (Object.keys(map).length > 0 && !isObject(operations)) return refuse('Files belong to one operation.')
  for (const [name, places] of Object.entries(map)) {
    const file = form.get(name)
    if (file === undefined) return refuse('The map names a part that the form does not have.')
    for (const place of places) put(file, operations as Values, place)
  }
  return operations
}

/** Of the characters that RFC 2046, 5.1.1, allows: no quotation mark and no backslash, which could be read in two ways. */
function readBoundary(contentType: string): string {
  const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^";,\s]*))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain ?? ''
  return /^[\w'()+,./:=? -]{1,70}$/.test(boundary) ? boundary : refuse('The form has no readable boundary.')
}

/** The parser of forms takes a second for a form of many small parts, and for a part with a large head. */
function assertModest(bytes: Buffer, delimiter: string): void {
  const starts = findAll(bytes, delimiter)
  // The end of the form begins with the boundary, too.
  const parts = starts.length - 1
  if (parts > MAX_PARTS) reject(`A form may have ${MAX_PARTS} parts.`, { limit: MAX_PARTS, actual: parts })
  for (const [part, at] of starts.entries()) {
    const next = starts[part + 1] ?? at
    const headEnd = bytes.subarray(at, at + delimiter.length + MAX_PART_HEAD_BYTES).indexOf('\r\n\r\n')
    if (headEnd === -1 && next - at > MAX_PART_HEAD_BYTES)
      reject(`The head of a part may have ${MAX_PART_HEAD_BYTES} bytes.`, {
        limit: MAX_PART_HEAD_BYTES,
        actual: next - at,
      })
  }
}

function findAll(bytes: Buffer, delimiter: string): readonly number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(delimiter); at !== -1; at = bytes.indexOf(delimiter, at + delimiter.length))
    found.push(at)
  return found
}

function readPart(form: Form, name: string): unknown {
  const text = form.get(name)
  if (text === undefined) return undefined
  if (typeof text !== 'string') return refuse(`The part "${name}" is a text.`)
  if (text.length > MAX_TEXT_CHARS)
    reject(`The part "${name}" may have ${MAX_TEXT_CHARS} characters.`, {
      limit: MAX_TEXT_CHARS,
      actual: text.length,
    })
  const excess = findExcess(Buffer.from(text))
  if (excess === 'unclosed') return refuse(`The part "${name}" is not JSON.`)
  if (excess) reject(`The part "${name}" may have ${excess.limit} members.`, excess)
  // The decoder of forms is lenient, and puts this character in place of bytes that are not UTF-8.
  if (text.includes('\ufffd')) return refuse('A text of the form is not UTF-8.')
  try {
    return JSON.parse(text) as unknown
  } catch {
    return refuse(`The part "${name}" is not JSON.`)
  }
}

function readMap(map: unknown): Readonly<Record<string, readonly string[]>> {
  const isDeep = (measureValues(map, MAP_LEVELS).nesting ?? 0) > MAP_LEVELS
  const isMap = isObject(map) && !isDeep && Object.values(map).every(isListOfTexts)
  return isMap ? (map as Record<string, string[]>) : refuse('The map names for each file a list of places.')
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isListOfTexts = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length <= MAX_PARTS &&
  value.every((text) => typeof text === 'string' && text.length <= MAX_PLACE_CHARS)

/** `variables.input.file`: a name may have some tens of characters, and inputs have six levels. */
const MAX_PLACE_CHARS = 500

/** Names of prototypes lead nowhere, because only own members are followed. */
function put(file: string | FormFile, operations: Values, place: string): void {
  const names = place.split('.')
  const last = names.pop() ?? ''
  let at: unknown = operations
  for (const name of names) at = isContainer(at) && Object.hasOwn(at, name) ? at[name] : undefined
  if (names[0] !== 'variables' || !isContainer(at) || !/^\w+$/.test(last) || last === '__proto__')
    return refuse('The map names a place that the variables do not have.')
  at[last] = file
}

const isContainer = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !(value instanceof FormFile)

const refuse = (message: string): never => fail('BAD_REQUEST', message, {})

const reject = (
  message: string,
  { limit, actual }: Required<Pick<ErrorDetails, 'limit' | 'actual'>>,
): never => fail('QUERY_REJECTED', message, { limit, actual })

function fail(code: ErrorCode, message: string, details: ErrorDetails): never {
  throw new GraphQLError(message, { originalError: new GatewayError(code, message, details) })
}
