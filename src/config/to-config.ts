// Turns the checked variables into the settings that the rooms use.
import type { AuroraConfig, Config, TenantConfig, TokenConfig, TracesConfig } from './config.ts'
import type { Fields } from './fields.ts'
import { isTraced } from './rules.ts'

const BYTES_PER_MB = 1024 * 1024
/** Read where no setting names another one. */
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
    operationLimits: fields.AURORA_OPERATION_LIMITS,
    attemptTimeoutMs: fields.AURORA_TIMEOUT_MS,
    proxies: {
      https: fields.HTTPS_PROXY ?? null,
      http: fields.HTTP_PROXY ?? null,
      exceptions: fields.NO_PROXY ?? '',
    },
    requestTimeoutMs: fields.REQUEST_TIMEOUT_MS,
    maxWaitMs: fields.MAX_WAIT_MS,
    maxPreferredWaitMs: fields.MAX_PREFERRED_WAIT_MS,
    maxReplyBytes: fields.AURORA_MAX_REPLY_MB * BYTES_PER_MB,
    pageSize: fields.AURORA_PAGE_SIZE,
    maxPlannedCalls: fields.MAX_PLANNED_CALLS,
    queryLimits: {
      tokens: fields.MAX_QUERY_TOKENS,
      depth: fields.MAX_QUERY_DEPTH,
      fields: fields.MAX_QUERY_FIELDS,
      aliases: fields.MAX_QUERY_ALIASES,
    },
    apiVersion: toApiVersion(fields),
    cacheMaxBytes: fields.CACHE_MAX_MB * BYTES_PER_MB,
    answersMaxBytes: fields.ANSWERS_MAX_MB * BYTES_PER_MB,
    stateDir: fields.STATE_DIR === 'off' ? null : (fields.STATE_DIR ?? null),
    cacheFile: fields.CACHE_FILE ?? null,
    warmUp: fields.WARM_UP,
    redis:
      fields.REDIS_URL === undefined
        ? null
        : { url: fields.REDIS_URL, prefix: fields.REDIS_PREFIX, maxReplicas: fields.MAX_REPLICAS },
    callerAuth: fields.CALLER_AUTH,
    gatewayKeys: fields.GATEWAY_KEYS,
    tokens: fields.CALLER_AUTH === 'jwt' ? toTokens(fields) : null,
    documents: { path: fields.DOCUMENTS_FILE ?? null, mode: fields.PERSISTED_DOCUMENTS },
    callerRateLimit: fields.CALLER_RATE_LIMIT,
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
    traces: toTraces(fields),
  }
}

const toApiVersion = ({
  AURORA_API_VERSION: value,
  AURORA_API_VERSION_HEADER: header,
}: Fields): Config['apiVersion'] => (value === undefined ? null : { header, value })

/** One address is the base for traces, metrics and logs; the other is for traces only and takes precedence. */
function toTraces(fields: Fields): TracesConfig | null {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: base,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole,
    OTEL_EXPORTER_OTLP_HEADERS: headers,
    OTEL_SERVICE_NAME: serviceName,
    OTEL_TRACES_SAMPLER_ARG: share,
  } = fields
  if (fields.OTEL_SDK_DISABLED || !isTraced(fields.OTEL_TRACES_EXPORTER)) return null
  const url = whole ?? (base && new URL(`${base.href.replace(/\/$/, '')}/v1/traces`))
  return url ? { url, headers, serviceName, share } : null
}

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
