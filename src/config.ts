// The only reader of the environment: every setting is validated here, together, before anything else starts.
/* oxlint-disable max-lines -- a table and its rules, as long as what they list */

import { isIPv4 } from 'node:net'
import { z } from 'zod'

export interface Config {
  readonly isProduction: boolean
  /** 0 lets the system choose a free port. */
  readonly port: number
  readonly host: string
  /** null: no credential was given, so the built-in simulator stands in for Aurora. Never null in production. */
  readonly aurora: AuroraConfig | null
  readonly rateLimit: number
  readonly rateWindowMs: number
  readonly operationLimits: Readonly<Record<string, number>>
  /** One attempt of one upstream call. */
  readonly attemptTimeoutMs: number
  /** One GraphQL request from its first byte to its answer. */
  readonly requestTimeoutMs: number
  /** How long one call may queue for the budget. */
  readonly maxWaitMs: number
  readonly maxPreferredWaitMs: number
  /** Counted after decompression. */
  readonly maxReplyBytes: number
  readonly pageSize: number
  /** Of one request, as planned; 0: any number. */
  readonly maxPlannedCalls: number
  readonly apiVersion: { readonly header: string; readonly value: string } | null
  readonly cacheMaxBytes: number
  /** null: the cache ends with the process. */
  readonly cacheFile: string | null
  readonly warmUp: 'off' | 'gentle' | 'full'
  /** What replicas share; null for one that is alone. */
  readonly redis: RedisConfig | null
  readonly callerAuth: 'none' | 'keys'
  readonly gatewayKeys: readonly GatewayKey[]
  readonly graphiql: boolean
  readonly introspection: boolean
  readonly logLevel: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug'
  readonly shutdownGraceMs: number
  /** Where the figures for Prometheus are served; null: nothing is counted. */
  readonly metrics: { readonly port: number; readonly host: string } | null
}

export interface AuroraConfig {
  /** Never with a query, a fragment, user info or a trailing slash; its path (`/`, `/v2`) goes before every route. */
  readonly baseUrl: URL
  readonly tenantId: string
  readonly credential:
    | { readonly kind: 'bearer'; readonly token: string }
    | { readonly kind: 'hmac'; readonly key: string; readonly secret: string }
}

export interface RedisConfig {
  /** May hold a password. */
  readonly url: string
  /** Begins every key. */
  readonly prefix: string
  readonly maxReplicas: number
}

export interface GatewayKey {
  readonly name: string
  /** 64 lower-case hex digits. */
  readonly sha256: string
}

export interface Setting {
  /** What an unset or empty variable means; '' is "nothing". */
  readonly default: string
  /** Where production has another default. */
  readonly inProduction?: string
  readonly meaning: string
}

export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Wrong settings:\n${problems.join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Every variable that is read, in the order of docs/settings.md, which a test compares with this table. */
export const settings = {
  NODE_ENV: {
    default: 'development',
    meaning:
      '`development`, `test` or `production`; production demands a credential and closes what helps attackers',
  },
  HOST: {
    default: '127.0.0.1',
    meaning: 'Address to listen on; anything but loopback demands `CALLER_AUTH=keys`',
  },
  PORT: { default: '4000', meaning: 'Port to listen on; 0 takes any free one' },
  AURORA_TENANT_ID: { default: '', meaning: 'Your tenant at Aurora' },
  AURORA_API_TOKEN: { default: '', meaning: 'Bearer token of an Aurora API key' },
  AURORA_API_KEY: { default: '', meaning: 'Instead of a token: the key of the older HMAC signature' },
  AURORA_API_SECRET: { default: '', meaning: 'Instead of a token: the secret of the older HMAC signature' },
  AURORA_BASE_URL: {
    default: 'https://api.aurorasolar.com',
    meaning:
      'Where Aurora is, may have a path; with an HMAC key the default is `https://api.aurorasolar.com/v2`',
  },
  AURORA_API_VERSION: { default: '', meaning: 'Version to ask Aurora for; nothing is sent when unset' },
  AURORA_API_VERSION_HEADER: {
    default: 'Aurora-API-Version',
    meaning: 'Header in which the version is sent',
  },
  AURORA_RATE_LIMIT: { default: '90', meaning: 'Calls Aurora allows this key in one window (1 to 10000000)' },
  AURORA_RATE_WINDOW_MS: { default: '60000', meaning: 'Length of that window (100 to 3600000)' },
  AURORA_OPERATION_LIMITS: {
    default: '',
    meaning:
      'Operations that Aurora allows less of in one window, as `operationId:calls`, separated by commas, such as `runAiRoof:10`',
  },
  AURORA_PAGE_SIZE: { default: '250', meaning: 'Objects asked for in one page of a list (1 to 250)' },
  AURORA_TIMEOUT_MS: { default: '5000', meaning: 'How long one attempt of one call may take (10 to 120000)' },
  AURORA_MAX_REPLY_MB: {
    default: '8',
    meaning: 'Largest reply accepted from Aurora, after decompression (1 to 256)',
  },
  REQUEST_TIMEOUT_MS: {
    default: '10000',
    meaning: 'How long a whole GraphQL request may take (10 to 300000)',
  },
  MAX_WAIT_MS: {
    default: '2000',
    meaning: 'How long one call may queue for its turn in the budget (0 to 120000)',
  },
  MAX_PREFERRED_WAIT_MS: {
    default: '60000',
    meaning: 'The longest such wait that a request may ask for with `Prefer: wait=N` (0 to 300000)',
  },
  MAX_PLANNED_CALLS: {
    default: '1000',
    meaning: 'The most calls that one request may need, as far as is known (0 to 10000); 0: any number',
  },
  CACHE_MAX_MB: { default: '64', meaning: 'Memory for cached replies (1 to 65536)' },
  CACHE_FILE: {
    default: '',
    meaning:
      'File in which the cache outlives the process; of one process alone. Nothing is written when unset',
  },
  WARM_UP: {
    default: 'off',
    meaning:
      '`off`, `gentle` or `full`: whether spare calls refresh what is asked for often before it goes stale',
  },
  REDIS_URL: {
    default: '',
    meaning: 'Redis that replicas share, as `redis://` or `rediss://`; unset for one that is alone',
  },
  REDIS_PREFIX: { default: 'aurora:', meaning: 'Begins every key in that Redis' },
  MAX_REPLICAS: {
    default: '4',
    meaning:
      'Most replicas that run at once; one that loses Redis goes on with this part of the limit (1 to 1000)',
  },
  CALLER_AUTH: {
    default: 'none',
    meaning: '`none`: anybody on this machine; `keys`: callers bring one of `GATEWAY_KEYS`',
  },
  GATEWAY_KEYS: { default: '', meaning: 'Who may call, as `name:sha256-of-the-key`, separated by commas' },
  GRAPHIQL: { default: 'on', inProduction: 'off', meaning: '`on` or `off`: the query editor for browsers' },
  INTROSPECTION: {
    default: 'on',
    inProduction: 'off',
    meaning: '`on` or `off`: whether the schema can be queried',
  },
  LOG_LEVEL: { default: 'info', meaning: '`silent`, `fatal`, `error`, `warn`, `info` or `debug`' },
  SHUTDOWN_GRACE_MS: {
    default: '10000',
    meaning: 'How long requests in flight get when the process is told to stop (0 to 300000)',
  },
  METRICS_PORT: {
    default: '',
    meaning:
      'Port on which `/metrics` is served for Prometheus; unset, nothing is counted; 0 takes any free one',
  },
  METRICS_HOST: {
    default: '127.0.0.1',
    meaning: 'Address for that port; whoever reaches it can read the figures',
  },
} as const satisfies Record<string, Setting>

type Name = keyof typeof settings

/** What the variables hold: the given text or the default, undefined where neither says anything. */
type Texts = Readonly<Record<Name, string | undefined>>

const HMAC_BASE_URL = 'https://api.aurorasolar.com/v2'
const BYTES_PER_MB = 1024 * 1024

/** Throws a ConfigError that names every problem at once, and never the value of a secret. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const texts = textsOf(env)
  const fields = fieldsSchema().safeParse(texts)
  const problems = [
    ...(fields.error?.issues ?? []).map((issue) => `${String(issue.path[0])} ${issue.message}`),
    ...credentialProblems(env, texts),
    ...callerProblems(texts),
    ...metricsProblems(texts),
    ...unknownProblems(env),
  ]
  if (!fields.success || problems.length > 0) throw new ConfigError(problems)
  return freezeDeep(toConfig(fields.data))
}

/** An empty text counts as unset: container files cannot unset a variable, only empty it. */
function textsOf(env: Readonly<Record<string, string | undefined>>): Texts {
  const isProduction = env['NODE_ENV'] === 'production'
  const isHmac = Boolean(env['AURORA_API_KEY'])
  const entries = Object.entries<Setting>(settings).map(([name, setting]) => {
    const usual = (isProduction ? setting.inProduction : undefined) ?? setting.default
    const fallback = name === 'AURORA_BASE_URL' && isHmac ? HMAC_BASE_URL : usual
    return [name, env[name] || fallback || undefined]
  })
  return Object.fromEntries(entries) as Texts
}

function fieldsSchema() {
  return z.object({
    NODE_ENV: choice(['development', 'test', 'production']),
    HOST: text(HOST_PATTERN, HOST_RULE),
    PORT: whole(0, 65_535),
    AURORA_TENANT_ID: text(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, TENANT_RULE).optional(),
    AURORA_API_TOKEN: secret(),
    AURORA_API_KEY: secret(),
    AURORA_API_SECRET: secret(),
    AURORA_BASE_URL: baseUrl(),
    AURORA_API_VERSION: text(
      /^[\x21-\x7e]{1,64}$/,
      'must be 1 to 64 printable characters without spaces',
    ).optional(),
    AURORA_API_VERSION_HEADER: text(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must be the name of a header'),
    AURORA_RATE_LIMIT: whole(1, 10_000_000),
    AURORA_RATE_WINDOW_MS: whole(100, 3_600_000),
    AURORA_OPERATION_LIMITS: operationLimits(),
    AURORA_PAGE_SIZE: whole(1, 250),
    AURORA_TIMEOUT_MS: whole(10, 120_000),
    AURORA_MAX_REPLY_MB: whole(1, 256),
    REQUEST_TIMEOUT_MS: whole(10, 300_000),
    MAX_WAIT_MS: whole(0, 120_000),
    MAX_PREFERRED_WAIT_MS: whole(0, 300_000),
    MAX_PLANNED_CALLS: whole(0, 10_000),
    CACHE_MAX_MB: whole(1, 65_536),
    CACHE_FILE: text(/^[^\0]{1,1024}$/, 'must be a path of at most 1024 characters').optional(),
    WARM_UP: choice(['off', 'gentle', 'full']),
    REDIS_URL: redisUrl(),
    REDIS_PREFIX: text(/^[A-Za-z0-9:._-]{1,64}$/, 'must be 1 to 64 letters, digits, ":", ".", "_" or "-"'),
    MAX_REPLICAS: whole(1, 1000),
    CALLER_AUTH: choice(['none', 'keys']),
    GATEWAY_KEYS: gatewayKeys(),
    GRAPHIQL: choice(['on', 'off']),
    INTROSPECTION: choice(['on', 'off']),
    LOG_LEVEL: choice(['silent', 'fatal', 'error', 'warn', 'info', 'debug']),
    SHUTDOWN_GRACE_MS: whole(0, 300_000),
    METRICS_PORT: whole(0, 65_535).optional(),
    METRICS_HOST: text(HOST_PATTERN, HOST_RULE),
  } satisfies Record<Name, z.ZodType>)
}

type Fields = z.infer<ReturnType<typeof fieldsSchema>>

const HOST_PATTERN = /^[A-Za-z0-9.:_-]{1,253}$/
const HOST_RULE = 'must be a host name, or an IP address without brackets'
const TENANT_RULE = 'must be 1 to 128 letters, digits, "-" or "_", and begin with a letter or digit'

function whole(min: number, max: number) {
  return z
    .string()
    .refine((given) => /^\d{1,9}$/.test(given) && Number(given) >= min && Number(given) <= max, {
      error: ({ input }) => `must be a whole number from ${min} to ${max}${shown(input)}`,
    })
    .transform(Number)
}

function choice<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: ({ input }) => `must be one of ${values.join(', ')}${shown(input)}` })
}

function text(pattern: RegExp, rule: string) {
  return z.string().regex(pattern, { error: rule })
}

/** Sent in a header or signed, so a line break that came along from a file is named here and not by the first call. */
function secret() {
  return text(
    /^[\x21-\x7e]+$/,
    'has a space, a line break or another character that no Aurora key has',
  ).optional()
}

function baseUrl() {
  return z.string().transform((given, context) => {
    const url = URL.canParse(given) ? new URL(given) : null
    if (url === null || !['http:', 'https:'].includes(url.protocol)) {
      context.addIssue({ code: 'custom', message: 'must be an absolute http or https URL' })
      return z.NEVER
    }
    // `url.search` is empty for a lone "?", so the text itself is asked.
    if (url.username || url.password || /[?#]/.test(given)) {
      context.addIssue({ code: 'custom', message: 'must have no user, password, query or fragment' })
      return z.NEVER
    }
    url.pathname = url.pathname.replace(/\/+$/, '')
    return url
  })
}

/** A password may stand in it, so the message never quotes it. */
function redisUrl() {
  return z
    .string()
    .refine(
      (given) => URL.canParse(given) && ['redis:', 'rediss:'].includes(new URL(given).protocol),
      'must be a redis or rediss URL, such as redis://127.0.0.1:6379',
    )
    .optional()
}

/** Whether there is such an operation is not asked: Aurora's list may be longer than ours. */
function operationLimits() {
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

/** Entries are named by their place: whoever forgot to hash would find the key itself in the message. */
function gatewayKeys() {
  return z
    .string()
    .optional()
    .transform((given, context): GatewayKey[] => {
      const entries = (given ?? '').split(',').map((entry) => entry.trim())
      const keys = entries.filter(Boolean).map((entry, index) => {
        const match = /^([A-Za-z0-9._-]{1,64}):([0-9a-f]{64})$/i.exec(entry)
        if (!match) context.addIssue({ code: 'custom', message: `entry ${index + 1} ${GATEWAY_KEY_RULE}` })
        return { name: match?.[1] ?? '', sha256: match?.[2]?.toLowerCase() ?? '' }
      })
      const valid = keys.filter((key) => key.name !== '')
      for (const part of ['name', 'sha256'] as const)
        if (new Set(valid.map((key) => key[part])).size < valid.length)
          context.addIssue({ code: 'custom', message: `has the same ${part} twice` })
      return keys
    })
}

const GATEWAY_KEY_RULE =
  'must be a name (letters, digits, ".", "_", "-"), a colon and 64 hex digits of SHA-256'

/** Only short texts: a long one may be a secret that went into the wrong variable. */
function shown(given: unknown): string {
  const longestShown = 12
  return typeof given === 'string' && given.length <= longestShown ? `, not ${JSON.stringify(given)}` : ''
}

function credentialProblems(env: Readonly<Record<string, string | undefined>>, texts: Texts): string[] {
  const has = (name: Name): boolean => texts[name] !== undefined
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
  if ((hasToken || hasPair) && !has('AURORA_TENANT_ID'))
    problems.push('AURORA_TENANT_ID is missing: the credential is for one tenant')
  if (!hasToken && !hasPair) problems.push(...absenceProblems(env, isProduction))
  if (isProduction && isPlainToAnotherMachine(texts.AURORA_BASE_URL ?? ''))
    problems.push('AURORA_BASE_URL must be https in production: http would send the credential in the clear')
  if (env['AURORA_API_VERSION_HEADER'] && !has('AURORA_API_VERSION'))
    problems.push('AURORA_API_VERSION is missing: AURORA_API_VERSION_HEADER names the header it is sent in')
  return problems
}

/** Without a credential the simulator answers, so whoever named a tenant or an address would get made-up data. */
function absenceProblems(env: Readonly<Record<string, string | undefined>>, isProduction: boolean): string[] {
  const ways = 'AURORA_API_TOKEN, or AURORA_API_KEY with AURORA_API_SECRET,'
  if (isProduction)
    return [`${ways} must be set in production, with AURORA_TENANT_ID: there is no simulator there`]
  const named = (['AURORA_TENANT_ID', 'AURORA_BASE_URL'] as const).filter((name) => env[name])
  return named.map((name) => `${name} is set without a credential: set ${ways} or unset it for the simulator`)
}

function isPlainToAnotherMachine(given: string): boolean {
  if (!URL.canParse(given)) return false
  const url = new URL(given)
  return url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, ''))
}

function callerProblems(texts: Texts): string[] {
  const problems: string[] = []
  if (texts.CALLER_AUTH === 'none' && texts.GATEWAY_KEYS !== undefined)
    problems.push('CALLER_AUTH must be keys when GATEWAY_KEYS is set: none would let everybody in')
  if (texts.CALLER_AUTH === 'none' && !isLoopback(texts.HOST ?? ''))
    problems.push(
      'HOST must be 127.0.0.1, ::1 or localhost with CALLER_AUTH=none: use CALLER_AUTH=keys to be reachable',
    )
  if (texts.CALLER_AUTH === 'keys' && !/[^,\s]/.test(texts.GATEWAY_KEYS ?? ''))
    problems.push('GATEWAY_KEYS is missing: CALLER_AUTH=keys needs at least one name:sha256')
  return problems
}

function metricsProblems(texts: Texts): string[] {
  const isShared = texts.METRICS_PORT === texts.PORT && texts.PORT !== '0'
  return isShared ? ['METRICS_PORT must not be PORT: the figures are not for those who ask the gateway'] : []
}

/** Loopback is all of 127.0.0.0/8 (RFC 1122, 3.2.1.3), ::1, and the name that RFC 6761 reserves for them. */
function isLoopback(host: string): boolean {
  return host === '::1' || host.toLowerCase() === 'localhost' || (isIPv4(host) && host.startsWith('127.'))
}

function unknownProblems(env: Readonly<Record<string, string | undefined>>): string[] {
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('AURORA_') && !Object.hasOwn(settings, name),
  )
  return unknown.map((name) => `${name} is not a setting: did you mean ${nearestSetting(name)}?`)
}

function nearestSetting(name: string): string {
  const names = Object.keys(settings).filter((known) => known.startsWith('AURORA_'))
  const distances = names.map((known) => ({ known, distance: editDistance(name, known) }))
  return distances.reduce((nearest, next) => (next.distance < nearest.distance ? next : nearest)).known
}

/** Levenshtein, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

function toConfig(fields: Fields): Config {
  return {
    isProduction: fields.NODE_ENV === 'production',
    port: fields.PORT,
    host: fields.HOST,
    aurora: toAurora(fields),
    rateLimit: fields.AURORA_RATE_LIMIT,
    rateWindowMs: fields.AURORA_RATE_WINDOW_MS,
    operationLimits: fields.AURORA_OPERATION_LIMITS,
    attemptTimeoutMs: fields.AURORA_TIMEOUT_MS,
    requestTimeoutMs: fields.REQUEST_TIMEOUT_MS,
    maxWaitMs: fields.MAX_WAIT_MS,
    maxPreferredWaitMs: fields.MAX_PREFERRED_WAIT_MS,
    maxReplyBytes: fields.AURORA_MAX_REPLY_MB * BYTES_PER_MB,
    pageSize: fields.AURORA_PAGE_SIZE,
    maxPlannedCalls: fields.MAX_PLANNED_CALLS,
    apiVersion:
      fields.AURORA_API_VERSION === undefined
        ? null
        : { header: fields.AURORA_API_VERSION_HEADER, value: fields.AURORA_API_VERSION },
    cacheMaxBytes: fields.CACHE_MAX_MB * BYTES_PER_MB,
    cacheFile: fields.CACHE_FILE ?? null,
    warmUp: fields.WARM_UP,
    redis:
      fields.REDIS_URL === undefined
        ? null
        : { url: fields.REDIS_URL, prefix: fields.REDIS_PREFIX, maxReplicas: fields.MAX_REPLICAS },
    callerAuth: fields.CALLER_AUTH,
    gatewayKeys: fields.GATEWAY_KEYS,
    graphiql: fields.GRAPHIQL === 'on',
    introspection: fields.INTROSPECTION === 'on',
    logLevel: fields.LOG_LEVEL,
    shutdownGraceMs: fields.SHUTDOWN_GRACE_MS,
    metrics:
      fields.METRICS_PORT === undefined ? null : { port: fields.METRICS_PORT, host: fields.METRICS_HOST },
  }
}

/** The problems above leave one whole credential with its tenant, or none at all. */
function toAurora(fields: Fields): AuroraConfig | null {
  const {
    AURORA_TENANT_ID: tenantId,
    AURORA_API_TOKEN: token,
    AURORA_API_KEY: key,
    AURORA_API_SECRET: hmac,
  } = fields
  const baseUrl = fields.AURORA_BASE_URL
  if (tenantId === undefined) return null
  if (token !== undefined) return { baseUrl, tenantId, credential: { kind: 'bearer', token } }
  if (key !== undefined && hmac !== undefined)
    return { baseUrl, tenantId, credential: { kind: 'hmac', key, secret: hmac } }
  return null
}

/** A URL keeps its state in private fields that no freezing reaches, so it is left as it is. */
function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof URL) return value
  for (const inner of Object.values(value)) freezeDeep(inner)
  return Object.freeze(value)
}
