// Fields that show one member of an Aurora object: each declares that it needs this member, and reads it tolerantly.
import type { ObjectRef, TypeParam } from '@pothos/core'
import { isMembers } from '../aurora/body.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'
import { fieldsOf, toSnakeCase, WITHOUT_INFO } from './fields.ts'
import type { Row, Rows } from './fields.ts'
import type { OpenEnum } from './open-enum.ts'
import {
  asFlag,
  asJson,
  asNumber,
  asNumberOrGap,
  asSource,
  asText,
  asWhole,
  readEach,
  readObjects,
  take,
  toSource,
} from './read-value.ts'
import type { Read, Source } from './read-value.ts'

/** Whether the value, or an item of a list, may be null. */
type Nullable = true | { readonly list: true; readonly items: boolean }

/**
 * Makes a maker of fields that show a member of their object. The member has the name of the field, in Aurora's
 * spelling, unless the maker gets another name. selection.ts collects `needs` before the loaders choose the source of
 * an object.
 */
const shows =
  (type: TypeParam<SchemaTypes>, read: Read<unknown>, nullable: Nullable = true) =>
  (description: string, member?: string): Row<Source> =>
  (t, name) => {
    const shown = member ?? toSnakeCase(name)
    return t.field({
      type,
      nullable,
      description,
      extensions: { needs: [shown], ...WITHOUT_INFO },
      resolve: (source) => take(source, shown, read) as never,
    })
  }

const ITEMS_MAY_BE_NULL = { list: true, items: true } as const
const ITEMS_ARE_THERE = { list: true, items: false } as const

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

/** Some clients have received a text instead of the object: this text becomes the value of the member `textMember`. */
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
