// Problems between variables, each of which is right alone.
import type { TenantConfig } from './config.ts'
import { isExported, wordsOf } from './otel-rules.ts'
import { redisProblems } from './redis-tls.ts'
import { TENANT_ID } from './rules.ts'
import { isSet } from './secret-files.ts'
import { entriesOf, splitWebhookKey, WEBHOOK_KEY } from './secret-rules.ts'
import type { Texts } from './settings.ts'
import { addressProblems, quoteProblems } from './slips.ts'
import { findUnknownNames } from './unknown-names.ts'
import { isLoopback } from './url-rules.ts'
import { canNameUsers } from './user-headers.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** `env` shows which variables were set and which have only their default. */
export function problemsBetween(env: Environment, texts: Texts): string[] {
  return [
    ...quoteProblems(env),
    ...credentialProblems(env, texts),
    ...addressProblems(texts),
    ...callerProblems(env, texts),
    ...routerProblems(env, texts),
    ...webhookProblems(texts),
    ...documentProblems(texts),
    ...metricsProblems(texts),
    ...exportProblems(texts),
    ...redisProblems(env, texts),
    ...unknownProblems(env),
  ]
}

function credentialProblems(env: Environment, texts: Texts): string[] {
  const has = isSet(env, texts)
  const isProduction = texts.NODE_ENV === 'production'
  const hasToken = has('AURORA_API_TOKEN')
  const hasPair = has('AURORA_API_KEY') || has('AURORA_API_SECRET')
  const problems: string[] = []
  if (hasToken && hasPair)
    problems.push(
      'AURORA_API_TOKEN must not be set beside AURORA_API_KEY and AURORA_API_SECRET: choose one credential',
    )
  if (has('AURORA_API_KEY') && !has('AURORA_API_SECRET'))
    problems.push('AURORA_API_SECRET is missing: AURORA_API_KEY signs with it')
  if (has('AURORA_API_SECRET') && !has('AURORA_API_KEY'))
    problems.push('AURORA_API_KEY is missing: AURORA_API_SECRET belongs to one')
  const source = sourceOfCredentials(texts)
  if (source !== null) problems.push(...surplusProblems(texts, source))
  else if (!hasToken && !hasPair) problems.push(...absenceProblems(env, isProduction))
  else if (!has('AURORA_TENANT_ID'))
    problems.push('AURORA_TENANT_ID is missing: the credential is for one tenant')
  if (env['AURORA_API_VERSION_HEADER'] && !has('AURORA_API_VERSION'))
    problems.push('AURORA_API_VERSION is missing: AURORA_API_VERSION_HEADER names the header it is sent in')
  return problems
}

/** The source of credentials if it is not the environment. */
function sourceOfCredentials(texts: Texts): string | null {
  if (texts.CALLER_AUTH === 'passthrough') return 'CALLER_AUTH=passthrough: callers bring their own'
  return texts.TENANTS_FILE === undefined ? null : 'TENANTS_FILE, which names those of all tenants'
}

const CREDENTIALS = ['AURORA_TENANT_ID', 'AURORA_API_TOKEN', 'AURORA_API_KEY', 'AURORA_API_SECRET'] as const

const surplusProblems = (texts: Texts, source: string): string[] =>
  CREDENTIALS.filter((name) => texts[name] !== undefined).map(
    (name) => `${name} must not be set with ${source}`,
  )

/** Without a credential the simulator answers, so a user who set a tenant or an address would get made-up data. */
function absenceProblems(env: Environment, isProduction: boolean): string[] {
  const ways = 'AURORA_API_TOKEN, or AURORA_API_KEY with AURORA_API_SECRET,'
  if (isProduction)
    return [`${ways} must be set in production, with AURORA_TENANT_ID: there is no simulator there`]
  const named = (['AURORA_TENANT_ID', 'AURORA_BASE_URL'] as const).filter((name) => env[name])
  return named.map((name) => `${name} is set without a credential: set ${ways} or unset it for the simulator`)
}

function callerProblems(env: Environment, texts: Texts): string[] {
  const { CALLER_AUTH: way = '' } = texts
  const has = isSet(env, texts)
  const problems: string[] = []
  if (way !== 'keys' && has('GATEWAY_KEYS'))
    problems.push(
      `CALLER_AUTH must be keys when GATEWAY_KEYS is set: ${way === 'none' ? 'none would let everybody in' : 'nobody could use one'}`,
    )
  if (way === 'none' && !isLoopback(texts.HOST ?? ''))
    problems.push(
      'HOST must be 127.0.0.1, ::1 or localhost with CALLER_AUTH=none: use CALLER_AUTH=keys to be reachable',
    )
  if (way === 'none' && has('TENANTS_FILE'))
    problems.push(
      'CALLER_AUTH must be keys or jwt with TENANTS_FILE: with none it is unknown whose data to show',
    )
  if (way === 'passthrough' && has('TENANTS_FILE'))
    problems.push('TENANTS_FILE must not be set with CALLER_AUTH=passthrough: callers bring their own')
  if (way === 'keys' && has('TENANTS_FILE') && has('GATEWAY_KEYS'))
    problems.push('GATEWAY_KEYS must not be set with TENANTS_FILE: keys are of one tenant, and stand there')
  if (way === 'keys' && !has('TENANTS_FILE') && !hasEntries(env, texts))
    problems.push('GATEWAY_KEYS is missing: CALLER_AUTH=keys needs at least one name:sha256')
  if (way === 'jwt')
    for (const name of ['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'] as const)
      if (!has(name)) problems.push(`${name} is missing: CALLER_AUTH=jwt checks tokens by it`)
  return problems
}

/** The keys of a file that cannot be read count as entries. */
const hasEntries = (env: Environment, texts: Texts): boolean =>
  texts.GATEWAY_KEYS === undefined ? isSet(env, texts)('GATEWAY_KEYS') : /[^,\s]/.test(texts.GATEWAY_KEYS)

function routerProblems(env: Environment, texts: Texts): string[] {
  const problems: string[] = []
  const hasKey = isSet(env, texts)('ROUTER_INVALIDATION_KEY')
  if (!canNameUsers(texts.ROUTER_USER_HEADER ?? ''))
    problems.push('ROUTER_USER_HEADER must be a header of its own: this one has another meaning')
  const isNotified = texts.ROUTER_INVALIDATION_URLS !== undefined
  if (isNotified && !hasKey)
    problems.push('ROUTER_INVALIDATION_KEY is missing: routers take nothing without it')
  if (!isNotified && hasKey)
    problems.push('ROUTER_INVALIDATION_URLS is missing: ROUTER_INVALIDATION_KEY is for them')
  if (texts.ROUTER_KEYS === undefined) return problems
  if (texts.TENANTS_FILE !== undefined && texts.CALLER_AUTH !== 'jwt')
    problems.push(
      'ROUTER_KEYS must not be set with TENANTS_FILE, but for CALLER_AUTH=jwt: each tenant has its own, as `routerKeys` in the file',
    )
  const partsOf = (text = ''): string[] =>
    entriesOf(text).flatMap((entry) => entry.toLowerCase().split(':').slice(0, 2))
  const others = new Set(partsOf(texts.GATEWAY_KEYS))
  if (partsOf(texts.ROUTER_KEYS).some((part) => others.has(part)))
    problems.push('ROUTER_KEYS has a name or sha256 of GATEWAY_KEYS: a router needs a key of its own')
  return problems
}

/**
 * A router of all tenants gets its tenant from tokens. A key that is also in the file would belong to a single tenant,
 * or to an app.
 */
export function keyProblems(texts: Texts, tenants: readonly TenantConfig[]): string[] {
  const own = new Set(entriesOf(texts.ROUTER_KEYS ?? '').map((entry) => entry.toLowerCase().split(':')[1]))
  const isShared = tenants.some(({ keys, routerKeys = [] }) =>
    [...keys, ...routerKeys].some(({ sha256 }) => own.has(sha256)),
  )
  return isShared
    ? ['ROUTER_KEYS has a sha256 of TENANTS_FILE: a router of all tenants needs a key of its own']
    : []
}

function webhookProblems(texts: Texts): string[] {
  if (texts.WEBHOOK_KEYS === undefined) return []
  const problems: string[] = []
  if (texts.TENANTS_FILE !== undefined)
    problems.push(
      'WEBHOOK_KEYS must not be set with TENANTS_FILE: each tenant has its own, as `webhookKeys` in the file',
    )
  const isNamed = (entry: string): boolean => {
    const { tenantId, key } = splitWebhookKey(entry)
    return TENANT_ID.pattern.test(tenantId) && WEBHOOK_KEY.isRight(key)
  }
  const entries = entriesOf(texts.WEBHOOK_KEYS)
  if (texts.CALLER_AUTH === 'passthrough' && !entries.every(isNamed))
    problems.push(
      'WEBHOOK_KEYS must have the id of a tenant and a colon before each secret with CALLER_AUTH=passthrough: a secret is for one tenant',
    )
  return problems
}

function documentProblems(texts: Texts): string[] {
  const isMissing = texts.PERSISTED_DOCUMENTS === 'only-trusted' && texts.DOCUMENTS_FILE === undefined
  return isMissing
    ? ['DOCUMENTS_FILE is missing: with PERSISTED_DOCUMENTS=only-trusted nothing could be executed']
    : []
}

function exportProblems(texts: Texts): string[] {
  const isOff = (texts.OTEL_SDK_DISABLED ?? '').trim().toLowerCase() === 'true'
  if (isOff || !isExported(wordsOf(texts.OTEL_METRICS_EXPORTER ?? ''))) return []
  return (texts.OTEL_EXPORTER_OTLP_ENDPOINT ?? texts.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT)
    ? []
    : ['OTEL_EXPORTER_OTLP_ENDPOINT is missing: OTEL_METRICS_EXPORTER=otlp sends metrics there']
}

function metricsProblems(texts: Texts): string[] {
  const isShared = texts.METRICS_PORT === texts.PORT && texts.PORT !== '0'
  return isShared
    ? ['METRICS_PORT must be another port than PORT: metrics are not for the callers of the gateway']
    : []
}

const unknownProblems = (env: Environment): string[] =>
  findUnknownNames(env).misspelt.map(({ name, meant }) => `${name} is not a setting: did you mean ${meant}?`)
