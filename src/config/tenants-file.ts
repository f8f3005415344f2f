// Reads many tenants from a file. The file holds no secret: it names the variable or the file that holds each one.
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { AuroraConfig, GatewayKey, TenantConfig } from './config.ts'
import { baseUrl, GATEWAY_KEY, isLoopback, SECRET, TENANT_ID } from './rules.ts'

export interface TenantsFileOptions {
  readonly path: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The address for tenants that have none of their own. */
  readonly baseUrlOf: (kind: AuroraConfig['credential']['kind']) => URL
  readonly isProduction: boolean
}

export interface TenantsFile {
  /** Complete only where there are no problems. */
  readonly tenants: readonly TenantConfig[]
  /** Messages for people, each with its place and never with a value, which may be a misplaced secret. */
  readonly problems: readonly string[]
}

/** Hundreds of tenants need a tenth of this. */
const MAX_BYTES = 1024 * 1024

const secretSource = z.union(
  [
    z.strictObject({ env: z.string().regex(/^[A-Za-z_]\w{0,127}$/) }),
    z.strictObject({ file: z.string().min(1).max(1024) }),
  ],
  { error: 'must name where the secret is, as {"env": "NAME"} or {"file": "/path"}: it does not stand here' },
)
type SecretSource = z.infer<typeof secretSource>

const NAME_RULE = 'must be 1 to 64 letters, digits, ".", "_" or "-"'
const name = z.string({ error: NAME_RULE }).regex(/^[A-Za-z0-9._-]{1,64}$/, { error: NAME_RULE })

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
  })
  .refine(({ token, hmac }) => (token === undefined) !== (hmac === undefined), {
    error: 'must have one credential: `token`, or `hmac` with `key` and `secret`',
  })

const fileSchema = z.strictObject({ tenants: z.array(tenantSchema).min(1).max(10_000) })

type TenantEntry = z.infer<typeof tenantSchema>

export function readTenantsFile(options: TenantsFileOptions): TenantsFile {
  const bytes = readBytes(options.path)
  if (bytes === null) return failed('TENANTS_FILE cannot be read, or is larger than a megabyte')
  const text = decode(bytes)
  if (text === null) return failed('TENANTS_FILE is not in UTF-8')
  const json = parse(text)
  if (json === undefined) return failed('TENANTS_FILE is not JSON')
  const parsed = fileSchema.safeParse(json)
  if (!parsed.success)
    return failed(
      ...parsed.error.issues.map(({ path, message }) => `TENANTS_FILE ${placeOf(path)} ${message}`),
    )
  const problems: string[] = []
  const tenants = parsed.data.tenants.map((entry, index) =>
    toTenantConfig(entry, options, (place, what) =>
      problems.push(`TENANTS_FILE tenants[${index}]${place} ${what}`),
    ),
  )
  problems.push(...sameTwice(parsed.data.tenants))
  return { tenants, problems }
}

const failed = (...problems: string[]): TenantsFile => ({ tenants: [], problems })

function toTenantConfig(
  { name: tenantName, tenantId, baseUrl: ownUrl, token, hmac, rateLimit, keys }: TenantEntry,
  { env, baseUrlOf, isProduction }: TenantsFileOptions,
  report: (place: string, what: string) => void,
): TenantConfig {
  const secretAt = (place: string, source: SecretSource): string => {
    const found = 'env' in source ? env[source.env] : readBytes(source.file)?.toString('utf8').trim()
    if (!found)
      report(place, 'env' in source ? `names a variable that is not set` : 'names a file without it')
    else if (!SECRET.pattern.test(found)) report(place, SECRET.rule)
    return found ?? ''
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
    keys: keys.map(({ role, ...key }): GatewayKey => ({ ...key, isReadOnly: role !== undefined })),
    rateLimit: rateLimit ?? null,
  }
}

/** A key with two callers could be taken for either of them. */
function sameTwice(tenants: readonly TenantEntry[]): string[] {
  const problems: string[] = []
  if (hasDuplicates(tenants.map((tenant) => tenant.name)))
    problems.push('TENANTS_FILE has two tenants of one name')
  for (const [index, { keys }] of tenants.entries())
    if (hasDuplicates(keys.map((key) => key.name)))
      problems.push(`TENANTS_FILE tenants[${index}].keys has the same name twice`)
  if (hasDuplicates(tenants.flatMap(({ keys }) => keys.map(({ sha256 }) => sha256))))
    problems.push('TENANTS_FILE has the same sha256 twice')
  return problems
}

const hasDuplicates = (names: readonly string[]): boolean => new Set(names).size < names.length

function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return place.slice(1) || 'as a whole'
}

function readBytes(path: string): Buffer | null {
  try {
    const bytes = readFileSync(path)
    return bytes.length > MAX_BYTES ? null : bytes
  } catch {
    return null
  }
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
