// Reads many tenants from a file. The file holds no secret: it names the variable or the file that holds each one.
import * as z from 'zod'
import type { Pieces } from '../turns/at-once.ts'
import type { AuroraConfig, GatewayKey, TenantConfig } from './config.ts'
import { readBytes, readSecret } from './read-bytes.ts'
import { TENANT_ID } from './rules.ts'
import { GATEWAY_KEY, SECRET, WEBHOOK_KEY } from './secret-rules.ts'
import type { SecretRule } from './secret-rules.ts'
import { baseUrl, isLoopback } from './url-rules.ts'
import { wordsForMember } from './words-for-member.ts'

export interface TenantsFileOptions {
  readonly path: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The address for tenants that have none of their own. */
  readonly baseUrlOf: (kind: AuroraConfig['credential']['kind']) => URL
  readonly isProduction: boolean
}

export interface TenantsFile {
  /** Complete only if there are no problems. */
  readonly tenants: readonly TenantConfig[]
  /** Messages for people, each with its place and never with a value, which may be a misplaced secret. */
  readonly problems: readonly string[]
}

const VARIABLE_RULE = 'must be the name of a variable: 1 to 128 letters, digits or "_", and no digit first'

const secretSource = z.union(
  [
    z.strictObject({ env: z.string().regex(/^[A-Za-z_]\w{0,127}$/, { error: VARIABLE_RULE }) }),
    z.strictObject({ file: z.string().min(1).max(1024) }),
  ],
  { error: 'must name where the secret is, as {"env": "NAME"} or {"file": "/path"}: it does not stand here' },
)
type SecretSource = z.infer<typeof secretSource>

const NAME_RULE = 'must be 1 to 64 letters, digits, ".", "_" or "-", and not "." or ".."'
/** The address of its webhooks contains the name of a tenant, and clients leave these two out of a path (RFC 3986, 5.2.4). */
const name = z.string({ error: NAME_RULE }).regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/, { error: NAME_RULE })

const keySchema = z.strictObject({
  name,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, { error: 'must be 64 hex digits: the SHA-256 of the key, not the key' })
    .toLowerCase(),
  role: z.enum([GATEWAY_KEY.readOnly], { error: `must be ${GATEWAY_KEY.readOnly}, or left out` }).optional(),
})

const tenantSchema = z
  .strictObject({
    name,
    tenantId: z.string().regex(TENANT_ID.pattern, { error: TENANT_ID.rule }),
    baseUrl: baseUrl().optional(),
    token: secretSource.optional(),
    hmac: z.strictObject({ key: secretSource, secret: secretSource }).optional(),
    rateLimit: z.int().min(1).max(10_000_000).optional(),
    keys: z.array(keySchema).max(1000).default([]),
    routerKeys: z.array(keySchema).max(100).default([]),
    webhookKeys: z.array(secretSource).max(10).default([]),
  })
  .refine(({ token, hmac }) => (token === undefined) !== (hmac === undefined), {
    error: 'must have one credential: `token`, or `hmac` with `key` and `secret`',
  })

const fileSchema = z.strictObject({ tenants: z.array(z.unknown()).min(1).max(10_000) })

/** For what has no words of its own above. */
const IN_WORDS = { error: wordsForMember }

type TenantEntry = z.infer<typeof tenantSchema>

/** Each piece takes some milliseconds, unless secrets are in files on a slow disk. */
const ENTRIES_A_PIECE = 100

export function* readTenantsFile(options: TenantsFileOptions): Pieces<TenantsFile> {
  const { bytes, problem } = readBytes(options.path)
  if (bytes === null) return failed(`TENANTS_FILE ${problem}`)
  const text = decode(bytes)
  if (text === null) return failed('TENANTS_FILE is not in UTF-8')
  const json = parse(text)
  if (json === undefined) return failed('TENANTS_FILE is not JSON')
  const file = fileSchema.safeParse(json, IN_WORDS)
  if (!file.success) return failed(...problemsIn(file.error))
  const { entries, problems: malformed } = yield* readEntries(file.data.tenants)
  if (malformed.length > 0) return failed(...malformed)
  const problems: string[] = []
  const tenants: TenantConfig[] = []
  for (const [index, entry] of entries.entries()) {
    tenants.push(
      toTenantConfig(entry, options, (place, what) =>
        problems.push(`TENANTS_FILE tenants[${index}]${place} ${what}`),
      ),
    )
    if (index % ENTRIES_A_PIECE === 0) yield
  }
  problems.push(...sameTwice(entries))
  if (
    problems.length === 0 &&
    hasDuplicates(tenants.flatMap((tenant) => [...new Set(tenant.webhookKeys ?? [])]))
  )
    problems.push('TENANTS_FILE has the same webhook key for two tenants')
  return { tenants, problems }
}

const failed = (...problems: string[]): TenantsFile => ({ tenants: [], problems })

function* readEntries(
  given: readonly unknown[],
): Pieces<{ readonly entries: readonly TenantEntry[]; readonly problems: readonly string[] }> {
  const entries: TenantEntry[] = []
  const problems: string[] = []
  for (const [index, entry] of given.entries()) {
    const parsed = tenantSchema.safeParse(entry, IN_WORDS)
    if (parsed.success) entries.push(parsed.data)
    else problems.push(...problemsIn(parsed.error, ['tenants', index]))
    if (index % ENTRIES_A_PIECE === 0) yield
  }
  return { entries, problems }
}

const problemsIn = ({ issues }: z.ZodError, place: readonly PropertyKey[] = []): readonly string[] =>
  issues.map(({ path, message }) => `TENANTS_FILE ${placeOf([...place, ...path])} ${message}`)

function toTenantConfig(
  { name: tenantName, tenantId, baseUrl: ownUrl, token, hmac, rateLimit, ...keysOf }: TenantEntry,
  { env, baseUrlOf, isProduction }: TenantsFileOptions,
  report: (place: string, what: string) => void,
): TenantConfig {
  const secretAt = (place: string, source: SecretSource, form: SecretRule = SECRET): string => {
    const { text = '', problem } =
      'env' in source
        ? { text: env[source.env], problem: 'names a variable that is not set' }
        : readSecret(source.file)
    if (text === '') report(place, problem)
    else if (!form.isRight(text)) report(place, form.rule)
    return text
  }
  const credential: AuroraConfig['credential'] =
    hmac === undefined
      ? { kind: 'bearer', token: token === undefined ? '' : secretAt('.token', token) }
      : {
          kind: 'hmac',
          key: secretAt('.hmac.key', hmac.key),
          secret: secretAt('.hmac.secret', hmac.secret),
        }
  const url = ownUrl ?? baseUrlOf(credential.kind)
  if (isProduction && url.protocol === 'http:' && !isLoopback(url.hostname))
    report('.baseUrl', 'must be https in production: http would send the credential in the clear')
  return {
    name: tenantName,
    aurora: { baseUrl: url, tenantId, credential },
    keys: keysOf.keys.map(toKey),
    routerKeys: keysOf.routerKeys.map(toKey),
    webhookKeys: keysOf.webhookKeys.map((source, index) =>
      secretAt(`.webhookKeys[${index}]`, source, WEBHOOK_KEY),
    ),
    rateLimit: rateLimit ?? null,
  }
}

const toKey = ({ role, ...key }: z.infer<typeof keySchema>): GatewayKey => ({
  ...key,
  isReadOnly: role !== undefined,
})

/** A key with two callers could be taken for either of them. */
function sameTwice(tenants: readonly TenantEntry[]): string[] {
  const problems: string[] = []
  if (hasDuplicates(tenants.map((tenant) => tenant.name)))
    problems.push('TENANTS_FILE has two tenants of one name')
  for (const [index, { keys, routerKeys }] of tenants.entries())
    if (hasDuplicates([...keys, ...routerKeys].map((key) => key.name)))
      problems.push(`TENANTS_FILE tenants[${index}].keys has the same name twice`)
  if (
    hasDuplicates(
      tenants.flatMap(({ keys, routerKeys }) => [...keys, ...routerKeys].map(({ sha256 }) => sha256)),
    )
  )
    problems.push('TENANTS_FILE has the same sha256 twice')
  return problems
}

const hasDuplicates = (names: readonly string[]): boolean => new Set(names).size < names.length

function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return place.slice(1) || 'as a whole'
}

/** Skips a byte order mark, which some editors write. */
function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
