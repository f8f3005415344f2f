// The rules for secrets: those that Aurora issues, and the keys that an operator chooses.
import * as z from 'zod'
import type { GatewayKey } from './config.ts'
import { text } from './rules.ts'

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

export const secret = () => text(AURORA_KEY, SECRET.rule).optional()

/** A placeholder such as `xxxx…` has fewer, and so has one in 10,000 of the shortest random secrets in hex. */
const MIN_DIFFERENT = 6

const MIN_LENGTH = 16

/** The rule for secrets that an operator chooses. Issued secrets cannot be changed, so it does not apply to them. */
export const CHOSEN_SECRET: SecretRule = {
  isRight: (text) => text.length >= MIN_LENGTH && new Set(text).size >= MIN_DIFFERENT,
  rule: `must have ${MIN_LENGTH} characters at the least, ${MIN_DIFFERENT} of them different`,
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
