// Writes one line per request: the caller, the operation, the cost and the result. docs/operating.md lists the fields.
import type { Log } from './log.ts'
import type { Served } from './request-record.ts'

/** An orchestrator requests these every few seconds: lines about them would hide the others. */
const PROBES: ReadonlySet<string | null> = new Set(['/health', '/ready'])
/** The longest path of the gateway has 8 characters; an identity provider may give callers longer names. */
const MAX_TEXT = 128

const cut = (text: string | null): string | null => text?.slice(0, MAX_TEXT) ?? null

/** The line holds nothing of the headers, the query, the document, the variables or the answer. */
export const createAccessLog =
  (log: Log) =>
  ({ record, method, path, status, bytes, durationMs, isCutShort, stream }: Served): void => {
    if (PROBES.has(path)) return
    const { id, caller, scope, operation, tally } = record
    const fields = {
      requestId: id,
      method,
      path: cut(path),
      status,
      durationMs: Math.round(durationMs * 10) / 10,
      bytes,
      ...(caller !== null && { caller: cut(caller), scope }),
      ...(operation && { operationType: operation.type, operationName: operation.name }),
      ...(tally && {
        calls: tally.calls,
        saved: tally.saved.cache + tally.saved.joined + tally.saved.stale,
        queuedMs: Math.round(tally.queuedMs),
      }),
      ...(stream && { events: stream.events, end: stream.end }),
      ...(isCutShort && { isCutShort }),
    }
    log.info(fields, 'request')
  }
