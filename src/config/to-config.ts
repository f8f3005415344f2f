// Turns the checked variables into the settings that all rooms use.
import type {
  AuroraConfig,
  Config,
  MetricsExportConfig,
  RedisTls,
  TenantConfig,
  TokenConfig,
  TracesConfig,
  WebhookConfig,
} from './config.ts'
import type { Fields } from './fields.ts'
import { isExported, isTraced } from './otel-rules.ts'
import { splitWebhookKey } from './secret-rules.ts'

const BYTES_PER_MB = 1024 * 1024
/** Read if no setting names another claim. */
const USUAL_ROLE_CLAIM = 'role'

export function toConfig(fields: Fields, tenants: readonly TenantConfig[]): Config {
  return {
    isProduction: fields.NODE_ENV === 'production',
    port: fields.PORT,
    host: fields.HOST,
    aurora: toAurora(fields),
    auroraBaseUrl: fields.AURORA_BASE_URL,
    tenants,
    rateLimit: fields.AURORA_RATE_LIMIT,
    rateWindowMs: fields.AURORA_RATE_WINDOW_MS,
    writeSettleMs: fields.WRITE_SETTLE_MS,
    operationLimits: fields.AURORA_OPERATION_LIMITS,
    attemptTimeoutMs: fields.AURORA_TIMEOUT_MS,
    proxies: toProxies(fields),
    requestTimeoutMs: fields.REQUEST_TIMEOUT_MS,
    maxWaitMs: fields.MAX_WAIT_MS,
    maxPreferredWaitMs: fields.MAX_PREFERRED_WAIT_MS,
    maxReplyBytes: fields.AURORA_MAX_REPLY_MB * BYTES_PER_MB,
    pageSize: fields.AURORA_PAGE_SIZE,
    maxPlannedCalls: fields.MAX_PLANNED_CALLS,
    maxAnswerBytes: fields.MAX_ANSWER_MB * BYTES_PER_MB,
    queryLimits: {
      tokens: fields.MAX_QUERY_TOKENS,
      depth: fields.MAX_QUERY_DEPTH,
      fields: fields.MAX_QUERY_FIELDS,
      aliases: fields.MAX_QUERY_ALIASES,
    },
    apiVersion: toApiVersion(fields),
    cacheMaxBytes: fields.CACHE_MAX_MB * BYTES_PER_MB,
    answersMaxBytes: fields.ANSWERS_MAX_MB * BYTES_PER_MB,
    textsMaxBytes: fields.TEXTS_MAX_MB * BYTES_PER_MB,
    stateDir: fields.STATE_DIR === 'off' ? null : (fields.STATE_DIR ?? null),
    cacheFile: fields.CACHE_FILE ?? null,
    warmUp: fields.WARM_UP,
    redis: toRedis(fields),
    callerAuth: fields.CALLER_AUTH,
    gatewayKeys: fields.GATEWAY_KEYS,
    routers: toRouters(fields),
    webhooks: toWebhooks(fields),
    tokens: fields.CALLER_AUTH === 'jwt' ? toTokens(fields) : null,
    documents: { path: fields.DOCUMENTS_FILE ?? null, mode: fields.PERSISTED_DOCUMENTS },
    subgraph: toSubgraph(fields),
    callerRateLimit: fields.CALLER_RATE_LIMIT,
    streams: toStreams(fields),
    trustedProxies: fields.TRUSTED_PROXIES,
    corsOrigins: fields.CORS_ORIGINS,
    corsHeaders: fields.CORS_HEADERS,
    graphiql: fields.GRAPHIQL === 'on',
    introspection: fields.INTROSPECTION === 'on',
    logLevel: fields.LOG_LEVEL,
    accessLog: fields.ACCESS_LOG === 'on',
    shutdownNoticeMs: fields.SHUTDOWN_NOTICE_MS,
    shutdownGraceMs: fields.SHUTDOWN_GRACE_MS,
    metrics:
      fields.METRICS_PORT === undefined ? null : { port: fields.METRICS_PORT, host: fields.METRICS_HOST },
    metricsExport: toMetricsExport(fields),
    traces: toTraces(fields),
  }
}

const toProxies = ({
  HTTPS_PROXY: https,
  HTTP_PROXY: http,
  NO_PROXY: exceptions,
}: Fields): Config['proxies'] => ({
  https: https ?? null,
  http: http ?? null,
  exceptions: exceptions ?? '',
})

function toRedis(fields: Fields): Config['redis'] {
  const { REDIS_URL: address, REDIS_PREFIX: prefix, MAX_REPLICAS: maxReplicas } = fields
  if (address === undefined) return null
  const { url, sentinel, cluster } = address
  const { REDIS_SENTINEL_USER: user, REDIS_SENTINEL_PASSWORD: password } = fields
  return {
    url,
    prefix,
    maxReplicas,
    tls: url.toLowerCase().startsWith('rediss:') ? toRedisTls(fields) : null,
    sentinel: sentinel && { ...sentinel, user, password },
    cluster,
  }
}

const toRedisTls = ({
  REDIS_CA: ca,
  REDIS_CLIENT_CERT: cert,
  REDIS_CLIENT_KEY: key,
  REDIS_SERVERNAME: servername,
}: Fields): RedisTls => ({
  ...(ca !== undefined && { ca }),
  ...(cert !== undefined && key !== undefined && { cert, key }),
  ...(servername !== undefined && { servername }),
})

const toSubgraph = ({ SUBGRAPH: subgraph, SUBGRAPH_ADMIN_FIELDS: admin }: Fields): Config['subgraph'] =>
  subgraph === 'off'
    ? null
    : { version: subgraph === '2.9' ? '2.9' : '2.12', hidesAdmin: admin === 'inaccessible' }

const toStreams = (fields: Fields): Config['streams'] => ({
  maxStreams: fields.STREAMS_MAX,
  maxStreamsOfCaller: fields.STREAMS_MAX_OF_CALLER,
  streamMaxMs: fields.STREAM_MAX_MINUTES * 60_000,
})

const toApiVersion = ({
  AURORA_API_VERSION: value,
  AURORA_API_VERSION_HEADER: header,
}: Fields): Config['apiVersion'] => (value === undefined ? null : { header, value })

/** problems.ts has checked that there is a key if there are addresses. */
const toInvalidation = ({
  ROUTER_INVALIDATION_URLS: urls,
  ROUTER_INVALIDATION_KEY: key,
  ROUTER_SUBGRAPH_NAME: subgraph,
}: Fields): Config['routers']['invalidation'] =>
  urls.length > 0 && key !== undefined ? { urls, key, subgraph } : null

const toRouters = (fields: Fields): Config['routers'] => ({
  keys: fields.ROUTER_KEYS,
  userHeader: fields.ROUTER_USER_HEADER?.toLowerCase() ?? null,
  maxBatch: fields.ROUTER_MAX_BATCH,
  invalidation: toInvalidation(fields),
})

/** If callers bring their own tenants, problems.ts has checked that each key begins with the id of one. */
function toWebhooks(fields: Fields): WebhookConfig {
  const { WEBHOOK_KEYS: keys, WEBHOOK_KEY_HEADER: header, WEBHOOK_SETTLE_MS: settleMs } = fields
  const isPassthrough = fields.CALLER_AUTH === 'passthrough'
  const named = isPassthrough ? keys.map(splitWebhookKey) : []
  const tenantIds = [...new Set(named.map(({ tenantId }) => tenantId))]
  return {
    keys: isPassthrough ? [] : keys,
    ofTenants: tenantIds.map((tenantId) => ({
      tenantId,
      keys: named.filter((each) => each.tenantId === tenantId).map(({ key }) => key),
    })),
    keyHeader: header.toLowerCase(),
    settleMs,
    proof: toProof(fields),
  }
}

/** Null if callers bring their credentials, because the gateway then has none with which to read its subscriptions. */
function toProof({
  WEBHOOK_URL: url,
  WEBHOOK_FRESH_MINUTES: minutes,
  CALLER_AUTH: auth,
}: Fields): WebhookConfig['proof'] {
  if (url === undefined || minutes === 0 || auth === 'passthrough') return null
  return { url, freshMs: minutes * 60_000 }
}

function toTraces(fields: Fields): TracesConfig | null {
  if (fields.OTEL_SDK_DISABLED || !isTraced(fields.OTEL_TRACES_EXPORTER)) return null
  const { OTEL_EXPORTER_OTLP_HEADERS: headers, OTEL_TRACES_SAMPLER_ARG: share } = fields
  const url = toCollector(fields, fields.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, 'traces')
  return url ? { url, headers, resource: toResource(fields), share } : null
}

function toMetricsExport(fields: Fields): MetricsExportConfig | null {
  if (fields.OTEL_SDK_DISABLED || !isExported(fields.OTEL_METRICS_EXPORTER)) return null
  const { OTEL_EXPORTER_OTLP_HEADERS: headers, OTEL_METRIC_EXPORT_INTERVAL: intervalMs } = fields
  const url = toCollector(fields, fields.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, 'metrics')
  return url ? { url, headers, resource: toResource(fields), intervalMs } : null
}

/** One address is the base for traces, metrics and logs; the other is for one of them only and takes precedence. */
const toCollector = (
  { OTEL_EXPORTER_OTLP_ENDPOINT: base }: Fields,
  whole: URL | undefined,
  signal: 'traces' | 'metrics',
): URL | undefined => whole ?? (base && new URL(`${base.href.replace(/\/$/, '')}/v1/${signal}`))

const toResource = ({ OTEL_SERVICE_NAME: name, OTEL_RESOURCE_ATTRIBUTES: attributes }: Fields) => ({
  'service.name': 'aurora-graphql-gateway',
  ...attributes,
  ...(name !== undefined && { 'service.name': name }),
})

/** problems.ts has checked that all three are set. */
function toTokens(fields: Fields): TokenConfig | null {
  const { JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = fields
  if (jwksUrl === undefined || issuer === undefined || audience === undefined) return null
  return {
    jwksUrl,
    issuer,
    audience,
    tenantClaim: fields.JWT_TENANT_CLAIM,
    roleClaim: fields.JWT_ROLE_CLAIM ?? USUAL_ROLE_CLAIM,
    isRoleRequired: fields.JWT_ROLE_CLAIM !== undefined,
  }
}

/** problems.ts has checked that there is one whole credential with its tenant, or none. */
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
