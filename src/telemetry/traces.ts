// Traces: makes a span for each request, its attempts and its waits, and sends the spans to a collector.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Span } from '@opentelemetry/api'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import type { TracesConfig } from '../config/config.ts'
import type { Emit } from './events.ts'
import type { RequestRecord } from './request-record.ts'
import { createSpanListeners } from './span-listeners.ts'
import type { TracedOperations } from './span-listeners.ts'
import { OF_THIS_PROCESS } from './this-process.ts'
import { createExporter, SEND_TIMEOUT_MS } from './trace-exporter.ts'
import type { ExporterOptions } from './trace-exporter.ts'
import { readTraceparent } from './traceparent.ts'

export interface Traces {
  readonly emit: Emit
  /** To be called once for each accepted request; continues the trace that its `traceparent` names. */
  begin(record: RequestRecord, request: TracedRequest): void
  /** `status` is null if the client left before the answer. */
  end(record: RequestRecord, status: number | null): void
  /** Sends the spans that are left; takes at most 2 s and never rejects. */
  close(): Promise<void>
}

export interface TracedRequest {
  readonly method: string
  readonly headers: Pick<Headers, 'get'>
}

export interface TracesOptions extends TracesConfig, ExporterOptions {
  readonly operations: TracedOperations
}

/** Some minutes of a busy gateway. More spans are dropped, since requests must not wait for a collector. */
const MAX_QUEUED_SPANS = 4096
const MAX_BATCH_SPANS = 512
const BATCH_EVERY_MS = 5000
const CLOSE_TIMEOUT_MS = 2000
/** Enough links to show what a request shared with others; it may have hundreds of calls. */
const MAX_LINKS = 32

export function createTraces(options: TracesOptions): Traces {
  const { clock, resource, share, operations } = options
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ ...OF_THIS_PROCESS, ...resource })),
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
  /** Weak, because a refresh may still run for a request that was answered long ago. */
  const spans = new WeakMap<RequestRecord, Span>()

  const listeners = createSpanListeners({ tracer, spans, operations, clock })
  return {
    emit: (name, fact) => listeners[name]?.(fact),
    begin(record, { method, headers }) {
      const parent = readTraceparent(headers.get('traceparent'))
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
      const attributes = {
        'http.request.method': method,
        'url.path': '/graphql',
        'http.route': '/graphql',
        'aurora_gateway.request_id': record.id,
      }
      const begun = { kind: SpanKind.SERVER, startTime: clock.wallMs(), attributes }
      spans.set(record, tracer.startSpan(`${method} /graphql`, begun, context))
    },
    end(record, status) {
      const span = spans.get(record)
      if (!span) return
      span.setAttributes(outcomeOf(record, status))
      // Without the operation's name, by OpenTelemetry's conventions for GraphQL: clients choose these names, so there
      // could be any number of them.
      if (record.operation) span.updateName(record.operation.type)
      if (status !== null && status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end(clock.wallMs())
    },
    async close() {
      const sent = provider.shutdown().catch(() => {})
      await Promise.race([sent, clock.sleep(CLOSE_TIMEOUT_MS)])
    },
  }
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
