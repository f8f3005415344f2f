// Sends the metrics to a collector as OTLP over HTTP in JSON: the same series, under the same names, as Prometheus reads.
import type { Clock } from '../clock.ts'
import type { MetricsExportConfig } from '../config/config.ts'
import { createDispatcher } from '../network/dispatcher.ts'
import { isSuccess } from '../network/exchange.ts'
import { faultName } from '../errors/fault-name.ts'
import { readStatus } from '../network/one-request.ts'
import { NO_PROXIES } from '../network/proxies.ts'
import type { Proxies } from '../network/proxies.ts'
import { USER_AGENT } from '../network/user-agent.ts'
import type { Metrics } from './metrics.ts'
import { toOtlpMetrics } from './otlp-metrics.ts'
import { OF_THIS_PROCESS } from './this-process.ts'

export interface MetricsExport {
  /** Sends the last values; takes at most 2 s and never rejects. */
  close(): Promise<void>
}

export interface MetricsExportOptions extends MetricsExportConfig {
  readonly metrics: Pick<Metrics, 'snapshot'>
  readonly clock: Clock
  /** Left out: none. */
  readonly proxies?: Proxies
  /** Called with a name or a status if the collector did not take the values, once a minute at most. */
  readonly onLost: (fault: string) => void
}

const SEND_TIMEOUT_MS = 5000
const CLOSE_TIMEOUT_MS = 2000
const REPORT_EVERY_MS = 60_000

/**
 * Values that a collector did not take are contained in the next ones, because counters go on, so nothing is sent
 * again.
 */
export function startMetricsExport(options: MetricsExportOptions): MetricsExport {
  const { intervalMs, clock, metrics, resource, onLost } = options
  const instance = { ...OF_THIS_PROCESS, ...resource }
  const beganMs = clock.monotonicMs()
  let startedAtMs = clock.wallMs()
  const send = createSend(options)
  let reportAtMs = -Infinity
  let isClosed = false
  let cancel = (): void => {}

  async function read(): Promise<object> {
    const snapshot = await metrics.snapshot()
    const nowMs = clock.wallMs()
    // The clock was set back: collectors refuse values that begin after they end.
    if (nowMs < startedAtMs) startedAtMs = nowMs - (clock.monotonicMs() - beganMs)
    return toOtlpMetrics(snapshot, { resource: instance, startedAtMs, nowMs })
  }

  /** Never rejects, because an error that no code catches ends the process. */
  async function sendNow(): Promise<void> {
    const fault = await read().then(send, faultName)
    if (fault === null || clock.monotonicMs() < reportAtMs) return
    reportAtMs = clock.monotonicMs() + REPORT_EVERY_MS
    onLost(fault)
  }

  /** One request at a time, so a slow collector gets fewer. */
  function schedule(): void {
    if (!isClosed) cancel = clock.after(intervalMs, () => void sendNow().finally(schedule))
  }

  schedule()
  return {
    async close() {
      isClosed = true
      cancel()
      await Promise.race([sendNow(), clock.sleep(CLOSE_TIMEOUT_MS)])
    },
  }
}

/**
 * Never rejects: resolves with null, or with the name of an error. Its text is left out, because it may quote the
 * address.
 */
function createSend({ url, headers, clock, proxies = NO_PROXIES }: MetricsExportOptions) {
  const limits = { connectTimeoutMs: SEND_TIMEOUT_MS, answerTimeoutMs: SEND_TIMEOUT_MS }
  const dispatcher = createDispatcher({ proxies, ...limits })
  return async (body: object): Promise<string | null> => {
    const late = new AbortController()
    const cancel = clock.after(SEND_TIMEOUT_MS, () => late.abort())
    try {
      const request = {
        dispatcher,
        url,
        method: 'POST',
        // They may contain a key, which is for this address alone.
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': USER_AGENT },
        body: JSON.stringify(body),
        signal: late.signal,
      } as const
      const status = await readStatus(request, clock)
      return isSuccess(status) ? null : String(status)
    } catch (error) {
      return late.signal.aborted ? 'timeout' : faultName(error)
    } finally {
      cancel()
    }
  }
}
