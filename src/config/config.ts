// The settings as the rest of the gateway gets them: checked, converted, frozen. read-config.ts makes them.

import type { RedisServer } from './redis-url.ts'

export interface Config {
  readonly isProduction: boolean
  /** 0 lets the system choose a free port. */
  readonly port: number
  readonly host: string
  /** null: no credential is set, so the built-in simulator replaces Aurora. Never null in production. */
  readonly aurora: AuroraConfig | null
  /** The address of Aurora for callers who bring their own token. */
  readonly auroraBaseUrl: URL
  /** The tenants of TENANTS_FILE; empty if the environment names the one tenant, or callers bring their own. */
  readonly tenants: readonly TenantConfig[]
  readonly rateLimit: number
  readonly rateWindowMs: number
  /** How long after a write Aurora may still answer with the state before. */
  readonly writeSettleMs: number
  readonly operationLimits: Readonly<Record<string, number>>
  /** The time limit of one attempt of one call. */
  readonly attemptTimeoutMs: number
  readonly proxies: ProxyConfig
  /** The time limit of one GraphQL request, from its first byte to its answer. */
  readonly requestTimeoutMs: number
  /** How long one call may queue for the budget. */
  readonly maxWaitMs: number
  readonly maxPreferredWaitMs: number
  /** Measured after decompression. */
  readonly maxReplyBytes: number
  readonly pageSize: number
  /** The most calls that the plan of one request may have; 0: any number. */
  readonly maxPlannedCalls: number
  readonly maxAnswerBytes: number
  readonly queryLimits: {
    readonly tokens: number
    readonly depth: number
    readonly fields: number
    readonly aliases: number
  }
  readonly apiVersion: { readonly header: string; readonly value: string } | null
  readonly cacheMaxBytes: number
  /** Memory for whole answers; 0: none are kept. */
  readonly answersMaxBytes: number
  readonly textsMaxBytes: number
  /** The folder for data that a restart needs; null: nothing is kept. */
  readonly stateDir: string | null
  /** null: the cache ends with the process. */
  readonly cacheFile: string | null
  readonly warmUp: 'off' | 'gentle' | 'full'
  /** The Redis that replicas share; null for a single gateway. */
  readonly redis: RedisConfig | null
  readonly callerAuth: 'none' | 'keys' | 'jwt' | 'passthrough'
  readonly gatewayKeys: readonly GatewayKey[]
  readonly routers: RouterConfig
  readonly webhooks: WebhookConfig
  /** The identity provider; null unless callers bring its tokens. */
  readonly tokens: TokenConfig | null
  /** The file of trusted documents, and which other documents may be executed. */
  readonly documents: {
    readonly path: string | null
    readonly mode: 'automatic' | 'trusted' | 'only-trusted'
  }
  /** The settings of the subgraph; null: the gateway is none. */
  readonly subgraph: SubgraphConfig | null
  /** Requests of one caller in a minute; 0: any number. */
  readonly callerRateLimit: number
  /** How many streams of answers may be open, in all and of one caller, and for how long. */
  readonly streams: {
    readonly maxStreams: number
    readonly maxStreamsOfCaller: number
    readonly streamMaxMs: number
  }
  /** How many proxies stand before the gateway whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: number
  /** Origins as browsers send them. */
  readonly corsOrigins: readonly string[]
  /** Names of headers in lower case. */
  readonly corsHeaders: readonly string[]
  readonly graphiql: boolean
  readonly introspection: boolean
  readonly logLevel: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug'
  /** Whether each request gets a line. */
  readonly accessLog: boolean
  /** After the signal to stop: how long /ready answers 503 before the listener closes. */
  readonly shutdownNoticeMs: number
  /** After the notice: how long requests under way may take. */
  readonly shutdownGraceMs: number
  /** Where the metrics for Prometheus are served; null: nothing is counted. */
  readonly metrics: { readonly port: number; readonly host: string } | null
  /** Where the metrics are sent; null or left out: nowhere. */
  readonly metricsExport?: MetricsExportConfig | null
  /** Where spans are sent; null: nothing is traced. */
  readonly traces: TracesConfig | null
}

export interface SubgraphConfig {
  /** The version of Apollo Federation. */
  readonly version: '2.9' | '2.12'
  readonly hidesAdmin: boolean
}

export interface ProxyConfig {
  /** For `https:` addresses. May contain a password. */
  readonly https: URL | null
  readonly http: URL | null
  /** NO_PROXY as it was set. */
  readonly exceptions: string
}

export interface MetricsExportConfig extends Pick<TracesConfig, 'url' | 'headers' | 'resource'> {
  readonly intervalMs: number
}

export interface TracesConfig {
  readonly url: URL
  /** May hold a key. */
  readonly headers: Readonly<Record<string, string>>
  /** Attributes of the gateway as OpenTelemetry names them, such as `service.name`. */
  readonly resource: Readonly<Record<string, string>>
  /** The share of requests that are traced if the client does not decide; 0 to 1. */
  readonly share: number
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
  /**
   * May contain a password. With Sentinels, the name of the primary replaces the host; with a cluster, its first node
   * is the host.
   */
  readonly url: string
  /** Null or left out: without TLS. */
  readonly tls?: RedisTls | null | undefined
  /** With neither, the address leads to the primary by itself. */
  readonly sentinel?: SentinelConfig | null | undefined
  readonly cluster?: { readonly servers: readonly RedisServer[] } | null | undefined
  /** Begins every key. */
  readonly prefix: string
  readonly maxReplicas: number
}

/** Certificates are always checked. Texts in PEM. */
export interface RedisTls {
  /** Left out: those of Node. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Left out: the host of the address. */
  readonly servername?: string
}

export interface SentinelConfig {
  readonly servers: readonly RedisServer[]
  /** The name of the primary among those that they watch. */
  readonly primary: string
  readonly user?: string | undefined
  readonly password?: string | undefined
}

export interface GatewayKey {
  readonly name: string
  /** 64 lower-case hex digits. */
  readonly sha256: string
  readonly isReadOnly: boolean
}

export interface RouterConfig {
  /**
   * The keys of routers of the only tenant, or of all tenants if callers bring tokens; the file of tenants has those of
   * single tenants.
   */
  readonly keys: readonly GatewayKey[]
  /** In lower case. Null: no header names the user. */
  readonly userHeader: string | null
  readonly maxBatch: number
  /** Null or left out: no router is notified of changes. */
  readonly invalidation?: InvalidationConfig | null | undefined
}

export interface InvalidationConfig {
  readonly urls: readonly URL[]
  readonly key: string
  /** The name of the gateway in the supergraph. */
  readonly subgraph: string
}

export interface WebhookConfig {
  /** Secrets of the only tenant; empty if a file has the tenants, or callers bring theirs. */
  readonly keys: readonly string[]
  /** If callers bring their own tenants: the tenants whose webhooks are received, by their ids at Aurora. */
  readonly ofTenants: readonly { readonly tenantId: string; readonly keys: readonly string[] }[]
  /** In lower case. */
  readonly keyHeader: string
  readonly settleMs: number
  /**
   * The address of the gateway in its subscriptions, and how long replies are fresh while webhooks provably arrive;
   * null or left out: no longer than usual.
   */
  readonly proof?: { readonly url: URL; readonly freshMs: number } | null | undefined
}

export interface TenantConfig {
  /** Its name for callers and logs; its id at Aurora is another one. */
  readonly name: string
  readonly aurora: AuroraConfig
  readonly keys: readonly GatewayKey[]
  /** The keys of routers of this tenant; left out: none. */
  readonly routerKeys?: readonly GatewayKey[] | undefined
  /** Secrets of the webhooks about it; left out or empty: its webhooks are not received. */
  readonly webhookKeys?: readonly string[] | undefined
  /** Calls that its Aurora key may make in one window; null: `rateLimit` of the settings. */
  readonly rateLimit: number | null
}

export interface TokenConfig {
  readonly jwksUrl: URL
  readonly issuer: string
  readonly audience: string
  /** A name, or a path with dots; so is the next one. */
  readonly tenantClaim: string
  readonly roleClaim: string
  /** The setting names the role claim, so a token without it may only read. */
  readonly isRoleRequired: boolean
}
