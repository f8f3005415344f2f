// Turns the rooms' events into spans below the span of their request: one per attempt, one per wait for a slot.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Context, Span, SpanOptions, Tracer } from '@opentelemetry/api'
import type { Clock } from '../clock.ts'
import type { EventListeners } from './events.ts'
import type { RequestRecord } from './request-record.ts'

/** The method and the route of each operation: the template only, since addresses hold ids and may hold a signature. */
export type TracedOperations = Readonly<Record<string, { readonly method: string; readonly route: string }>>

export interface SpanListenersOptions {
  readonly tracer: Tracer
  /** The span of each request. */
  readonly spans: Pick<WeakMap<RequestRecord, Span>, 'get'>
  readonly operations: TracedOperations
  readonly clock: Clock
}

interface Ended extends Pick<SpanOptions, 'kind'> {
  readonly attributes: Attributes
  readonly durationMs: number
}

/** Below this the call only waited for the next turns of the event loop: the slot was free. */
const MIN_QUEUED_MS = 5

export function createSpanListeners(options: SpanListenersOptions): EventListeners {
  const { tracer, spans, operations, clock } = options

  const contextOf = (record: RequestRecord | undefined): Context => {
    const span = record && spans.get(record)
    return span ? trace.setSpan(ROOT_CONTEXT, span) : ROOT_CONTEXT
  }

  /** Writes the span of something that has just ended and took `durationMs`. */
  function write(name: string, record: RequestRecord | undefined, { durationMs, ...ended }: Ended): void {
    const endMs = clock.wallMs()
    const span = tracer.startSpan(name, { startTime: endMs - durationMs, ...ended }, contextOf(record))
    if (ended.attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(endMs)
  }

  return {
    attempted({ record, operation, callClass, host, status, code, durationMs }) {
      const { method = 'GET', route = operation } = operations[operation] ?? {}
      const failure = code ?? (status !== null && status >= 400 ? String(status) : undefined)
      write(`${method} ${route}`, record, {
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
      write('wait for a slot', record, {
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
}
