// The only file with effects: settings, gateway, listening, signals, and the end.

import { createSystemClock, type Clock } from './clock.ts'
import { ConfigError, readConfig, type Config } from './config/config.ts'
import { secretsOf } from './config/secrets.ts'
import { ManifestError } from './documents/manifest.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { createMetricsServer, type MetricsServer } from './http/metrics-server.ts'
import { createHttpServer, type HttpServer } from './http/server.ts'
import { READS } from './aurora/reads.ts'
import { WRITES } from './aurora/writes.ts'
import { createAccessLog } from './telemetry/access-log.ts'
import { createLog, type Log } from './telemetry/log.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import type { Traces } from './telemetry/traces.ts'
import { createScrubber, type Scrubber } from './telemetry/scrubber.ts'

/** About as long as an orchestrator needs to hear of an unready replica and to stop sending. */
const PRODUCTION_NOTICE_MS = 2_000

/** Beyond the grace of the connections, for what closes after them; then the process ends whatever is left. */
const CLOSING_MARGIN_MS = 1_000

/** npm passes Ctrl-C on to a process that the terminal has already told: the same word twice, not a second one. */
const ECHO_MS = 100

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const

const KEY_HEADERS: Readonly<Record<Config['callerAuth'], string>> = {
  none: '',
  keys: ` -H 'authorization: Bearer <gateway key>'`,
  jwt: ` -H 'authorization: Bearer <token>'`,
  passthrough: ` -H 'authorization: Bearer <Aurora token>' -H 'x-aurora-tenant-id: <tenant id>'`,
}

const operations = { ...READS, ...WRITES }

await main()

async function main(): Promise<void> {
  const config = readConfigOrExit()
  const clock = createSystemClock()
  const scrubber = createScrubber(secretsOf(config))
  const log = createLog({ level: config.logLevel, scrub: scrubber.scrub })
  const ending = createEnding(log, clock)
  const metrics =
    config.metrics && createMetrics({ operations: Object.keys(operations), isWithProcess: true })
  const traces = await createTracesOrNot(config, { log, clock })
  const gateway = await createGatewayOrExit(config, { log, clock, metrics, traces })
  const server = createHttpServer({
    ...config,
    handle: (request, caller) => gateway.handle(request, caller),
    isReady: () => gateway.isReady(),
    authenticate: gateway.authenticate,
    page: gateway.page,
    onError: (err, errorId, requestId) =>
      log.error({ err, errorId, requestId }, 'a request failed inside the gateway'),
    ...(config.accessLog && { onServed: createAccessLog(log) }),
    onTurnedAway: ({ status, code }) => metrics?.emit('turnedAway', { status, code }),
    clock,
    limits: { noticeMs: config.isProduction ? PRODUCTION_NOTICE_MS : 0 },
  })
  const url = await listenOrExit(server, config, 'PORT')
  const figures = await serveMetrics(config, metrics, log)
  ending.begin({ server, figures: figures?.server, gateway, traces, graceMs: config.shutdownGraceMs })
  readTenantsWhenTold(gateway, scrubber, log)
  const metricsUrl = figures && `${figures.url}/metrics`
  if (config.isProduction) log.info({ url, upstream: gateway.upstreamUrls(), metricsUrl }, 'listening')
  else writeBanner(banner(`${url}/graphql`, gateway, config, metricsUrl))
}

function readConfigOrExit(): Config {
  try {
    return readConfig()
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.problems)
    throw error
  }
}

async function createGatewayOrExit(...given: Parameters<typeof createGateway>): Promise<Gateway> {
  try {
    return await createGateway(...given)
  } catch (error) {
    if (error instanceof ManifestError) exitWith(error.problems)
    throw error
  }
}

/** Loaded only where it is wanted: it takes a fifth of a second and 15 MB. */
async function createTracesOrNot(
  { traces }: Config,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<Traces | null> {
  if (traces === null) return null
  const { createTraces } = await import('./telemetry/traces.ts')
  const onLost = (lost: object): void => log.warn(lost, 'the collector does not take spans: they are dropped')
  return createTraces({ ...traces, operations, clock, onLost })
}

async function serveMetrics(
  config: Config,
  metrics: Metrics | null,
  log: Log,
): Promise<{ server: MetricsServer; url: string } | undefined> {
  if (!config.metrics || !metrics) return undefined
  const server = createMetricsServer({
    ...config.metrics,
    render: metrics.render,
    onError: (err) => log.error({ err }, 'the metrics could not be rendered'),
  })
  return { server, url: await listenOrExit(server, config.metrics, 'METRICS_PORT') }
}

async function listenOrExit(
  server: Pick<HttpServer, 'listen'>,
  { port, host }: { readonly port: number; readonly host: string },
  setting: 'PORT' | 'METRICS_PORT',
): Promise<string> {
  try {
    return (await server.listen()).url
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    const reason = code === 'EADDRINUSE' ? `it is in use, set ${setting} to another one` : String(code)
    return exitWith([`Cannot listen on port ${port} of ${host}: ${reason}`])
  }
}

function exitWith(lines: readonly string[]): never {
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exit(1)
}

/** The environment of a process does not change, but the files that it names do. */
function readTenantsWhenTold(gateway: Gateway, scrubber: Scrubber, log: Log): void {
  process.on('SIGHUP', () => {
    try {
      const config = readConfig()
      scrubber.learn(secretsOf(config))
      gateway.reload(config)
      log.info({}, 'SIGHUP: the tenants and the trusted documents were read again')
    } catch (error) {
      const isKnown = error instanceof ConfigError || error instanceof ManifestError
      log.error(
        { problems: isKnown ? error.problems : [String(error)] },
        'SIGHUP: the tenants stay as they were',
      )
    }
  })
}

interface Running {
  readonly server: HttpServer
  readonly figures: MetricsServer | undefined
  readonly gateway: Gateway
  readonly traces: Traces | null
  readonly graceMs: number
}

interface Ending {
  /** From now on there is something to be ended in good order. */
  begin(running: Running): void
}

/** Made before anything that may fail: what nobody catches goes into the log and not, as it is, to stderr. */
function createEnding(log: Log, clock: Clock): Ending {
  let running: Running | null = null
  let toldAtMs: number | null = null
  const begin = (): void => {
    toldAtMs = clock.monotonicMs()
    if (running) void stop(running, { log, clock })
    else process.exit()
  }
  // After an error that nobody caught the state is unknown: finish what can be finished, and let a new process start.
  // Rejections come here too, because Node raises those that nobody handles.
  process.on('uncaughtException', (err) => {
    log.error({ err }, 'stopping: an error that nobody caught')
    process.exitCode = 1
    if (toldAtMs === null) begin()
  })
  return {
    begin(given) {
      running = given
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.on(signal, () => {
          if (toldAtMs === null) {
            log.info({ signal }, 'stopping: answering what is in flight')
            return begin()
          }
          // Whoever says it twice does not want to wait; 128 and the number is how shells report it.
          if (clock.monotonicMs() - toldAtMs >= ECHO_MS) process.exit(128 + SIGNAL_NUMBERS[signal])
        })
    },
  }
}

async function stop(
  { server, figures, gateway, traces, graceMs }: Running,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<never> {
  clock.after(graceMs + CLOSING_MARGIN_MS, () => process.exit(1))
  try {
    gateway.drain(graceMs)
    await server.close(graceMs)
    // Last of the listeners, so that the end can be watched too.
    await figures?.close()
    await gateway.close()
    await traces?.close()
    process.exit()
  } catch (err) {
    log.error({ err }, 'stopping failed')
    process.exit(1)
  }
}

/** As with the log: nobody who could read it is no reason to end. */
function writeBanner(text: string): void {
  process.stdout.on('error', () => {})
  process.stdout.write(text)
}

function banner(url: string, gateway: Gateway, config: Config, metricsUrl?: string): string {
  const query =
    '{ projects(first: 3) { nodes { name owner { firstName lastName } designs { name systemSizeStc } } } }'
  const key = KEY_HEADERS[config.callerAuth]
  const upstream = gateway.isSimulated
    ? 'the built-in simulated Aurora: all data is made up. Set AURORA_TENANT_ID and AURORA_API_TOKEN for yours.'
    : `${gateway.upstreamUrls().join(', ')}, spending at most ${config.rateLimit} calls in ${config.rateWindowMs / 1000} s.`
  const tries = [
    ...(config.graphiql ? [`Open ${url} in a browser.`] : []),
    `curl -s ${url} -H 'content-type: application/json'${key} \\\n       -d '${JSON.stringify({ query })}'`,
    'Run it again and look at extensions.upstream: 0 calls.',
  ]
  const steps = tries.map((text, index) => `  ${index + 1}. ${text}`).join('\n')
  const figures = metricsUrl ? `Figures for Prometheus: ${metricsUrl}\n` : ''
  return `\nAurora GraphQL gateway: ${url}\n${figures}It talks to ${upstream}\n\nTry:\n${steps}\n\n`
}
