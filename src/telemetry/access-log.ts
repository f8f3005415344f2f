// Writes one line per request: the caller, the operation, the cost and the result. docs/operating.md lists the fields.
import type { Clock } from '../clock.ts'
import type { Log } from './log.ts'
import type { Served } from './request-record.ts'

/** An orchestrator requests these every few seconds: lines about them would hide the others. */
const PROBES: ReadonlySet<string | null> = new Set(['/health', '/ready'])
/** The longest path of the gateway has 8 characters; an identity provider may give callers longer names. */
const MAX_TEXT = 128

const cut = (text: string | null): string | null => text?.slice(0, MAX_TEXT) ?? null

/** A secret that is cut in two would not be recognized in the line, so a part of a path is whole or left out. */
const cutPath = (path: string | null): string | null =>
  path !== null && path.length > MAX_TEXT ? path.slice(0, path.lastIndexOf('/', MAX_TEXT) + 1) : path

/** Aurora may send a thousand in a second, of which the metrics count each: one line a second for all that were recorded is enough. */
const QUIET_MS = 1000

/** The line holds nothing of the headers, the query, the document, the variables or the answer. */
export function createAccessLog(log: Log, clock: Pick<Clock, 'after'>): (served: Served) => void {
  const writeLine = createWriteLine(log)
  const { write: writeWebhook, writeRest } = createQuietly(writeLine, clock)
  log.beforeEnd?.(writeRest)
  return (served) => {
    if (PROBES.has(served.path)) return
    if (isRecordedWebhook(served)) writeWebhook(served)
    else writeLine(served)
  }
}

/**
 * A webhook that Aurora left before its answer has a line of its own: Aurora counts it as failed, and may switch off
 * the subscription.
 */
const isRecordedWebhook = ({ path, status, isCutShort }: Served): boolean =>
  status === 204 && !isCutShort && path !== null && path.startsWith('/webhooks/')

type WriteLine = (served: Served, times?: number) => void

/**
 * Writes the first one at once, and those of the next second as one line at its end: the last of them, with their
 * number.
 */
function createQuietly(
  write: WriteLine,
  clock: Pick<Clock, 'after'>,
): { readonly write: (served: Served) => void; readonly writeRest: () => void } {
  let isQuiet = false
  let last: Served | null = null
  let count = 0

  function begin(served: Served, times?: number): void {
    write(served, times)
    isQuiet = true
    last = null
    count = 0
    clock.after(QUIET_MS, () => {
      isQuiet = false
      if (last) begin(last, count)
    })
  }
  return {
    write(served) {
      if (!isQuiet) return begin(served)
      last = served
      count += 1
    },
    writeRest() {
      if (last) write(last, count)
      last = null
    },
  }
}

const createWriteLine =
  (log: Log): WriteLine =>
  ({ record, method, path, status, bytes, durationMs, isCutShort, stream }, times) => {
    const { id, caller, scope, operation, tally } = record
    const fields = {
      requestId: id,
      method,
      path: cutPath(path),
      status,
      durationMs: Math.round(durationMs * 10) / 10,
      bytes,
      ...(caller !== null && { caller: cut(caller), scope }),
      ...(operation && { operationType: operation.type, operationName: cut(operation.name) }),
      ...(tally && {
        calls: tally.calls,
        saved: tally.saved.cache + tally.saved.joined + tally.saved.stale,
        queuedMs: Math.round(tally.queuedMs),
      }),
      ...(stream && { events: stream.events, end: stream.end }),
      ...(isCutShort && { isCutShort }),
      ...(times !== undefined && { times }),
    }
    log.info(fields, 'request')
  }
