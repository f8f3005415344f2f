// Makes the metrics and the traces of the program, each only if the settings require it.
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { createMetricsServer } from '../http/metrics-server.ts'
import type { MetricsServer } from '../http/metrics-server.ts'
import { READS } from '../aurora/reads.ts'
import { WRITES } from '../aurora/writes.ts'
import type { Log } from '../telemetry/log.ts'
import type { LogBuffer } from '../telemetry/log-buffer.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { MetricsExport } from '../telemetry/metrics-export.ts'
import type { Traces } from '../telemetry/traces.ts'
import { listenOrExit } from './start-or-exit.ts'

const operations = { ...READS, ...WRITES }

/** Both modules are loaded only if they are needed: the one for traces takes a fifth of a second and 15 MB. */
export async function createMetricsIfSet(
  { metrics, metricsExport = null }: Config,
  { lostLines }: Pick<LogBuffer, 'lostLines'>,
): Promise<Metrics | null> {
  if (metrics === null && metricsExport === null) return null
  const { createMetrics } = await import('../telemetry/metrics.ts')
  return createMetrics({ operations: Object.keys(operations), isWithProcess: true, lostLines })
}

export async function createTracesIfSet(
  { traces, proxies }: Config,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<Traces | null> {
  if (traces === null) return null
  const { createTraces } = await import('../telemetry/traces.ts')
  const onLost = (lost: object): void => log.warn(lost, 'the collector does not take spans: they are dropped')
  return createTraces({ ...traces, proxies, operations, clock, onLost })
}

/** Sends the metrics until it is closed; null if the settings name no collector. */
export async function exportMetricsIfSet(
  { metricsExport = null, proxies }: Config,
  metrics: Metrics | null,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<MetricsExport | null> {
  if (metricsExport === null || metrics === null) return null
  const { startMetricsExport } = await import('../telemetry/metrics-export.ts')
  const onLost = (fault: string): void => log.warn({ fault }, 'the collector does not take metrics')
  return startMetricsExport({ ...metricsExport, metrics, proxies, clock, onLost })
}

/** A server that listens, and the address of its page; null if metrics are off. */
export async function serveMetricsIfSet(
  config: Config,
  metrics: Metrics | null,
  log: Log,
): Promise<{ readonly server: MetricsServer; readonly url: string } | null> {
  if (!config.metrics || !metrics) return null
  const server = createMetricsServer({
    ...config.metrics,
    render: metrics.render,
    onError: (err) => log.error({ err }, 'the metrics could not be rendered'),
  })
  return { server, url: `${await listenOrExit(server, config.metrics, 'METRICS_PORT')}/metrics` }
}
