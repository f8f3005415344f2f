// Hears the stations' events and tells them to a collector as spans: one per request, one per attempt at Aurora.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api'
import type { Attributes, Context, Span, SpanOptions } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { Clock } from '../clock.ts'
import type { TracesConfig } from '../config/config.ts'
import type { Emit, EventName, UpstreamEvents } from './events.ts'
import type { RequestRecord } from './request-record.ts'

export interface Traces {
  readonly emit: Emit
  /** Once for each request, as it is let in; goes on with the trace that its `traceparent` names. */
  begin(record: RequestRecord, request: Pick<Request, 'method' | 'headers'>): void
  /** `status` is null where its client left before. */
  end(record: RequestRecord, status: number | null): void
  /** Sends what is left; takes 2 s at the most, and never rejects. */
  close(): Promise<void>
}

export interface TracesOptions extends TracesConfig {
  /** How each operation is asked for: the template alone, since addresses hold ids and may hold a signature. */
  readonly operations: Readonly<Record<string, { readonly method: string; readonly route: string }>>
  readonly clock: Clock
  /** Hears of spans that the collector did not take, once a minute at the most; `fault` is a name or a status. */
  readonly onLost: (lost: { readonly fault: string; readonly spans: number }) => void
}

/** Some minutes of a busy gateway; what is more is dropped, as requests must not wait for a collector. */
const MAX_QUEUED_SPANS = 4096
const MAX_BATCH_SPANS = 512
const BATCH_EVERY_MS = 5000
const SEND_TIMEOUT_MS = 5000
const CLOSE_TIMEOUT_MS = 2000
const LOST_TOLD_EVERY_MS = 60_000
/** Enough to see what a request shared with others; it may have hundreds of calls. */
const MAX_LINKS = 32
/** Below it nothing was waited for but the loop's next turns: the slot was free. */
const MIN_QUEUED_MS = 5

export function createTraces(options: TracesOptions): Traces {
  const { clock, serviceName, share, operations } = options
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanLimits: { linkCountLimit: MAX_LINKS },
    spanProcessors: [
      new BatchSpanProcessor(createExporter(options), {
        maxQueueSize: MAX_QUEUED_SPANS,
        maxExportBatchSize: MAX_BATCH_SPANS,
        scheduledDelayMillis: BATCH_EVERY_MS,
        exportTimeoutMillis: SEND_TIMEOUT_MS,
      }),
    ],
  })
  const tracer = provider.getTracer('aurora-graphql-gateway')
  /** A refresh may still be under way for a request that has long been answered. */
  const spans = new WeakMap<RequestRecord, Span>()

  const contextOf = (record: RequestRecord | undefined): Context => {
    const span = record && spans.get(record)
    return span ? trace.setSpan(ROOT_CONTEXT, span) : ROOT_CONTEXT
  }

  /** What has just ended, and took as long as is said. */
  function tell(name: string, record: RequestRecord | undefined, { durationMs, ...told }: Told): void {
    const endMs = clock.wallMs()
    const span = tracer.startSpan(name, { ...told, startTime: endMs - durationMs }, contextOf(record))
    if (told.attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(endMs)
  }

  const listeners: Listeners = {
    attempted({ record, operation, callClass, host, status, code, durationMs }) {
      const { method = 'GET', route = operation } = operations[operation] ?? {}
      const failure = code ?? (status !== null && status >= 400 ? String(status) : undefined)
      tell(`${method} ${route}`, record, {
        kind: SpanKind.CLIENT,
        durationMs,
        attributes: {
          'http.request.method': method,
          'url.template': route,
          'server.address': host,
          ...(status !== null && { 'http.response.status_code': status }),
          ...(failure !== undefined && { 'error.type': failure }),
          'aurora.operation': operation,
          'aurora.call_class': callClass,
        },
      })
    },
    queued({ record, operation, callClass, waitedMs, isGranted }) {
      if (waitedMs < MIN_QUEUED_MS && isGranted) return
      tell('wait for a slot', record, {
        kind: SpanKind.INTERNAL,
        durationMs: waitedMs,
        attributes: {
          'aurora.operation': operation,
          'aurora.call_class': callClass,
          ...(!isGranted && { 'error.type': 'RATE_LIMITED' }),
        },
      })
    },
    saved({ record, flight }) {
      if (record === undefined || flight === undefined || flight === record) return
      const context = spans.get(flight)?.spanContext()
      if (context) spans.get(record)?.addLink({ context })
    },
  }

  return {
    emit: (name, fact) => listeners[name]?.(fact),
    begin(record, { method, headers }) {
      const parent = readTraceparent(headers.get('traceparent'))
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
      const attributes = {
        'http.request.method': method,
        'url.path': '/graphql',
        'aurora_gateway.request_id': record.id,
      }
      const begun = { kind: SpanKind.SERVER, startTime: clock.wallMs(), attributes }
      spans.set(record, tracer.startSpan(`${method} /graphql`, begun, context))
    },
    end(record, status) {
      const span = spans.get(record)
      if (!span) return
      span.setAttributes(outcomeOf(record, status))
      if (status !== null && status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end(clock.wallMs())
    },
    async close() {
      const sent = provider.shutdown().catch(() => {})
      await Promise.race([sent, clock.sleep(CLOSE_TIMEOUT_MS)])
    },
  }
}

type Listeners = { readonly [Name in EventName]?: (fact: UpstreamEvents[Name]) => void }

interface Told extends Pick<SpanOptions, 'kind'> {
  readonly attributes: Attributes
  readonly durationMs: number
}

function outcomeOf({ operation, tally }: RequestRecord, status: number | null): Attributes {
  return {
    ...(status !== null && { 'http.response.status_code': status }),
    ...(operation && { 'graphql.operation.type': operation.type }),
    ...(operation?.name && { 'graphql.operation.name': operation.name }),
    ...(tally && {
      'aurora_gateway.calls': tally.calls,
      'aurora_gateway.saved': tally.saved.cache + tally.saved.joined + tally.saved.stale,
      'aurora_gateway.refused': tally.refused,
    }),
  }
}

/** W3C Trace Context, 3.2: later versions may say more behind the flags. Of all zeros, and of version ff, there is none. */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/

function readTraceparent(header: string | null) {
  const [, traceId, spanId, flags = ''] = TRACEPARENT.exec(header ?? '') ?? []
  if (traceId === undefined || spanId === undefined) return null
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true }
}

/** Of what `export` calls back with; the package that names it is not among ours. */
const SUCCESS = 0

/** A collector that is down must neither be waited for nor fill the log. */
function createExporter({ url, headers, clock, onLost }: TracesOptions): SpanExporter {
  const exporter = new OTLPTraceExporter({ url: url.href, headers, timeoutMillis: SEND_TIMEOUT_MS })
  let lost = 0
  let tellAtMs = 0
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code !== SUCCESS) {
          lost += spans.length
          if (clock.monotonicMs() >= tellAtMs) {
            tellAtMs = clock.monotonicMs() + LOST_TOLD_EVERY_MS
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

/** Never its text, which may quote the collector's answer or its address. */
function faultOf(error: unknown): string {
  const { code, name = 'unknown' } = (error ?? {}) as { code?: unknown; name?: string }
  return typeof code === 'string' || typeof code === 'number' ? String(code) : name
}
