// Counts a request before its first write, as cache/with-cache.ts does before its first read: one that would cost too much makes no call.
import type { Layer } from '../rest/call.ts'

export const withAdmission: Layer = (next) => async (call) => {
  await call.terms.admitCalls?.()
  return next(call)
}
