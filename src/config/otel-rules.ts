// The rules for variables of OpenTelemetry, in its own forms.
import * as z from 'zod'
import { decodeOrNull } from './percent-encoding.ts'
import { itemsOf } from './rules.ts'

/** A truth value: only `true` is true, in any case, and nothing else is an error. */
export const isTrue = () => z.string().transform((given) => given.trim().toLowerCase() === 'true')

/** A choice: words in any case, separated by commas. An unknown word is no error. */
export const words = () => z.string().transform(wordsOf)

export const wordsOf = (given: string): string[] => itemsOf(given).map((word) => word.toLowerCase())

/** The words of OTEL_TRACES_EXPORTER; without any, its default counts. */
export const isTraced = (exporters: readonly string[]): boolean =>
  exporters.length === 0 || (exporters.includes('otlp') && !exporters.includes('none'))

/** The words of OTEL_METRICS_EXPORTER. */
export const isExported = (exporters: readonly string[]): boolean =>
  exporters.includes('otlp') && !exporters.includes('none')

/** The same as `pairs`, with names in lower case. */
export const headers = () =>
  pairs().transform((given): Record<string, string> =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value])),
  )

/** Pairs `name=value`, separated by commas, values percent-encoded. Messages never quote a value: it may be a key. */
export function pairs() {
  return z
    .string()
    .optional()
    .transform((given, context): Record<string, string> => {
      const found = itemsOf(given ?? '').map((entry, index): [string, string] => {
        const [, name = '', text = ''] = /^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64})\s*=\s*(\S.*)$/.exec(entry) ?? []
        const value = decodeOrNull(text)
        if (name === '' || value === null || !/^[\x20-\x7e]+$/.test(value))
          context.addIssue({ code: 'custom', message: `entry ${index + 1} must be name=value` })
        return [name, value ?? '']
      })
      return Object.fromEntries(found)
    })
}
