// The one place that counts what a request spends and saves: its tally and the metrics are changed together.
import type { Emit } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { Terms } from './terms.ts'

export type Account = Pick<Terms, 'tally' | 'record'>

export function countAttempt({ tally }: Account): void {
  tally.calls += 1
}

/** What spared the call; `listed` means an object that a cached list, or the answer to a write, has shown. */
export type SavedBy = 'cache' | 'listed' | 'joined' | 'stale'

export interface Saved {
  readonly operation: string
  readonly by: SavedBy
  /** The request whose call was shared. */
  readonly flight?: RequestRecord | undefined
}

/** A call was answered without an attempt. */
export function countSaved(
  emit: Emit | undefined,
  { tally, record }: Account,
  { operation, by, flight }: Saved,
): void {
  tally.saved[by === 'listed' ? 'cache' : by] += 1
  // One literal of one shape: an answer given again counts each of its parts, and a spread costs more than the counting.
  emit?.('saved', { operation, by, flight, record })
}

/** An answer was given again, so that many calls of one operation were not even asked for. */
export function countSavedAgain(
  emit: Emit,
  { tally, record }: Account,
  { operation, by, count }: ManySaved,
): void {
  tally.saved.cache += count
  reportSaved(emit, record, { operation, by, count })
}

interface ManySaved {
  readonly operation: string
  readonly by: 'cache' | 'listed'
  readonly count: number
}

/** What the tally has counted already. */
export const reportSaved = (
  emit: Emit,
  record: Account['record'],
  { operation, by, count }: ManySaved,
): void => emit('saved', { operation, by, count, flight: undefined, record })

/** A call has queued for a slot, and got one or was refused. */
export function countQueued(
  emit: Emit,
  { tally, record, callClass }: Account & Pick<Terms, 'callClass'>,
  { operation, waitedMs, isGranted }: { operation: string; waitedMs: number; isGranted: boolean },
): void {
  tally.queuedMs += waitedMs
  emit('queued', { operation, callClass, waitedMs, isGranted, record })
}

/** A field is refused because no slot is left: the repeat of the request needs the call. */
export function countRefused(tally: Tally): void {
  tally.refused += 1
}

/** A write was carried out, and the other replicas could not be notified of it. */
export function countUnnotified(tally: Tally): void {
  tally.unnotified += 1
}
