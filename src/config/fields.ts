// The rule for each variable, by its name.
import * as z from 'zod'
import { headers, isTrue, pairs, words } from './otel-rules.ts'
import { certificates, privateKey } from './redis-tls.ts'
import { redisUrl } from './redis-url.ts'
import { choice, headerNames, operationLimits, share, TENANT_ID, text, whole } from './rules.ts'
import { gatewayKeys, secret, webhookKeys } from './secret-rules.ts'
import type { Name } from './settings.ts'
import { baseUrl, httpsUrl, origins, proxyUrl, urls } from './url-rules.ts'

export function fieldsSchema() {
  return z.object({
    NODE_ENV: choice(['development', 'test', 'production']),
    HOST: text(HOST_PATTERN, HOST_RULE),
    PORT: whole(0, 65_535),
    AURORA_TENANT_ID: text(TENANT_ID.pattern, TENANT_ID.rule).optional(),
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
    HTTPS_PROXY: proxyUrl(),
    HTTP_PROXY: proxyUrl(),
    NO_PROXY: text(/^[\x20-\x7e]{1,8192}$/, 'must be a list of hosts, separated by commas').optional(),
    REQUEST_TIMEOUT_MS: whole(10, 300_000),
    MAX_WAIT_MS: whole(0, 120_000),
    MAX_PREFERRED_WAIT_MS: whole(0, 300_000),
    MAX_PLANNED_CALLS: whole(0, 10_000),
    MAX_ANSWER_MB: whole(1, 256),
    MAX_QUERY_TOKENS: whole(100, 15_000),
    MAX_QUERY_DEPTH: whole(2, 100),
    MAX_QUERY_FIELDS: whole(10, 10_000),
    MAX_QUERY_ALIASES: whole(0, 1000),
    STATE_DIR: text(/^[^\0]{1,1024}$/, 'must be `off`, or a path of at most 1024 characters').optional(),
    CACHE_MAX_MB: whole(1, 65_536),
    ANSWERS_MAX_MB: whole(0, 65_536),
    TEXTS_MAX_MB: whole(0, 65_536),
    CACHE_FILE: text(/^[^\0]{1,1024}$/, 'must be a path of at most 1024 characters').optional(),
    WARM_UP: choice(['off', 'gentle', 'full']),
    REDIS_URL: redisUrl(),
    REDIS_CA: certificates(),
    REDIS_CLIENT_CERT: certificates(),
    REDIS_CLIENT_KEY: privateKey(),
    REDIS_SERVERNAME: text(/^[A-Za-z0-9._-]{1,253}$/, 'must be a host name').optional(),
    REDIS_SENTINEL_USER: text(
      /^[\x21-\x7e]{1,256}$/,
      'must be printable characters without spaces',
    ).optional(),
    REDIS_SENTINEL_PASSWORD: text(
      /^[\x21-\x7e]{1,1024}$/,
      'must be printable characters without spaces',
    ).optional(),
    REDIS_PREFIX: text(/^[A-Za-z0-9:._-]{1,64}$/, 'must be 1 to 64 letters, digits, ":", ".", "_" or "-"'),
    MAX_REPLICAS: whole(1, 1000),
    CALLER_AUTH: choice(['none', 'keys', 'jwt', 'passthrough']),
    GATEWAY_KEYS: gatewayKeys(),
    ROUTER_KEYS: gatewayKeys(),
    ROUTER_USER_HEADER: text(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must be the name of a header').optional(),
    ROUTER_MAX_BATCH: whole(100, 1_000),
    ROUTER_INVALIDATION_URLS: urls(10),
    ROUTER_INVALIDATION_KEY: secret(),
    ROUTER_SUBGRAPH_NAME: text(
      /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
      'must be a name of letters, digits, "-" and "_"',
    ),
    TENANTS_FILE: text(/^[^\0]{1,1024}$/, 'must be a path of at most 1024 characters').optional(),
    WEBHOOK_KEYS: webhookKeys(),
    WEBHOOK_KEY_HEADER: text(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must be the name of a header'),
    WEBHOOK_SETTLE_MS: whole(0, 60_000),
    WRITE_SETTLE_MS: whole(0, 60_000),
    WEBHOOK_URL: baseUrl().optional(),
    WEBHOOK_FRESH_MINUTES: whole(0, 720),
    JWT_JWKS_URL: httpsUrl(),
    JWT_ISSUER: text(
      /^[\x21-\x7e]{1,512}$/,
      'must be 1 to 512 printable characters without spaces',
    ).optional(),
    JWT_AUDIENCE: text(
      /^[\x21-\x7e]{1,512}$/,
      'must be 1 to 512 printable characters without spaces',
    ).optional(),
    JWT_TENANT_CLAIM: text(CLAIM, CLAIM_RULE),
    JWT_ROLE_CLAIM: text(CLAIM, CLAIM_RULE).optional(),
    DOCUMENTS_FILE: text(/^[^\0]{1,1024}$/, 'must be a path of at most 1024 characters').optional(),
    PERSISTED_DOCUMENTS: choice(['automatic', 'trusted', 'only-trusted']),
    SUBGRAPH: choice(['off', 'on', '2.9']),
    SUBGRAPH_ADMIN_FIELDS: choice(['shown', 'inaccessible']),
    CALLER_RATE_LIMIT: whole(0, 1_000_000),
    STREAMS_MAX: whole(1, 20_000),
    STREAMS_MAX_OF_CALLER: whole(1, 20_000),
    STREAM_MAX_MINUTES: whole(1, 1_440),
    TRUSTED_PROXIES: whole(0, 10),
    CORS_ORIGINS: origins(),
    CORS_HEADERS: headerNames(),
    GRAPHIQL: choice(['on', 'off']),
    INTROSPECTION: choice(['on', 'off']),
    LOG_LEVEL: choice(['silent', 'fatal', 'error', 'warn', 'info', 'debug']),
    ACCESS_LOG: choice(['on', 'off']),
    SHUTDOWN_NOTICE_MS: whole(0, 300_000),
    SHUTDOWN_GRACE_MS: whole(0, 300_000),
    METRICS_PORT: whole(0, 65_535).optional(),
    METRICS_HOST: text(HOST_PATTERN, HOST_RULE),
    OTEL_SDK_DISABLED: isTrue(),
    OTEL_TRACES_EXPORTER: words(),
    OTEL_METRICS_EXPORTER: words(),
    OTEL_METRIC_EXPORT_INTERVAL: whole(1000, 3_600_000),
    OTEL_EXPORTER_OTLP_ENDPOINT: baseUrl().optional(),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: baseUrl().optional(),
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: baseUrl().optional(),
    OTEL_EXPORTER_OTLP_HEADERS: headers(),
    OTEL_SERVICE_NAME: text(/^[\x20-\x7e]{1,128}$/, 'must be 1 to 128 printable characters').optional(),
    OTEL_RESOURCE_ATTRIBUTES: pairs(),
    OTEL_TRACES_SAMPLER_ARG: share(),
  } satisfies Record<Name, z.ZodType>)
}

export type Fields = z.infer<ReturnType<typeof fieldsSchema>>

const HOST_PATTERN = /^[A-Za-z0-9.:_-]{1,253}$/
const HOST_RULE = 'must be a host name, or an IP address without brackets'
const CLAIM = /^[\x21-\x7e]{1,128}$/
const CLAIM_RULE = 'must be 1 to 128 printable characters without spaces'
