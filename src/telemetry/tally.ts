// What one GraphQL request has spent and saved so far. Only rest/accounting.ts changes it.

export interface Tally {
  /** Attempts that were sent to Aurora. */
  calls: number
  saved: { cache: number; joined: number; stale: number }
  /** Calls that the budget refused: the repeat of the request will need them. */
  refused: number
  queuedMs: number
  /** Writes of which the other replicas could not be notified. */
  unnotified: number
}

export const createTally = (): Tally => ({
  calls: 0,
  saved: { cache: 0, joined: 0, stale: 0 },
  refused: 0,
  queuedMs: 0,
  unnotified: 0,
})
