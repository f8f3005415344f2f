// The arguments `filter` and `sort` of a list that Aurora neither filters nor sorts: made of a table of its members.
import type { EnumRef } from '@pothos/core'
import { readTimeMs } from '../aurora/times.ts'
import type { ListQuestion } from '../loaders/find-in-list.ts'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'
import { assertInput, idOf } from './input.ts'
import type { InputFields } from './input.ts'

/** The part of a question to a list that is no search: its filter and its order. */
export type Wanted = Pick<ListQuestion, 'values' | 'ranges' | 'sort'>

type Part = Partial<Pick<Wanted, 'values' | 'ranges'>>

/** A member of a filter: its input, and the condition on the index that a given value makes. */
export interface FilterRow {
  readonly field: (t: InputFields) => ReturnType<InputFields['field']>
  readonly read: (given: unknown, name: string) => Part
}

export interface ListArguments {
  /** For example `ProjectFilterInput`. */
  readonly typeName: string
  readonly filter: Readonly<Record<string, FilterRow>>
  /** The values to sort by, with a description of each. */
  readonly sorts: Readonly<Record<string, string>>
  readonly order: Wanted['sort']
}

/** Enough for a filter that people choose; joining with a long list of another program is not its purpose. */
const MAX_VALUES = 50
/** Aurora's limit for every text of a project. */
const MAX_CHARS = 255

const many = `at most ${MAX_VALUES}; one of them has to match, and an empty list matches nothing`

/** Aurora's own words, compared letter by letter, or without case if the index has them so. */
export const words = (description: string, { isCaseless = false } = {}): FilterRow => ({
  field: (t) =>
    t.stringList({
      description: `${description}, ${isCaseless ? 'in any case' : 'letter by letter'}: ${many}.`,
    }),
  read: (given, name) =>
    valuesIn(name, given as readonly string[], (word) => (isCaseless ? word.toLowerCase() : word)),
})

export const ids = (typeName: string, description: string): FilterRow => ({
  field: (t) => t.idList({ description: `${description}, by either id: ${many}.` }),
  read: (given, name) => valuesIn(name, given as readonly string[], (id) => idOf(typeName, id).toLowerCase()),
})

export const choices = (type: EnumRef<SchemaTypes, string, string>, description: string): FilterRow => ({
  field: (t) => t.field({ type: [type], description: `${description}: ${many}.` }),
  read: (given, name) => valuesIn(name, given as readonly string[], (word) => word),
})

function valuesIn(
  name: string,
  given: readonly (string | number)[],
  convert: (value: string) => string,
): Part {
  assertInput(given.length <= MAX_VALUES, `\`filter.${name}\` may have ${MAX_VALUES} values.`)
  const values = given.map((value) => convert(String(value)))
  assertInput(
    values.every(({ length }) => length <= MAX_CHARS),
    `A value of \`filter.${name}\` may have ${MAX_CHARS} characters.`,
  )
  return { values: { [name]: values } }
}

const DateTimeRange = builder.inputType('DateTimeRangeInput', {
  description: 'A stretch of time; an end that is left out is open.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'The first moment.' }),
    to: t.field({ type: 'DateTime', description: 'The first moment after it.' }),
  }),
})

export const NumberRange = builder.inputType('NumberRangeInput', {
  description: 'A range of numbers; an end that is left out is open.',
  fields: (t) => ({
    from: t.float({ description: 'The least number.' }),
    to: t.float({ description: 'The first number beyond it.' }),
  }),
})

/** Moments of the value by which `sort` sorts the list. */
export const moments = (sort: string, description: string): FilterRow => ({
  field: (t) => t.field({ type: DateTimeRange, description }),
  read: (given, name) => rangeIn(sort, given, (value, end) => momentOf(value, `${name}.${end}`)),
})

export const numbers = (sort: string, description: string): FilterRow => ({
  field: (t) => t.field({ type: NumberRange, description }),
  read: (given) => rangeIn(sort, given, (value) => (typeof value === 'number' ? value : null)),
})

function rangeIn(sort: string, given: unknown, read: (value: unknown, end: string) => number | null): Part {
  const { from, to } = given as { readonly from?: unknown; readonly to?: unknown }
  return hasAny({ from, to }) ? { ranges: { [sort]: { from: read(from, 'from'), to: read(to, 'to') } } } : {}
}

function momentOf(value: unknown, name: string): number | null {
  if (value === undefined || value === null) return null
  const atMs = readTimeMs(value)
  assertInput(!Number.isNaN(atMs), `\`filter.${name}\` is a moment in ISO 8601.`)
  return atMs
}

const SortDirection = builder.enumType('SortDirectionInput', {
  description: 'The direction of an order. What has no value is last in both.',
  values: {
    ASC: { value: 'ASC', description: 'From A to Z, from old to new, from small to large.' },
    DESC: { value: 'DESC', description: 'From Z to A, from new to old, from large to small.' },
  } as const,
})

/** The order that a client gives. */
export interface GivenSort {
  readonly by: string
  readonly direction?: 'ASC' | 'DESC' | null | undefined
}

export interface GivenWanted {
  readonly filter?: object | null | undefined
  readonly sort?: GivenSort | null | undefined
}

/** A filter without a member counts as no filter, so it costs no walk over the list. */
export const hasAny = (filter: object | null | undefined): boolean =>
  Object.values(filter ?? {}).some((given) => given !== undefined && given !== null)

/** The input types of a list by these names, and its arguments. `noun` as in "projects". */
export function createListArguments(noun: string, { typeName, filter, sorts, order }: ListArguments) {
  const Filter = builder.inputType(`${typeName}FilterInput`, {
    description: `What ${noun} have to match: all members that are given.`,
    fields: (t) => Object.fromEntries(Object.entries(filter).map(([name, { field }]) => [name, field(t)])),
  })
  const Sort = createSortInput(noun, { typeName, sorts })
  return {
    args: builder.args((t) => ({
      filter: t.field({ type: Filter, description: `What the ${noun} have to match.` }),
      sort: t.field({ type: Sort, description: `Their order; left out, ${describeOrder(order)}.` }),
    })),
    /** Throws BAD_USER_INPUT before a call is made. */
    read(given: GivenWanted): Wanted {
      const parts = Object.entries(given.filter ?? {}).flatMap(([name, value]: [string, unknown]) =>
        value === undefined || value === null ? [] : [filter[name]?.read(value, name) ?? {}],
      )
      return {
        values: Object.assign({}, ...parts.map(({ values }) => values)) as Wanted['values'],
        ranges: Object.assign({}, ...parts.map(({ ranges }) => ranges)) as Wanted['ranges'],
        sort: readSort(given.sort, order),
      }
    },
  }
}

export function createSortInput(
  noun: string,
  { typeName, sorts }: Pick<ListArguments, 'typeName' | 'sorts'>,
) {
  const SortField = builder.enumType(`${typeName}SortFieldInput`, {
    description: `What ${noun} can be sorted by. Equal ones are in the order of their ids.`,
    values: Object.fromEntries(
      Object.entries(sorts).map(([name, description]) => [name, { value: name, description }]),
    ),
  })
  return builder.inputType(`${typeName}SortInput`, {
    description: `An order of ${noun}.`,
    fields: (t) => ({
      by: t.field({ type: SortField, required: true, description: 'What they are sorted by.' }),
      direction: t.field({ type: SortDirection, defaultValue: 'ASC', description: 'Rising or falling.' }),
    }),
  })
}

const readSort = (sort: GivenSort | null | undefined, order: Wanted['sort']): Wanted['sort'] =>
  sort ? { by: sort.by, isDescending: sort.direction === 'DESC' } : order

const describeOrder = ({ by }: Wanted['sort']): string => (by === 'CREATED_AT' ? 'newest first' : 'by name')
