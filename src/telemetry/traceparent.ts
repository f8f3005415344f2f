// Reads the header by which a client continues a trace of its own.
import { TraceFlags } from '@opentelemetry/api'
import type { SpanContext } from '@opentelemetry/api'

/** W3C Trace Context, 3.2: later versions may add parts after the flags. Ids of zeros and version ff are invalid. */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/

/** null: the request continues no trace. */
export function readTraceparent(header: string | null): SpanContext | null {
  const [, traceId, spanId, flags = ''] = TRACEPARENT.exec(header ?? '') ?? []
  if (traceId === undefined || spanId === undefined) return null
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true }
}
