// What is wrong with a member of a JSON file of settings, and what it must be, in words for operators.
import type * as z from 'zod'

/** A name that is longer may be a secret that was put at the wrong place. */
const MAX_NAME = 24

/** Undefined: the words of zod are used. No text contains a value. */
export function wordsForMember(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const rule = `must be ${TYPES[issue.expected] ?? issue.expected}`
      return issue.input === undefined ? `is missing: it ${rule}` : rule
    }
    case 'too_small':
      return isList(issue) ? `must have ${issue.minimum} or more entries` : `must be ${issue.minimum} or more`
    case 'too_big':
      return isList(issue)
        ? `must have ${issue.maximum} or fewer entries`
        : `must be ${issue.maximum} or less`
    case 'unrecognized_keys':
      return `has a member that is not known: ${issue.keys.map(nameOf).join(', ')}`
    default:
      return undefined
  }
}

const TYPES: Readonly<Partial<Record<z.core.$ZodInvalidTypeExpected, string>>> = {
  string: 'a text',
  object: 'an object',
  array: 'a list',
  int: 'a whole number',
  number: 'a number',
}

const isList = ({ origin }: { readonly origin: string }): boolean => origin === 'array'

const nameOf = (name: string): string => (name.length <= MAX_NAME ? `"${name}"` : 'one with a long name')
