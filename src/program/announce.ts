// Reports that the program serves: one log line in production, and elsewhere a text with queries to try.
import type { Config } from '../config/config.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Log } from '../telemetry/log.ts'

const KEY_HEADERS: Readonly<Record<Config['callerAuth'], string>> = {
  none: '',
  keys: ` -H 'authorization: Bearer <gateway key>'`,
  jwt: ` -H 'authorization: Bearer <token>'`,
  passthrough: ` -H 'authorization: Bearer <Aurora token>' -H 'x-aurora-tenant-id: <tenant id>'`,
}

const QUERY =
  '{ projects(first: 3) { nodes { name owner { firstName lastName } designs { name systemSizeStc } } } }'

export interface Addresses {
  readonly url: string
  readonly metricsUrl: string | undefined
}

interface AnnounceOptions {
  readonly gateway: Gateway
  readonly config: Config
  readonly log: Log
  /** Writes to stdout, after the log lines that came before it. */
  readonly print: (text: string) => void
}

export function announce({ url, metricsUrl }: Addresses, options: AnnounceOptions): void {
  const { gateway, config, log, print } = options
  if (config.isProduction) log.info({ url, upstream: gateway.upstreamUrls(), metricsUrl }, 'listening')
  else print(createBanner({ url: `${url}/graphql`, metricsUrl }, options))
}

function createBanner({ url, metricsUrl }: Addresses, { gateway, config }: AnnounceOptions): string {
  const key = KEY_HEADERS[config.callerAuth]
  const upstream = gateway.isSimulated
    ? 'the built-in simulated Aurora: all data is made up. Set AURORA_TENANT_ID and AURORA_API_TOKEN for yours.'
    : `${gateway.upstreamUrls().join(', ')}, spending at most ${config.rateLimit} calls in ${config.rateWindowMs / 1000} s.`
  const tries = [
    ...(config.graphiql ? [`Open ${url} in a browser.`] : []),
    `curl -s ${url} -H 'content-type: application/json'${key} \\\n       -d '${JSON.stringify({ query: QUERY })}'`,
    'Run it again and look at extensions.upstream: 0 calls.',
  ]
  const steps = tries.map((text, index) => `  ${index + 1}. ${text}`).join('\n')
  const metrics = metricsUrl ? `Figures for Prometheus: ${metricsUrl}\n` : ''
  return `\nAurora GraphQL gateway: ${url}\n${metrics}It talks to ${upstream}\n\nTry:\n${steps}\n\n`
}
