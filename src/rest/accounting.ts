// Counts what a request spends and saves, for its tally and the metrics together. No other file changes them.
import type { Emit } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { Terms } from './terms.ts'

export type Account = Pick<Terms, 'tally' | 'record'>

export function countAttempt({ tally }: Account): void {
  tally.calls += 1
}

/** What made the call unnecessary; `listed` means an object that a cached list, or the answer to a write, has shown. */
export type SavedBy = 'cache' | 'listed' | 'joined' | 'stale'

export interface Saved {
  readonly operation: string
  readonly by: SavedBy
  /** The request whose call was shared. */
  readonly flight?: RequestRecord | undefined
}

/** To be called when a call was answered without an attempt. */
export function countSaved(
  emit: Emit | undefined,
  { tally, record }: Account,
  { operation, by, flight }: Saved,
): void {
  tally.saved[by === 'listed' ? 'cache' : by] += 1
  // One literal with one shape: a repeated answer counts each of its parts here, and a spread would cost more than the
  // counting.
  emit?.('saved', { operation, by, flight, record })
}

/** To be called when an answer was given again, so that this many calls of one operation were not made. */
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

/** Reports what the tally has counted already. */
export const reportSaved = (
  emit: Emit,
  record: Account['record'],
  { operation, by, count }: ManySaved,
): void => emit('saved', { operation, by, count, flight: undefined, record })

/** To be called when a call has queued for a slot, and got one or was refused. */
export function countQueued(
  emit: Emit,
  { tally, record, callClass }: Account & Pick<Terms, 'callClass'>,
  { operation, waitedMs, isGranted }: { operation: string; waitedMs: number; isGranted: boolean },
): void {
  tally.queuedMs += waitedMs
  emit('queued', { operation, callClass, waitedMs, isGranted, record })
}

/** To be called when a field is refused because no slot is left: the repeat of the request needs the call. */
export function countRefused(tally: Tally): void {
  tally.refused += 1
}

/** To be called when a write was carried out, but the other replicas could not be notified. */
export function countUnnotified(tally: Tally): void {
  tally.unnotified += 1
}
