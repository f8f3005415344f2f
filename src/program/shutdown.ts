// Ends the program in good order: at a signal, or after an error that no code caught.
import type { Clock } from '../clock.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { MetricsServer } from '../http/metrics-server.ts'
import type { HttpServer } from '../http/server.ts'
import type { Log } from '../telemetry/log.ts'
import type { MetricsExport } from '../telemetry/metrics-export.ts'
import type { Traces } from '../telemetry/traces.ts'

/**
 * Added to the grace of the connections, for what closes after them. After that the process ends, even if something is
 * still open.
 */
const CLOSING_MARGIN_MS = 1_000

/** The terminal sends Ctrl-C to the process, and npm sends the same one on: the second of the two is no new signal. */
const REPEAT_MS = 100

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const

export interface Running {
  readonly server: HttpServer
  readonly metricsServer: MetricsServer | null
  readonly gateway: Gateway
  readonly metricsExport: MetricsExport | null
  readonly traces: Traces | null
  /** The time from the signal to the end, including the notice of the server. */
  readonly graceMs: number
}

export interface Shutdown {
  /** From now on a signal closes these in good order. Before the call, a signal ends the process as Node does. */
  register(running: Running): void
}

interface ShutdownOptions {
  readonly log: Log
  readonly clock: Clock
}

/** To be created before anything that may fail, so that an uncaught error goes into the log and not to stderr. */
export function createShutdown({ log, clock }: ShutdownOptions): Shutdown {
  let running: Running | null = null
  let stoppingSinceMs: number | null = null
  const begin = (): void => {
    stoppingSinceMs = clock.monotonicMs()
    if (running) void stop(running, { log, clock })
    else process.exit()
  }
  // After an error that no code caught the state is unknown: finish what can be finished, and let a new process start.
  // Rejections come here too, because Node raises those that no code handles.
  process.on('uncaughtException', (err) => {
    log.error({ err }, 'stopping: an error that no code caught')
    process.exitCode = 1
    if (stoppingSinceMs === null) begin()
  })
  return {
    register(given) {
      running = given
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.on(signal, () => {
          if (stoppingSinceMs === null) {
            log.info({ signal }, 'stopping: answering what is in flight')
            return begin()
          }
          // A second signal ends the process at once; shells report an end by a signal as 128 and its number.
          if (clock.monotonicMs() - stoppingSinceMs >= REPEAT_MS) process.exit(128 + SIGNAL_NUMBERS[signal])
        })
    },
  }
}

async function stop(
  { server, metricsServer, metricsExport, gateway, traces, graceMs }: Running,
  { log, clock }: ShutdownOptions,
): Promise<never> {
  clock.after(graceMs + CLOSING_MARGIN_MS, () => process.exit(1))
  try {
    gateway.drain(graceMs)
    await server.close(graceMs)
    // Closed last, so that the metrics of the end can still be read.
    await metricsServer?.close()
    await gateway.close()
    await Promise.all([metricsExport?.close(), traces?.close()])
    process.exit()
  } catch (err) {
    log.error({ err }, 'stopping failed')
    process.exit(1)
  }
}
