// Refuses calls of which no request can be made, before they cost a slot.
import type { Layer } from './call.ts'
import { assertBuildable } from './request.ts'

/** Rejects with BAD_USER_INPUT. A write that is refused was certainly not sent. */
export const withBuildable: Layer = (next) => (call) => {
  try {
    assertBuildable(call)
  } catch (error) {
    return Promise.reject(error)
  }
  return next(call)
}
