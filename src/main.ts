// The program: settings, gateway, server, then it listens until a signal ends it. Each step is a file of src/program/.
import { createSystemClock } from './clock.ts'
import { secretsOf } from './config/secrets.ts'
import { announce } from './program/announce.ts'
import { reloadOnHangup } from './program/reload.ts'
import { createShutdown } from './program/shutdown.ts'
import { createGatewayOrExit, listenOrExit, readConfigOrExit } from './program/start-or-exit.ts'
import { createMetricsIfSet, createTracesIfSet, serveMetricsIfSet } from './program/telemetry.ts'
import { createGatewayServer } from './serve.ts'
import { createLog } from './telemetry/log.ts'
import { createScrubber } from './telemetry/scrubber.ts'

/** About as long as an orchestrator needs to notice that a replica is not ready and to send it nothing more. */
const PRODUCTION_NOTICE_MS = 2_000

await main()

async function main(): Promise<void> {
  const config = readConfigOrExit()
  const clock = createSystemClock()
  const scrubber = createScrubber(secretsOf(config))
  const log = createLog({ level: config.logLevel, scrub: scrubber.scrub })
  const shutdown = createShutdown({ log, clock })
  const metrics = createMetricsIfSet(config)
  const traces = await createTracesIfSet(config, { log, clock })
  const gateway = await createGatewayOrExit(config, { log, clock, metrics, traces })
  const server = createGatewayServer(gateway, {
    ...config,
    log,
    clock,
    metrics,
    limits: { noticeMs: config.isProduction ? PRODUCTION_NOTICE_MS : 0 },
  })
  const url = await listenOrExit(server, config, 'PORT')
  const served = await serveMetricsIfSet(config, metrics, log)
  const metricsServer = served?.server ?? null
  shutdown.register({ server, metricsServer, gateway, traces, graceMs: config.shutdownGraceMs })
  reloadOnHangup(gateway, { scrubber, log })
  announce({ url, metricsUrl: served?.url }, { gateway, config, log })
}
