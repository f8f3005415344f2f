// What one GraphQL request has spent and saved so far. The stations of the line add to it while the request runs.

export interface Tally {
  /** Attempts that Aurora has counted or may have counted. */
  calls: number
  /** Calls that were answered without an attempt of their own, by where the answer came from. */
  saved: { cache: number; joined: number; stale: number }
  /** Calls that the budget refused: those that a repeat of the request still needs. */
  refused: number
  queuedMs: number
}

export const createTally = (): Tally => ({
  calls: 0,
  saved: { cache: 0, joined: 0, stale: 0 },
  refused: 0,
  queuedMs: 0,
})
