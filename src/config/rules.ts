// The rules for plain values of variables: which texts are accepted, and the message for any other.
import * as z from 'zod'

export function whole(min: number, max: number) {
  return z
    .string()
    .refine((given) => /^\d{1,9}$/.test(given) && Number(given) >= min && Number(given) <= max, {
      error: ({ input }) => `must be a whole number from ${min} to ${max}${shown(input)}`,
    })
    .transform(Number)
}

export function choice<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: ({ input }) => `must be one of ${values.join(', ')}${shown(input)}` })
}

export function text(pattern: RegExp, rule: string) {
  return z.string().regex(pattern, { error: rule })
}

export const TENANT_ID = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/,
  rule: 'must be 1 to 128 letters, digits, "-" or "_", and begin with a letter or digit',
} as const

/** A share from 0 to 1, as a decimal number. */
export function share() {
  return z
    .string()
    .refine((given) => /^(0|1|0?\.\d{1,9}|[01]\.\d{1,9})$/.test(given) && Number(given) <= 1, {
      error: ({ input }) => `must be a number from 0 to 1${shown(input)}`,
    })
    .transform(Number)
}

/** Does not check that the operation exists: Aurora may have more operations than the gateway uses. */
export function operationLimits() {
  const rule = 'must be entries such as runAiRoof:10, separated by commas, with 1 to 10000000 calls'
  return z
    .string()
    .optional()
    .transform((given, context): Record<string, number> => {
      const limits = itemsOf(given ?? '').map((entry): [string, number] => {
        const match = /^([A-Za-z]\w{0,63}):([1-9]\d{0,6}|10000000)$/.exec(entry)
        if (!match) context.addIssue({ code: 'custom', message: rule })
        return [match?.[1] ?? '', Number(match?.[2] ?? 1)]
      })
      return Object.fromEntries(limits)
    })
}

/** Names of header fields (RFC 9110, 5.1), without `*`: to browsers it is all names except the one that matters most, Authorization. */
export function headerNames() {
  return list(
    (name) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name),
    'must be names of headers such as x-app-version, separated by commas',
  ).transform((names) => names.map((name) => name.toLowerCase()))
}

export function list(isRight: (entry: string) => boolean, message: string) {
  return z
    .string()
    .optional()
    .transform((given, context): string[] => {
      const read = itemsOf(given ?? '')
      if (!read.every(isRight)) context.addIssue({ code: 'custom', message })
      return read
    })
}

/** The items of a list, separated by commas. */
export const itemsOf = (given: string): string[] =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

/** Quotes only short texts: a long one may be a secret that was put into the wrong variable. */
function shown(given: unknown): string {
  const longestShown = 12
  return typeof given === 'string' && given.length <= longestShown ? `, not ${JSON.stringify(given)}` : ''
}
