// Sets of values that Aurora may extend at any time: a known value is an enum value, any other is UNRECOGNIZED, and a second
// field shows the raw text.
import type { EnumRef } from '@pothos/core'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'

export interface OpenEnum {
  readonly ref: EnumRef<SchemaTypes, string, string>
  /** Converts Aurora's word to a value of the enum; ignores case, spaces and hyphens. */
  read(word: string): string
}

const UNRECOGNIZED = 'UNRECOGNIZED'

/** `values` maps Aurora's words, in upper case, to their meanings. */
export function createOpenEnum(
  name: string,
  { description, values }: { description: string; values: Readonly<Record<string, string>> },
): OpenEnum {
  const unrecognized = `A word this gateway does not know; it is in the field of the same name ending in \`Raw\`.`
  const described = Object.entries({ ...values, [UNRECOGNIZED]: unrecognized })
  const ref = builder.enumType(name, {
    description,
    values: Object.fromEntries(described.map(([value, meaning]) => [value, { value, description: meaning }])),
  })
  return {
    ref,
    read(word) {
      const value = word
        .trim()
        .toUpperCase()
        .replace(/[\s-]+/g, '_')
      return Object.hasOwn(values, value) ? value : UNRECOGNIZED
    },
  }
}
