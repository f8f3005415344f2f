// Every variable that the gateway reads, with its default and its meaning.
export interface Setting {
  /** The value of an unset or empty variable; '' is no value. */
  readonly default: string
  /** The default in production, where it is another one. */
  readonly inProduction?: string
  readonly meaning: string
}

/** In the order of docs/settings.md, which a test compares with this table. */
export const settings = {
  NODE_ENV: {
    default: 'development',
    meaning:
      '`development`, `test` or `production`; production demands a credential and closes what helps attackers',
  },
  HOST: {
    default: '127.0.0.1',
    meaning: 'Address to listen on; anything but loopback demands that callers are known: `CALLER_AUTH`',
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
  MAX_QUERY_TOKENS: { default: '1000', meaning: 'The most tokens of a document (100 to 15000)' },
  MAX_QUERY_DEPTH: { default: '10', meaning: 'How many levels deep an operation may be (2 to 100)' },
  MAX_QUERY_FIELDS: {
    default: '500',
    meaning: 'The most fields of an operation, its fragments where they are spread (10 to 10000)',
  },
  MAX_QUERY_ALIASES: { default: '30', meaning: 'The most aliases of an operation (0 to 1000)' },
  CACHE_MAX_MB: { default: '64', meaning: 'Memory for cached replies (1 to 65536)' },
  ANSWERS_MAX_MB: {
    default: '16',
    meaning: 'Memory for whole answers that can be given again without execution (0 to 65536); 0: none',
  },
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
    meaning:
      '`none`: anybody on this machine; `keys`: callers bring a gateway key; `jwt`: a token of your identity provider; `passthrough`: a token of Aurora',
  },
  GATEWAY_KEYS: {
    default: '',
    meaning:
      'Who may call, as `name:sha256-of-the-key`, separated by commas; `:read-only` behind it for no mutations',
  },
  TENANTS_FILE: {
    default: '',
    meaning:
      'JSON file of many tenants instead of `AURORA_TENANT_ID` and its credential; read again on SIGHUP',
  },
  JWT_JWKS_URL: { default: '', meaning: 'Where the identity provider publishes its keys, as `https://`' },
  JWT_ISSUER: { default: '', meaning: 'What `iss` of a token must be' },
  JWT_AUDIENCE: { default: '', meaning: 'What `aud` of a token must name' },
  JWT_TENANT_CLAIM: { default: 'tenant', meaning: 'Claim that names the tenant' },
  JWT_ROLE_CLAIM: {
    default: 'role',
    meaning: 'Claim that may hold `read-only`, alone or in a list, for no mutations',
  },
  DOCUMENTS_FILE: {
    default: '',
    meaning: 'JSON file of trusted documents, which are asked for by their id; read again on SIGHUP',
  },
  PERSISTED_DOCUMENTS: {
    default: 'automatic',
    meaning:
      '`automatic`: callers may register documents by their hash, besides the trusted ones; `trusted`: they may not; `only-trusted`: nothing else is executed',
  },
  CALLER_RATE_LIMIT: {
    default: '0',
    inProduction: '60000',
    meaning: 'Requests that one caller may send in a minute (0 to 1000000); 0: any number',
  },
  TRUSTED_PROXIES: {
    default: '0',
    meaning:
      'How many proxies of yours stand before the gateway (0 to 10), each of which adds to `X-Forwarded-For`',
  },
  CORS_ORIGINS: {
    default: '',
    meaning:
      'Web pages that may ask from a browser, as `https://app.example`, separated by commas; unset, none',
  },
  GRAPHIQL: { default: 'on', inProduction: 'off', meaning: '`on` or `off`: the query editor for browsers' },
  INTROSPECTION: {
    default: 'on',
    inProduction: 'off',
    meaning: '`on` or `off`: whether the schema can be queried',
  },
  LOG_LEVEL: { default: 'info', meaning: '`silent`, `fatal`, `error`, `warn`, `info` or `debug`' },
  ACCESS_LOG: {
    default: 'off',
    inProduction: 'on',
    meaning: '`on` or `off`: a line at `info` for each request',
  },
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
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    default: '',
    meaning:
      'Collector that takes traces as OTLP over HTTP, such as `http://127.0.0.1:4318`; unset, nothing is traced',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    default: '',
    meaning: 'The same as the whole address, to which no `/v1/traces` is added',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    default: '',
    meaning:
      'Headers for the collector, as `name=value`, separated by commas, values percent-encoded; secret',
  },
  OTEL_SERVICE_NAME: {
    default: 'aurora-graphql-gateway',
    meaning: 'What the gateway is called in traces',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    default: '1',
    meaning: 'Share of the requests that are traced where the client does not say (0 to 1)',
  },
} as const satisfies Record<string, Setting>

export type Name = keyof typeof settings

/** The texts of the variables: the one that is set, or the default; undefined where there is neither. */
export type Texts = Readonly<Record<Name, string | undefined>>
