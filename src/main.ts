// The program: settings, gateway, server, then it listens until a signal ends it. Each step is a file of src/program/.
import { createSystemClock } from './clock.ts'
import { readNodeFlags, readWarnings } from './config/read-config.ts'
import { secretsOf } from './config/secrets.ts'
import { announce } from './program/announce.ts'
import { keepRequestsYoung } from './program/keep-requests-young.ts'
import { watchLostTime } from './program/lost-time.ts'
import { createMachine } from './program/machine.ts'
import { reloadOnHangup } from './program/reload.ts'
import { createShutdown } from './program/shutdown.ts'
import { createGatewayOrExit, listenOrExit, readConfigOrExit } from './program/start-or-exit.ts'
import {
  createMetricsIfSet,
  createTracesIfSet,
  exportMetricsIfSet,
  serveMetricsIfSet,
} from './program/telemetry.ts'
import { lowerOtherThreads } from './program/thread-priorities.ts'
import { createGatewayServer } from './gateway/serve.ts'
import { createLog } from './telemetry/log.ts'
import { createScrubber } from './telemetry/scrubber.ts'
import { openStdout } from './telemetry/stdout.ts'

/** The connections beside those of streams. */
const OTHER_CONNECTIONS = 1_000

void main()

async function main(): Promise<void> {
  await lowerOtherThreads(readNodeFlags())
  const config = readConfigOrExit()
  const clock = createSystemClock()
  const scrubber = createScrubber(secretsOf(config))
  const stdout = openStdout(clock)
  const { write, beforeEnd } = stdout
  const log = createLog({ level: config.logLevel, scrub: scrubber.scrub, write, beforeEnd })
  for (const warning of readWarnings()) log.warn({}, warning)
  const shutdown = createShutdown({ log, clock })
  const metrics = await createMetricsIfSet(config, stdout)
  const traces = await createTracesIfSet(config, { log, clock })
  const gateway = await createGatewayOrExit(config, { log, clock, metrics, traces })
  const server = createGatewayServer(gateway, {
    ...config,
    log,
    clock,
    metrics,
    limits: {
      noticeMs: config.shutdownNoticeMs,
      ...config.streams,
      maxConnections: config.streams.maxStreams + OTHER_CONNECTIONS,
    },
  })
  const url = await listenOrExit(server, config, 'PORT')
  const served = await serveMetricsIfSet(config, metrics, log)
  const metricsServer = served?.server ?? null
  const metricsExport = await exportMetricsIfSet(config, metrics, { log, clock })
  const graceMs = config.shutdownNoticeMs + config.shutdownGraceMs
  shutdown.register({ server, metricsServer, metricsExport, gateway, traces, graceMs })
  reloadOnHangup({ gateway, server }, { scrubber, log })
  watchLostTime({ gateway, clock, log, machine: createMachine() })
  keepRequestsYoung()
  announce({ url, metricsUrl: served?.url }, { gateway, config, log, print: write })
}
