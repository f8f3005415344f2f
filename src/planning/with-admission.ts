// Before a write, as before its first read (cache/with-cache.ts), a request is counted: one that would cost too much makes none.
import type { Upstream } from '../rest/call.ts'

export const withAdmission =
  (next: Upstream): Upstream =>
  async (call) => {
    await call.admit?.()
    return next(call)
  }
