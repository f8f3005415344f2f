// The rules for the text of one variable: which texts it accepts, and the message for any other.
import { isIPv4 } from 'node:net'
import * as z from 'zod'
import type { GatewayKey } from './config.ts'

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

/** What a secret must be, and the message for any other text. */
export interface SecretRule {
  readonly isRight: (text: string) => boolean
  readonly rule: string
}

const AURORA_KEY = /^[\x21-\x7e]+$/

/** A secret is sent in a header or signed: a line break from a file would be noticed only at the first call. */
export const SECRET: SecretRule = {
  isRight: (text) => AURORA_KEY.test(text),
  rule: 'has a space, a line break or another character that no Aurora key has',
}

/** A placeholder such as `xxxx…` has fewer, and so has one in 10,000 of the shortest random secrets in hex. */
const MIN_DIFFERENT = 6

const MIN_LENGTH = 16

/** The rule for secrets that an operator chooses. Issued secrets cannot be changed, so it does not apply to them. */
export const CHOSEN_SECRET: SecretRule = {
  isRight: (text) => text.length >= MIN_LENGTH && new Set(text).size >= MIN_DIFFERENT,
  rule: `must have ${MIN_LENGTH} characters at the least, ${MIN_DIFFERENT} of them different`,
}

export const TENANT_ID = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/,
  rule: 'must be 1 to 128 letters, digits, "-" or "_", and begin with a letter or digit',
} as const

export const secret = () => text(AURORA_KEY, SECRET.rule).optional()

export function baseUrl() {
  return z.string().transform((given, context) => {
    const url = URL.canParse(given) ? new URL(given) : null
    if (url === null || !['http:', 'https:'].includes(url.protocol)) {
      context.addIssue({ code: 'custom', message: 'must be an absolute http or https URL' })
      return z.NEVER
    }
    // `url.search` is empty for a lone "?", so the text itself is tested.
    if (url.username || url.password || /[?#]/.test(given)) {
      context.addIssue({ code: 'custom', message: 'must have no user, password, query or fragment' })
      return z.NEVER
    }
    url.pathname = url.pathname.replace(/\/+$/, '')
    return url
  })
}

/** A share from 0 to 1, as a decimal number. */
export function share() {
  return z
    .string()
    .refine((given) => /^(0|1|0?\.\d{1,9}|[01]\.\d{1,9})$/.test(given) && Number(given) <= 1, {
      error: ({ input }) => `must be a number from 0 to 1${shown(input)}`,
    })
    .transform(Number)
}

/** OpenTelemetry's form of a truth value: only `true` is true, in any case, and nothing else is an error. */
export const isTrue = () => z.string().transform((given) => given.trim().toLowerCase() === 'true')

/** OpenTelemetry's form of a choice: words in any case, separated by commas. An unknown word is no error. */
export const words = () => z.string().transform(wordsOf)

export const wordsOf = (given: string): string[] =>
  given
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter(Boolean)

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

/** OpenTelemetry's form: `name=value`, separated by commas, values percent-encoded. Messages never quote a value: it may be a key. */
export function pairs() {
  return z
    .string()
    .optional()
    .transform((given, context): Record<string, string> => {
      const entries = (given ?? '').split(',').map((entry) => entry.trim())
      const found = entries.filter(Boolean).map((entry, index): [string, string] => {
        const [, name = '', text = ''] = /^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64})\s*=\s*(\S.*)$/.exec(entry) ?? []
        const value = decodeOrNull(text)
        if (name === '' || value === null || !/^[\x20-\x7e]+$/.test(value))
          context.addIssue({ code: 'custom', message: `entry ${index + 1} must be name=value` })
        return [name, value ?? '']
      })
      return Object.fromEntries(found)
    })
}

function decodeOrNull(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/**
 * The address may contain a password, so the message never quotes it. Without a scheme it is `http`, as in other
 * programs.
 */
export function proxyUrl() {
  return z
    .string()
    .transform((given, context) => {
      const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`
      const url = URL.canParse(text) ? new URL(text) : null
      const isProxy = url !== null && ['http:', 'https:'].includes(url.protocol)
      if (isProxy && [url.username, url.password].every((part) => decodeOrNull(part) !== null)) return url
      context.addIssue({
        code: 'custom',
        message:
          'must be the http or https URL of a proxy, with a percent-encoded user and password if it has them',
      })
      return z.NEVER
    })
    .optional()
}

/** Does not check that the operation exists: Aurora may have more operations than the gateway uses. */
export function operationLimits() {
  const rule = 'must be entries such as runAiRoof:10, separated by commas, with 1 to 10000000 calls'
  return z
    .string()
    .optional()
    .transform((given, context): Record<string, number> => {
      const entries = (given ?? '').split(',').map((entry) => entry.trim())
      const limits = entries.filter(Boolean).map((entry): [string, number] => {
        const match = /^([A-Za-z]\w{0,63}):([1-9]\d{0,6}|10000000)$/.exec(entry)
        if (!match) context.addIssue({ code: 'custom', message: rule })
        return [match?.[1] ?? '', Number(match?.[2] ?? 1)]
      })
      return Object.fromEntries(limits)
    })
}

/** The entries of a list of keys: separated by commas, and in a file by lines, too. */
export const entriesOf = (given: string): string[] =>
  given
    .split(/[,\r\n]/)
    .map((entry) => entry.trim())
    .filter(Boolean)

/** Messages name entries by their place, because an entry may hold a key that was not hashed. */
export function gatewayKeys() {
  return z
    .string()
    .optional()
    .transform((given, context): GatewayKey[] => {
      const keys = entriesOf(given ?? '').map((entry, index) => {
        const match = GATEWAY_KEY.pattern.exec(entry)
        if (!match) context.addIssue({ code: 'custom', message: `entry ${index + 1} ${GATEWAY_KEY.rule}` })
        const [, name = '', sha256 = '', role] = match ?? []
        return { name, sha256: sha256.toLowerCase(), isReadOnly: role !== undefined }
      })
      const valid = keys.filter((key) => key.name !== '')
      for (const part of ['name', 'sha256'] as const)
        if (new Set(valid.map((key) => key[part])).size < valid.length)
          context.addIssue({ code: 'custom', message: `has the same ${part} twice` })
      return keys
    })
}

export const GATEWAY_KEY = {
  pattern: /^([A-Za-z0-9._-]{1,64}):([0-9a-f]{64})(:read-only)?$/i,
  rule: 'must be a name (letters, digits, ".", "_", "-"), a colon and 64 hex digits of SHA-256, and may end in :read-only',
  readOnly: 'read-only',
} as const

/** Long enough that it cannot be guessed; no comma, because that separates entries. */
const WEBHOOK_KEY_CHARS = /^[\x21-\x2b\x2d-\x7e]{1,256}$/

export const WEBHOOK_KEY: SecretRule = {
  isRight: (text) => WEBHOOK_KEY_CHARS.test(text) && CHOSEN_SECRET.isRight(text),
  rule: `must have ${MIN_LENGTH} to 256 printable characters without spaces and commas, ${MIN_DIFFERENT} of them different: make one with \`openssl rand -hex 32\``,
}

/** Messages name entries by their place. */
export function webhookKeys() {
  return z
    .string()
    .optional()
    .transform((given, context): string[] => {
      const keys = entriesOf(given ?? '')
      for (const [index, key] of keys.entries())
        if (!WEBHOOK_KEY.isRight(key))
          context.addIssue({ code: 'custom', message: `entry ${index + 1} ${WEBHOOK_KEY.rule}` })
      return keys
    })
}

/** `tenant-id:secret`; no id of a tenant contains a colon. */
export function splitWebhookKey(entry: string): { readonly tenantId: string; readonly key: string } {
  const end = Math.max(0, entry.indexOf(':'))
  return { tenantId: entry.slice(0, end).toLowerCase(), key: entry.slice(end + 1) }
}

/** Origins as browsers write them (RFC 6454, 6.2): without a path, and not `*`, which would allow every page. */
export function origins() {
  return list(
    isOrigin,
    'must be origins such as https://app.example or capacitor://localhost, separated by commas, in lower case, without a path',
  )
}

/** Not `null`, which is the origin of every page of a file and of every sandboxed frame. */
function isOrigin(entry: string): boolean {
  if (!URL.canParse(entry) || entry !== entry.toLowerCase()) return false
  const { origin, protocol, host } = new URL(entry)
  if (origin !== 'null') return origin === entry
  // The pages of an app have a scheme of their own, for which URL has no origin, and browsers still send one.
  return host !== '' && protocol !== 'file:' && `${protocol}//${host}` === entry
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
      const entries = (given ?? '').split(',').map((entry) => entry.trim())
      const read = entries.filter(Boolean)
      if (!read.every(isRight)) context.addIssue({ code: 'custom', message })
      return read
    })
}

/** The address at which an identity provider publishes its keys. */
export function httpsUrl() {
  return z
    .string()
    .transform((given, context) => {
      const url = URL.canParse(given) ? new URL(given) : null
      const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
      if (url && isSafe && !url.username && !url.password) return url
      context.addIssue({ code: 'custom', message: 'must be an https URL without user or password' })
      return z.NEVER
    })
    .optional()
}

/** Loopback is all of 127.0.0.0/8 (RFC 1122, 3.2.1.3), ::1, and the name that RFC 6761 reserves for them. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return name === '::1' || name === 'localhost' || (isIPv4(name) && name.startsWith('127.'))
}

/** Quotes only short texts: a long one may be a secret that was put into the wrong variable. */
function shown(given: unknown): string {
  const longestShown = 12
  return typeof given === 'string' && given.length <= longestShown ? `, not ${JSON.stringify(given)}` : ''
}
