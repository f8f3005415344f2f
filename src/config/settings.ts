// Every variable that the gateway reads, with its default and its meaning.
export interface Setting {
  /** The value of an unset or empty variable; '' is no value. */
  readonly default: string
  /** The default in production, where it is another one. */
  readonly inProduction?: string
  /** May be in a file, which the name with `_FILE` names (secret-files.ts). */
  readonly isSecret?: true
  /** Is no secret, and may be in a file in the same way: it has many lines. */
  readonly isLong?: true
  readonly meaning: string
}

// One setting a line, however long: this is read as a table. `npm run docs` prints it into docs/settings.md.
// prettier-ignore
export const settings = {
  NODE_ENV: { default: 'development', meaning: '`development`, `test` or `production`; production requires a credential and turns off what helps attackers' },
  HOST: { default: '127.0.0.1', meaning: 'Address to listen on; any address but loopback requires that callers identify themselves: `CALLER_AUTH`' },
  PORT: { default: '4000', meaning: 'Port to listen on; 0 takes any free port' },
  AURORA_TENANT_ID: { default: '', meaning: 'Your tenant at Aurora' },
  AURORA_API_TOKEN: { default: '', isSecret: true, meaning: 'Bearer token of an Aurora API key' },
  AURORA_API_KEY: { default: '', isSecret: true, meaning: 'The key of the older HMAC signature, instead of a token' },
  AURORA_API_SECRET: { default: '', isSecret: true, meaning: 'The secret of the older HMAC signature, instead of a token' },
  AURORA_BASE_URL: { default: 'https://api.aurorasolar.com', meaning: 'Address of Aurora, which may have a path; with an HMAC key the default is `https://api.aurorasolar.com/v2`' },
  AURORA_API_VERSION: { default: '', meaning: 'Version that is requested from Aurora, with effect in its sandbox only: the version of a key of production is set at Aurora. If unset, none is sent' },
  AURORA_API_VERSION_HEADER: { default: 'Aurora-API-Version', meaning: 'Header that contains the version' },
  AURORA_RATE_LIMIT: { default: '90', meaning: 'Calls that Aurora allows this key in one window (1 to 10000000)' },
  AURORA_RATE_WINDOW_MS: { default: '60000', meaning: 'Length of that window (100 to 3600000)' },
  AURORA_OPERATION_LIMITS: { default: '', meaning: 'Operations for which Aurora allows fewer calls in one window, as `operationId:calls`, separated by commas, such as `runAiRoof:10`' },
  AURORA_PAGE_SIZE: { default: '250', meaning: 'Objects that are requested in one page of a list (1 to 250); if Aurora gives fewer, the gateway notices' },
  AURORA_TIMEOUT_MS: { default: '5000', meaning: 'How long one attempt of one call may take (10 to 120000)' },
  AURORA_MAX_REPLY_MB: { default: '8', meaning: 'Largest reply that is accepted from Aurora, after decompression (1 to 256)' },
  HTTPS_PROXY: { default: '', isSecret: true, meaning: 'Proxy for requests to `https://` addresses (Aurora, the identity provider, the collector), as `http://user:password@proxy.example:3128`; in small letters, too, which take precedence' },
  HTTP_PROXY: { default: '', isSecret: true, meaning: 'The same for `http://` addresses' },
  NO_PROXY: { default: '', meaning: 'Hosts that are reached without a proxy, separated by commas: names with all their subdomains, `host:port`, addresses, networks such as `10.0.0.0/8`, or `*`' },
  REQUEST_TIMEOUT_MS: { default: '10000', meaning: 'How long a whole GraphQL request may take (10 to 300000)' },
  MAX_WAIT_MS: { default: '2000', meaning: 'How long a request may wait in all, for slots of the budget and for times that Aurora names (0 to 120000)' },
  MAX_PREFERRED_WAIT_MS: { default: '60000', meaning: 'Longest such wait that a request may ask for with `Prefer: wait=N`; its time limit grows by what this is above `MAX_WAIT_MS` (0 to 300000)' },
  MAX_PLANNED_CALLS: { default: '1000', meaning: 'Most calls that one request may need, by what is cached and learned (0 to 10000); 0: any number' },
  MAX_ANSWER_MB: { default: '16', meaning: 'Largest answer to one request; a larger one is refused with `QUERY_REJECTED` (1 to 256)' },
  MAX_QUERY_TOKENS: { default: '1000', meaning: 'Most tokens in a document (100 to 15000)' },
  MAX_QUERY_DEPTH: { default: '10', meaning: 'Most levels of an operation (2 to 100)' },
  MAX_QUERY_FIELDS: { default: '500', meaning: 'Most fields of an operation; a fragment counts each time it is spread (10 to 10000)' },
  MAX_QUERY_ALIASES: { default: '30', meaning: 'Most aliases in an operation (0 to 1000)' },
  STATE_DIR: { default: '', meaning: 'Folder that keeps what was spent of the budget in the last minute, so that a restart counts on; `off`: nothing is kept. If unset, the folder `STATE_DIRECTORY` that systemd sets, else `aurora-graphql-gateway` in `XDG_STATE_HOME` or in `~/.local/state`' },
  CACHE_MAX_MB: { default: '64', meaning: 'Memory for cached replies (1 to 65536)' },
  ANSWERS_MAX_MB: { default: '16', meaning: 'Memory for whole answers that are given again without execution (0 to 65536); 0: none' },
  TEXTS_MAX_MB: { default: '16', meaning: 'Memory for the texts of objects that are shown again without execution (0 to 65536); 0: none' },
  CACHE_FILE: { default: '', meaning: 'File that keeps the cache when the process ends; each process needs its own. If unset, no file is written' },
  WARM_UP: { default: 'off', meaning: '`off`, `gentle` or `full`: whether spare calls refresh answers that are used often before they become stale' },
  REDIS_URL: { default: '', isSecret: true, meaning: 'Redis that replicas share, as `redis://` or `rediss://` (TLS), or by its Sentinels as `redis+sentinel://host:26379,host2:26379/primary-name` or `rediss+sentinel://`, or as a cluster by some of its nodes as `redis+cluster://host:6379,host2:6379` or `rediss+cluster://`; leave it unset for a single gateway' },
  REDIS_CA: { default: '', isLong: true, meaning: 'Certificates in PEM of the authorities that Redis and its Sentinels are checked by, instead of those of Node; as `REDIS_CA_FILE` the path of a file' },
  REDIS_CLIENT_CERT: { default: '', isLong: true, meaning: 'Certificate in PEM that the gateway shows to a Redis that demands one; as `REDIS_CLIENT_CERT_FILE` the path of a file' },
  REDIS_CLIENT_KEY: { default: '', isSecret: true, meaning: 'The private key of that certificate, in PEM; as `REDIS_CLIENT_KEY_FILE` the path of a file' },
  REDIS_SERVERNAME: { default: '', meaning: 'Name that the certificate of Redis must be for, where it is not the host of its address' },
  REDIS_SENTINEL_USER: { default: '', meaning: 'User for the Sentinels; that of Redis is in `REDIS_URL`' },
  REDIS_SENTINEL_PASSWORD: { default: '', isSecret: true, meaning: 'Password for the Sentinels; that of Redis is in `REDIS_URL`' },
  REDIS_PREFIX: { default: 'aurora:', meaning: 'Start of every key in that Redis' },
  MAX_REPLICAS: { default: '4', meaning: 'Most replicas that run at once; a replica that loses Redis continues with the limit divided by this (1 to 1000)' },
  CALLER_AUTH: { default: 'none', meaning: '`none`: anybody on this machine; `keys`: callers send a gateway key; `jwt`: a token of your identity provider; `passthrough`: a token of Aurora' },
  GATEWAY_KEYS: { default: '', isSecret: true, meaning: 'Callers, as `name:sha256-of-the-key`, separated by commas; with `:read-only` at the end, a caller may send no mutations' },
  ROUTER_KEYS: { default: '', isSecret: true, meaning: 'Routers of a supergraph, in the form of `GATEWAY_KEYS`: docs/routers.md. With `TENANTS_FILE` each tenant has its own, as `routerKeys` in the file; only with `CALLER_AUTH=jwt` these are for all tenants' },
  ROUTER_USER_HEADER: { default: '', meaning: 'Header in which a router names the user who asks; from anybody else it is ignored. If unset, all users of a router are one caller, unless it forwards their tokens' },
  ROUTER_MAX_BATCH: { default: '1000', meaning: 'Most items of a list in a request of a router, such as the representations of `_entities` (100 to 1000)' },
  ROUTER_INVALIDATION_URLS: { default: '', meaning: 'Invalidation endpoints of routers (at most 10), separated by commas: after a write or webhook they get the tags of what has changed; if unset, none does' },
  ROUTER_INVALIDATION_KEY: { default: '', isSecret: true, meaning: 'The `shared_key` of those endpoints' },
  ROUTER_SUBGRAPH_NAME: { default: 'aurora', meaning: 'The name that the gateway has in the supergraph' },
  TENANTS_FILE: { default: '', meaning: 'JSON file of many tenants, instead of `AURORA_TENANT_ID` and its credential; read again on SIGHUP' },
  WEBHOOK_KEYS: { default: '', isSecret: true, meaning: 'Secrets that Aurora sends with its webhooks, of at least 16 characters, 6 of them different, separated by commas, so that two hold during a change; with `CALLER_AUTH=passthrough` each as `tenant-id:secret`. Unset, and without `webhookKeys` in `TENANTS_FILE`: webhooks are not received' },
  WEBHOOK_KEY_HEADER: { default: 'X-Webhook-Key', meaning: 'Header that contains the secret: the `header_auth_key` of the subscriptions at Aurora. As the password of HTTP basic it is accepted, too' },
  WEBHOOK_SETTLE_MS: { default: '3000', meaning: 'How long after a webhook, or a write of the gateway itself, Aurora may still answer with what was before: what is read until then is read once more afterwards (0 to 60000)' },
  WEBHOOK_URL: { default: '', meaning: 'Address at which Aurora reaches the gateway, as `--url` of `npm run webhooks`: by it the gateway recognises its subscriptions. Unset, replies are fresh no longer for webhooks' },
  WEBHOOK_FRESH_MINUTES: { default: '120', meaning: 'How long replies are fresh while webhooks about their kind provably arrive; needs `WEBHOOK_URL` (0 to 720); 0: no longer than without webhooks' },
  JWT_JWKS_URL: { default: '', meaning: 'Address at which the identity provider publishes its keys, as `https://`' },
  JWT_ISSUER: { default: '', meaning: 'Required `iss` of a token' },
  JWT_AUDIENCE: { default: '', meaning: 'Required entry in `aud` of a token' },
  JWT_TENANT_CLAIM: { default: 'tenant', meaning: 'Claim that contains the name of the tenant; a path such as `app.tenant` leads into a claim' },
  JWT_ROLE_CLAIM: { default: '', meaning: 'Claim that contains the roles, such as `scope` or `realm_access.roles`: a caller whose roles contain `read-only`, or cannot be read, may send no mutations. If unset, `role` is read, and tokens without it may write' },
  DOCUMENTS_FILE: { default: '', meaning: 'JSON file of trusted documents, which requests name by their id; read again on SIGHUP' },
  PERSISTED_DOCUMENTS: { default: 'automatic', meaning: '`automatic`: callers may register documents by their hash, besides the trusted ones; `trusted`: they may not; `only-trusted`: only trusted documents are executed' },
  SUBGRAPH: { default: 'off', meaning: '`off`; `on`: the gateway is a subgraph of Apollo Federation, for routers, with `@cacheTag` (version 2.12); `2.9`: the same without it, for composers and routers that know no later version, such as Hive and `@apollo/gateway`' },
  SUBGRAPH_ADMIN_FIELDS: { default: 'shown', meaning: '`shown`, or `inaccessible`: routers keep the fields that administer the account (roles, webhooks, sign-on, writes of users) from their clients' },
  CALLER_RATE_LIMIT: { default: '0', inProduction: '60000', meaning: 'Requests that one caller may send in a minute (0 to 1000000); 0: any number' },
  TRUSTED_PROXIES: { default: '0', meaning: 'Number of your own proxies in front of the gateway (0 to 10); each adds an address to `X-Forwarded-For`' },
  STREAMS_MAX: { default: '1000', meaning: 'Most streams (subscriptions and live queries) that are open at once (1 to 20000); each takes a connection and some 20 KB' },
  STREAMS_MAX_OF_CALLER: { default: '500', meaning: 'Most of them of one caller (1 to 20000); an app with one key for all its users is one caller' },
  STREAM_MAX_MINUTES: { default: '30', meaning: 'Longest life of a stream, after which its client connects again (1 to 1440); each stream ends up to a fifth earlier' },
  CORS_ORIGINS: { default: '', meaning: 'Web pages that may send requests from a browser, as `https://app.example` or, for an app, `capacitor://localhost`, separated by commas; if unset, none' },
  CORS_HEADERS: { default: '', meaning: 'Names of further headers that those pages may send, separated by commas; the common ones are allowed' },
  GRAPHIQL: { default: 'on', inProduction: 'off', meaning: '`on` or `off`: the query editor for browsers' },
  INTROSPECTION: { default: 'on', inProduction: 'off', meaning: '`on` or `off`: whether the schema can be queried' },
  LOG_LEVEL: { default: 'info', meaning: '`silent`, `fatal`, `error`, `warn`, `info` or `debug`' },
  ACCESS_LOG: { default: 'off', inProduction: 'on', meaning: '`on` or `off`: a line at `info` for each request' },
  SHUTDOWN_NOTICE_MS: { default: '0', inProduction: '2000', meaning: 'After the signal to stop, how long `/ready` answers 503 while requests are still accepted: operating.md has the arithmetic for load balancers (0 to 300000)' },
  SHUTDOWN_GRACE_MS: { default: '10000', meaning: 'After that, how long requests under way may take to end (0 to 300000)' },
  METRICS_PORT: { default: '', meaning: 'Port that serves `/metrics` for Prometheus; if unset, nothing is counted; 0 takes any free port' },
  METRICS_HOST: { default: '127.0.0.1', meaning: 'Address for that port; anybody who can reach it can read the metrics' },
  OTEL_SDK_DISABLED: { default: 'false', meaning: '`true` turns traces and the sending of metrics off, whatever the other variables are' },
  OTEL_TRACES_EXPORTER: { default: 'otlp', meaning: '`otlp`, or `none` to turn traces off; the gateway has no other exporter' },
  OTEL_METRICS_EXPORTER: { default: 'none', meaning: '`otlp` sends the metrics to the collector, beside `METRICS_PORT` or without it; `none`: they are not sent' },
  OTEL_METRIC_EXPORT_INTERVAL: { default: '60000', meaning: 'How often, in milliseconds (1000 to 3600000)' },
  OTEL_EXPORTER_OTLP_ENDPOINT: { default: '', meaning: 'Collector that receives traces, and metrics if `OTEL_METRICS_EXPORTER` asks for them, as OTLP over HTTP, such as `http://127.0.0.1:4318`; if unset, nothing is traced' },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: { default: '', meaning: 'The whole address of the collector; no `/v1/traces` is added to it' },
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: { default: '', meaning: 'The same for metrics; no `/v1/metrics` is added to it' },
  OTEL_EXPORTER_OTLP_HEADERS: { default: '', isSecret: true, meaning: 'Headers for the collector, as `name=value`, separated by commas, values percent-encoded' },
  OTEL_SERVICE_NAME: { default: '', meaning: 'Name of the gateway in traces; if unset, `service.name` of the next setting, else `aurora-graphql-gateway`' },
  OTEL_RESOURCE_ATTRIBUTES: { default: '', meaning: 'Further attributes of the gateway in traces, such as `deployment.environment.name=staging`, as `name=value`, separated by commas, values percent-encoded; `service.version` and `service.instance.id` are there unless they are set' },
  OTEL_TRACES_SAMPLER_ARG: { default: '1', meaning: 'Share of the requests that are traced if the client does not decide it (0 to 1)' },
} as const satisfies Record<string, Setting>

export type Name = keyof typeof settings

/** The texts of the variables: the one that is set, or the default; undefined where there is neither. */
export type Texts = Readonly<Record<Name, string | undefined>>
