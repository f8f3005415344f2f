// What is wrong with a member of a JSON file of settings, and what it must be, in words for operators.
import type * as z from 'zod'

/** Any other name may be a secret that was put at the wrong place: a long one, and one with digits. */
const HARMLESS_NAME = /^[A-Za-z_-]{1,24}$/

/** Undefined: the words of zod are used. No text contains a value. */
export function wordsForMember(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const rule = `must be ${TYPES[issue.expected] ?? issue.expected}`
      return issue.input === undefined ? `is missing: it ${rule}` : rule
    }
    case 'too_small':
      return countedOf(issue, issue.minimum, 'more')
    case 'too_big':
      return countedOf(issue, issue.maximum, 'fewer')
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

function countedOf(
  { origin }: { readonly origin: string },
  limit: number | bigint,
  or: 'more' | 'fewer',
): string {
  if (origin === 'array') return `must have ${limit} or ${or} entries`
  if (origin === 'string') return `must have ${limit} or ${or} characters`
  return `must be ${limit} or ${or === 'more' ? 'more' : 'less'}`
}

const nameOf = (name: string): string =>
  HARMLESS_NAME.test(name) ? `"${name}"` : 'one whose name may be a secret'
