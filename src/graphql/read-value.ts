// Reads the values that members of Aurora have, tolerantly: a value of another type fails its field alone.
import type { Soon } from '../turns/at-once.ts'
import { GatewayError } from '../errors/errors.ts'
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { isDecoded } from '../aurora/decode-text.ts'
import { parseExactJson } from '../aurora/exact-json.ts'
import { findFault } from './json-faults.ts'
import type { Fault } from './json-faults.ts'

/** Anything with members: an object of Aurora, or a value inside one. */
export interface Source {
  get(member: string): unknown
}

/** Receives any value but undefined and null, which both count as absent. Throws UPSTREAM_INVALID, for this field alone. */
export type Read<Value> = (value: NonNullable<unknown>) => Value

export const unreadable = (wanted: string): GatewayError =>
  new GatewayError('UPSTREAM_INVALID', `Aurora sent something other than ${wanted} here.`)

export const asText: Read<string> = (value) => {
  if (typeof value === 'string') return decoded(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw unreadable('text')
}

/** A text with a byte that could not be read is not the text that was meant. */
function decoded(text: string): string {
  if (isDecoded(text)) return text
  throw unreadable('text in a known character set')
}

/** Some clients have received numbers as texts, and percentages with a percent sign. */
export const asNumber: Read<number> = (value) => {
  const text = typeof value === 'string' ? value.trim().replace(/%$/, '') : value
  const number = typeof text === 'string' && text !== '' ? Number(text) : text
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw unreadable('a number')
}

/** Gaps in Aurora's monthly and hourly series are null. Writes send the text 'null', so a read may return that too. */
export const asNumberOrGap: Read<number | null> = (value) => (value === 'null' ? null : asNumber(value))

export const asWhole: Read<number> = (value) => {
  const number = asNumber(value)
  // GraphQL's Int has 32 bits.
  if (Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number
  throw unreadable('a whole number')
}

export const asFlag: Read<boolean> = (value) => {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw unreadable('true or false')
}

export const asSource: Read<Source> = (value) => {
  if (isMembers(value)) return toSource(value)
  throw unreadable('an object')
}

export const toSource = (members: Members): Source => ({ get: (member) => members[member] })

/** In the documentation of some versions `arrays` is a JSON text, so a text is parsed here. */
const asList: Read<readonly unknown[]> = (value) => {
  const list: unknown = typeof value === 'string' ? parseJson(value) : value
  if (Array.isArray(list)) return list
  throw unreadable('a list')
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

/**
 * Reads a value that is shown unchanged; a large one in turns of the event loop. The executor takes every object with a `then`
 * for a promise and calls it, and a member of Aurora's may have this name: such an object is wrapped, so that only
 * JSON.stringify reads it.
 */
export const asJson = (value: unknown): Soon<unknown> => {
  const fault = shown.has(value as object) ? null : findFault(value)
  if (fault instanceof Promise) return fault.then((found) => showUnless(found, value))
  return showUnless(fault, value)
}

/** Values that were found to be in order; they never change, and many fields may show the same one. */
const shown = new WeakSet<object>()

function showUnless(fault: Fault | null, value: unknown): unknown {
  if (fault === 'depth') throw unreadable('a value of a sane depth')
  if (fault === 'bytes') throw unreadable('text in a known character set')
  if (typeof value === 'object' && value !== null) shown.add(value)
  return isMembers(value) && Object.hasOwn(value, 'then') ? { toJSON: () => value } : value
}

const present = <Value>(value: unknown, read: Read<Value>): Value | null =>
  value === undefined || value === null ? null : read(value)

/** For an Error among the items, GraphQL reports an error at that item alone. */
export const readEach =
  <Value>(read: Read<Value>): Read<(Value | null)[]> =>
  (value) =>
    asList(value).map((item) => {
      try {
        return present(item, read)
      } catch (error) {
        return error as Value
      }
    })

/** Objects in lists are not nullable: a null item is left out, and an item of another type fails the whole list. */
export const readObjects: Read<Source[]> = (value) =>
  asList(value)
    .filter((item) => item !== null)
    .map((item) => asSource(item as NonNullable<unknown>))

/** A known member is returned synchronously, without a promise. */
export function take<Value>(
  source: Source,
  member: string,
  read: Read<Value>,
): Promise<Value | null> | Value | null {
  const value = source.get(member)
  return value instanceof Promise ? value.then((late: unknown) => present(late, read)) : present(value, read)
}

/** For fields that read a member of another object than their own. */
export const readText = (source: Source, member: string) => take(source, member, asText)
