// Tables of fields: each row has the name of a field and what makes it, so that a maker can use the name.
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'

export type FieldMap = ReturnType<Parameters<typeof builder.queryFields>[0]>

/** The part of Pothos' field builders that makers use: the builders of objects, queries and mutations all have it. */
export type FieldBuilder<Parent> = Pick<
  PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Parent>,
  'field' | 'arg'
>

export type Row<Parent> = (t: FieldBuilder<Parent>, name: string) => FieldMap[string]

export type Rows<Parent> = Readonly<Record<string, Row<Parent>>>

export const fieldsOf =
  <Parent>(rows: Rows<Parent>) =>
  (t: FieldBuilder<Parent>): FieldMap =>
    Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, row(t, name)]))

export const addQueries = (rows: Rows<object>): void => builder.queryFields(fieldsOf(rows))

/** Declares that the resolver uses its object, arguments and context alone: the executor then makes no `info` for it. */
export const WITHOUT_INFO = { needsInfo: false } as const

/** Aurora's name of the member that a field shows, unless a maker is given another one. */
export const toSnakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
