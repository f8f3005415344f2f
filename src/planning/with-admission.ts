// Behind the cache: before its first call a request is counted, and one that would cost too much makes none.
import type { Upstream } from '../rest/call.ts'

/** Refreshes behind an answer are no part of what their request was counted for, and go unasked. */
export const withAdmission =
  (next: Upstream): Upstream =>
  async (call) => {
    if (call.callClass === 'interactive' || call.callClass === 'mutation') await call.admit?.()
    return next(call)
  }
