// The layers of one process around its cache, over a stand-in for Aurora whose calls the test answers.
import type { Endpoint } from '../../src/aurora/endpoint.ts'
import { WRITES } from '../../src/aurora/writes.ts'
import { createCache } from '../../src/cache/cache.ts'
import { withInvalidation } from '../../src/cache/with-invalidation.ts'
import { withSingleFlight } from '../../src/cache/with-single-flight.ts'
import { withStore } from '../../src/cache/with-store.ts'
import type { Answer } from '../../src/rest/answer.ts'
import type { Call, Reply } from '../../src/rest/call.ts'
import { buildCall, buildReply, createEventLog, createStandIn, nth } from './builders.ts'
import type { Arrival, CallParts } from './builders.ts'
import { createManualClock } from './manual-clock.ts'

export function openCache() {
  const clock = createManualClock(1000)
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const { upstream, arrivals } = createStandIn()
  const write = withInvalidation(cache)(upstream)
  const stored = withStore(cache)(upstream)
  const shared = withSingleFlight({
    cache,
    clock,
    emit: createEventLog().emit,
    flightTimeoutMs: 1000,
  })(stored)
  const keep = (
    endpoint: Endpoint,
    path: Call['path'] = {},
    value: Reply['value'] = [],
    query: Call['query'] = {},
  ) => {
    const call = buildCall({ endpoint, path, query })
    cache.store(call, buildReply(value, { answeredAtMs: clock.monotonicMs() }))
    return () => cache.read(call) !== null
  }
  /** The call is under way; the arrival answers it. */
  const begin = (
    operation: keyof typeof WRITES,
    parts: CallParts,
  ): { readonly arrival: Arrival; readonly result: Promise<Reply> } => {
    const result = write(buildCall({ endpoint: WRITES[operation], ...parts }))
    result.catch(() => {})
    return { arrival: nth(arrivals, arrivals.length - 1), result }
  }
  const send = async (
    operation: keyof typeof WRITES,
    parts: CallParts,
    answer: Answer | Error,
  ): Promise<void> => {
    const { arrival, result } = begin(operation, parts)
    if (answer instanceof Error) arrival.fail(answer)
    else arrival.answer(answer)
    await result.catch(() => {})
  }
  return { cache, clock, arrivals, keep, begin, send, stored, shared }
}
