// Sends spans to the collector, and reports, not too often, spans that the collector did not take.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { Clock } from '../clock.ts'
import type { TracesConfig } from '../config/config.ts'
import { createAgent } from '../network/node-agent.ts'
import { NO_PROXIES, proxyFor } from '../network/proxies.ts'
import type { Proxies } from '../network/proxies.ts'
import { USER_AGENT } from '../network/user-agent.ts'

export interface ExporterOptions extends Pick<TracesConfig, 'url' | 'headers'> {
  /** Left out: none. */
  readonly proxies?: Proxies
  readonly clock: Clock
  /** Called with spans that the collector did not take, once a minute at most; `fault` is a name or a status. */
  readonly onLost: (lost: { readonly fault: string; readonly spans: number }) => void
}

export const SEND_TIMEOUT_MS = 5000
const REPORT_EVERY_MS = 60_000

/** The code of a success that `export` passes to its callback; the package that exports its name is no dependency. */
const SUCCESS = 0

/** A collector that is down must neither delay the gateway nor fill the log. */
export function createExporter(options: ExporterOptions): SpanExporter {
  const { url, headers, proxies = NO_PROXIES, clock, onLost } = options
  const proxy = proxyFor(proxies, url)
  const exporter = new OTLPTraceExporter({
    url: url.href,
    headers,
    timeoutMillis: SEND_TIMEOUT_MS,
    userAgent: USER_AGENT,
    // Without a proxy the exporter makes its own agent, with the certificates of the standard variables.
    ...(proxy && { httpAgentOptions: () => createAgent(url, proxy, SEND_TIMEOUT_MS) }),
  })
  let lost = 0
  let reportAtMs = 0
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code !== SUCCESS) {
          lost += spans.length
          if (clock.monotonicMs() >= reportAtMs) {
            reportAtMs = clock.monotonicMs() + REPORT_EVERY_MS
            onLost({ fault: faultOf(result.error), spans: lost })
            lost = 0
          }
        }
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
}

/** The name of an error, without its text, which may quote the collector's answer or its address. */
function faultOf(error: unknown): string {
  const { code, name = 'unknown' } = (error ?? {}) as { code?: unknown; name?: string }
  return typeof code === 'string' || typeof code === 'number' ? String(code) : name
}
