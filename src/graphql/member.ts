// Fields that show one member of an Aurora object: each declares that it needs this member, and reads it tolerantly.
import type { EnumRef, ObjectRef } from '@pothos/core'
import { GatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { isTooDeep } from './json.ts'
import type { OpenEnum } from './open-enum.ts'
import type { SchemaTypes } from './builder.ts'

/** Anything with members: an object of Aurora, or a value inside one. */
export interface Source {
  get(member: string): unknown
}

/** Receives any value but undefined and null, which both count as absent. Throws UPSTREAM_INVALID, for this field alone. */
type Read<Value> = (value: NonNullable<unknown>) => Value

export const unreadable = (wanted: string): GatewayError =>
  new GatewayError('UPSTREAM_INVALID', `Aurora sent something other than ${wanted} here.`)

const asText: Read<string> = (value) => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw unreadable('text')
}

/** Some clients have received numbers as texts, and percentages with a percent sign. */
const asNumber: Read<number> = (value) => {
  const text = typeof value === 'string' ? value.trim().replace(/%$/, '') : value
  const number = typeof text === 'string' && text !== '' ? Number(text) : text
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw unreadable('a number')
}

const asWhole: Read<number> = (value) => {
  const number = asNumber(value)
  // GraphQL's Int has 32 bits.
  if (Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number
  throw unreadable('a whole number')
}

const asFlag: Read<boolean> = (value) => {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw unreadable('true or false')
}

const asSource: Read<Source> = (value) => {
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
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Reads a value that is shown unchanged. The executor takes every object with a `then` for a promise and calls it, and a
 * member of Aurora's may have this name: such an object is wrapped, so that only JSON.stringify reads it.
 */
export const asJson = (value: unknown): unknown => {
  if (isTooDeep(value)) throw unreadable('a value of a sane depth')
  return isMembers(value) && Object.hasOwn(value, 'then') ? { toJSON: () => value } : value
}

const present = <Value>(value: unknown, read: Read<Value>): Value | null =>
  value === undefined || value === null ? null : read(value)

/** For an Error among the items, GraphQL reports an error at that item alone. */
const readEach =
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
const readObjects: Read<Source[]> = (value) =>
  asList(value)
    .filter((item) => item !== null)
    .map((item) => asSource(item as NonNullable<unknown>))

/** A known member is returned synchronously, without a promise. */
function take<Value>(
  source: Source,
  member: string,
  read: Read<Value>,
): Promise<Value | null> | Value | null {
  const value = source.get(member)
  return value instanceof Promise ? value.then((late: unknown) => present(late, read)) : present(value, read)
}

/** For fields that read a member of another object than their own. */
export const readText = (source: Source, member: string) => take(source, member, asText)

/** selection.ts collects `needs` before the loaders choose the source of an object. */
const field = <Type, Value>(type: Type, member: string, read: Read<Value>, description: string) => ({
  type,
  nullable: true as const,
  description,
  extensions: { needs: [member] },
  resolve: (source: Source) => take(source, member, read),
})

export const text = (member: string, description: string) =>
  field('String' as const, member, asText, description)
/** An id of Aurora's own. */
export const identifier = (member: string, description: string) =>
  field('ID' as const, member, asText, description)
export const number = (member: string, description: string) =>
  field('Float' as const, member, asNumber, description)
export const whole = (member: string, description: string) =>
  field('Int' as const, member, asWhole, description)
export const flag = (member: string, description: string) =>
  field('Boolean' as const, member, asFlag, description)
export const dateTime = (member: string, description: string) =>
  field('DateTime' as const, member, asText, description)
/** A body whose inner shape is not publicly known. */
export const json = (member: string, description: string) =>
  field('JSON' as const, member, asJson, description)

/** The whole body of an object, for types with few known members; never for an object that contains a secret. */
export const raw = (cost = 'Costs nothing beyond it.') => ({
  type: 'JSON' as const,
  nullable: true as const,
  description: `The whole body as Aurora sent it, with current names beside older ones; its inner shape is not publicly documented. ${cost}`,
  resolve: (object: AuroraObject) => {
    const body = object.raw()
    return body instanceof Promise ? body.then(asJson) : asJson(body)
  },
})

/** An empty text counts as null. */
const readWord = (open: OpenEnum, word: string): string | null =>
  word.trim() === '' ? null : open.read(word)

export const choice = (member: string, open: OpenEnum, description: string) =>
  field(
    open.ref as EnumRef<SchemaTypes, string>,
    member,
    (value) => readWord(open, asText(value)),
    description,
  )

export const object = (member: string, type: ObjectRef<SchemaTypes, Source>, description: string) =>
  field(type, member, asSource, description)

/** Where Aurora has not computed a value yet, it may send `{}`; it counts as absent, like null. */
export const objectUnlessEmpty = (
  member: string,
  type: ObjectRef<SchemaTypes, Source>,
  description: string,
) => field(type, member, (value) => (isEmpty(value) ? null : asSource(value)), description)

/** Some clients have received a text in place of the object: it is the value of the object's member `textMember`. */
export const objectOrText = (
  member: string,
  type: ObjectRef<SchemaTypes, Source>,
  { textMember, description }: { textMember: string; description: string },
) => {
  const read: Read<Source | null> = (value) => {
    if (typeof value !== 'string') return asSource(value)
    return value.trim() === '' ? null : toSource({ [textMember]: value })
  }
  return field(type, member, read, description)
}

const isEmpty = (value: unknown): boolean => isMembers(value) && Object.keys(value).length === 0

const listField = <Value>(member: string, read: Read<Value[]>, description: string) => ({
  description,
  extensions: { needs: [member] },
  resolve: (source: Source) => take(source, member, read),
})

const ITEMS_MAY_BE_NULL = { list: true, items: true } as const
const ITEMS_ARE_THERE = { list: true, items: false } as const

export const texts = (member: string, description: string) => ({
  type: ['String'] as ['String'],
  nullable: ITEMS_MAY_BE_NULL,
  ...listField(member, readEach(asText), description),
})

export const identifiers = (member: string, description: string) => ({
  type: ['ID'] as ['ID'],
  nullable: ITEMS_MAY_BE_NULL,
  ...listField(member, readEach(asText), description),
})

/** Gaps in Aurora's monthly and hourly series are null. Writes send the text 'null', so a read may return that too. */
const asNumberOrGap: Read<number | null> = (value) => (value === 'null' ? null : asNumber(value))

export const numbers = (member: string, description: string) => ({
  type: ['Float'] as ['Float'],
  nullable: ITEMS_MAY_BE_NULL,
  ...listField(member, readEach(asNumberOrGap), description),
})

export const objects = (member: string, type: ObjectRef<SchemaTypes, Source>, description: string) => ({
  type: [type] as [ObjectRef<SchemaTypes, Source>],
  nullable: ITEMS_ARE_THERE,
  ...listField(member, readObjects, description),
})
