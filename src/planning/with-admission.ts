// Before the first write of a request, rejects it if it costs too much; cache/with-cache.ts does so before the first read.
import type { Layer } from '../rest/call.ts'

export const withAdmission: Layer = (next) => async (call) => {
  await call.terms.admitCalls?.()
  return next(call)
}
