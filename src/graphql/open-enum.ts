// Sets of values that Aurora may extend at any time: a known value is an enum value, any other is UNRECOGNIZED, and a second
// field shows the raw text.
import type { EnumRef } from '@pothos/core'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'

export interface OpenEnum {
  readonly ref: EnumRef<SchemaTypes, string, string>
  /** Converts Aurora's word to a value of the enum; compares letters and digits only, without case. */
  read(word: string): string
}

interface Words {
  readonly description: string
  /** The meaning of each of Aurora's words, in upper case, with underscores. */
  readonly values: Readonly<Record<string, string>>
  /** Words that mean the same as one of `values`. */
  readonly synonyms?: Readonly<Record<string, string>>
}

const UNRECOGNIZED = 'UNRECOGNIZED'

export function createOpenEnum(name: string, { description, values, synonyms = {} }: Words): OpenEnum {
  const unrecognized = `A word of Aurora that this gateway does not know: the field of the same name that ends in \`Raw\` shows it.`
  const described = Object.entries({ ...values, [UNRECOGNIZED]: unrecognized })
  const ref = builder.enumType(name, {
    description,
    values: Object.fromEntries(described.map(([value, meaning]) => [value, { value, description: meaning }])),
  })
  const known = new Map([
    ...Object.entries(synonyms).map(([word, value]) => [lettersOf(word), value] as const),
    ...Object.keys(values).map((value) => [lettersOf(value), value] as const),
  ])
  return { ref, read: (word) => known.get(lettersOf(word)) ?? UNRECOGNIZED }
}

/** Aurora writes one word with spaces, hyphens, underscores, slashes or brackets, by version and place. */
const lettersOf = (word: string): string => word.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')
