// One line per request: who asked for what, what it cost, and how it ended. docs/operating.md has the table of its fields.
import type { Log } from './log.ts'
import type { Served } from './request-record.ts'

/** Asked every few seconds by whoever looks after the process: nobody wants to read that. */
const PROBES: ReadonlySet<string | null> = new Set(['/health', '/ready'])
/** The longest of our own paths has 8 characters; names of callers may be what an identity provider made of them. */
const MAX_TEXT = 128

const cut = (text: string | null): string | null => text?.slice(0, MAX_TEXT) ?? null

/** Nothing of a request's headers, query, document or variables is in it, and nothing of the answer. */
export const createAccessLog =
  (log: Log) =>
  ({ record, method, path, status, bytes, durationMs, isCutShort }: Served): void => {
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
      ...(isCutShort && { isCutShort }),
    }
    log.info(fields, 'request')
  }
