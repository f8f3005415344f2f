// Fields that show one member of an Aurora object: each declares that it needs this member, and reads it tolerantly.
import type { ObjectRef, TypeParam } from '@pothos/core'
import { GatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'
import { fieldsOf, toSnakeCase } from './fields.ts'
import type { Row, Rows } from './fields.ts'
import { isTooDeep } from './json.ts'
import type { OpenEnum } from './open-enum.ts'

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

interface Details {
  /** Whether the value, or an item of a list, may be null. */
  readonly nullable?: true | { readonly list: true; readonly items: boolean }
}

/**
 * Makes a maker of fields that show a member of their object. The member has the name of the field, in Aurora's spelling,
 * unless a maker is given another one. selection.ts collects `needs` before the loaders choose the source of an object.
 */
const shows =
  (type: TypeParam<SchemaTypes>, read: Read<unknown>, { nullable = true }: Details = {}) =>
  (description: string, member?: string): Row<Source> =>
  (t, name) => {
    const shown = member ?? toSnakeCase(name)
    return t.field({
      type,
      nullable,
      description,
      extensions: { needs: [shown] },
      resolve: (source) => take(source, shown, read) as never,
    })
  }

/** Gaps in Aurora's monthly and hourly series are null. Writes send the text 'null', so a read may return that too. */
const asNumberOrGap: Read<number | null> = (value) => (value === 'null' ? null : asNumber(value))

const ITEMS_MAY_BE_NULL = { nullable: { list: true, items: true } } as const
const ITEMS_ARE_THERE = { nullable: { list: true, items: false } } as const

export const text = shows('String', asText)
/** An id of Aurora's own. */
export const identifier = shows('ID', asText)
export const number = shows('Float', asNumber)
export const whole = shows('Int', asWhole)
export const flag = shows('Boolean', asFlag)
export const dateTime = shows('DateTime', asText)
/** A body whose inner shape is not publicly known. */
export const json = shows('JSON', asJson)
export const texts = shows(['String'], readEach(asText), ITEMS_MAY_BE_NULL)
export const identifiers = shows(['ID'], readEach(asText), ITEMS_MAY_BE_NULL)
export const numbers = shows(['Float'], readEach(asNumberOrGap), ITEMS_MAY_BE_NULL)

/** An empty text counts as null. */
const readWord = (open: OpenEnum, word: string): string | null =>
  word.trim() === '' ? null : open.read(word)

export const choice = (open: OpenEnum, description: string, member?: string) =>
  shows(open.ref, (value) => readWord(open, asText(value)))(description, member)

/** `statusRaw` shows as a text what `status` shows as a value of an enum. */
export const ownWord = (): Row<Source> => (t, name) => {
  const chosen = name.replace(/Raw$/, '')
  return text(`\`${chosen}\` in Aurora's own word.`, toSnakeCase(chosen))(t, name)
}

type ObjectType = ObjectRef<SchemaTypes, Source>

export const object = (type: ObjectType, description: string, member?: string) =>
  shows(type, asSource)(description, member)

export const objects = (type: ObjectType, description: string, member?: string) =>
  shows([type], readObjects, ITEMS_ARE_THERE)(description, member)

/** Where Aurora has not computed a value yet, it may send `{}`; it counts as absent, like null. */
export const objectUnlessEmpty = (type: ObjectType, description: string, member?: string) =>
  shows(type, (value) => (isEmpty(value) ? null : asSource(value)))(description, member)

/** Some clients have received a text in place of the object: it is the value of the object's member `textMember`. */
export const objectOrText = (type: ObjectType, textMember: string, description: string, member?: string) =>
  shows(type, (value) => {
    if (typeof value !== 'string') return asSource(value)
    return value.trim() === '' ? null : toSource({ [textMember]: value })
  })(description, member)

const isEmpty = (value: unknown): boolean => isMembers(value) && Object.keys(value).length === 0

/** The whole body of an object, for types with few known members; never for an object that contains a secret. */
export const raw =
  (cost = 'Costs nothing beyond it.'): Row<AuroraObject> =>
  (t) =>
    t.field({
      type: 'JSON',
      description: `The whole body as Aurora sent it, with current names beside older ones; its inner shape is not publicly documented. ${cost}`,
      resolve: (object) => {
        const body = object.raw()
        return body instanceof Promise ? body.then(asJson) : asJson(body)
      },
    })

/** Makes a type for a value inside an object of Aurora. */
export const createValueType = (
  name: string,
  { description, fields }: { description: string; fields: Rows<Source> },
): ObjectType => builder.objectRef<Source>(name).implement({ description, fields: fieldsOf(fields) })
