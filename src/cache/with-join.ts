// Any number of callers who want the same object at the same time share one flight, and so one call.
import type { Clock } from '../clock.ts'
import { isGatewayError } from '../errors/errors.ts'
import { rateLimited } from '../errors/rate-limited.ts'
import type { Emit } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Call, CallClass, Reply, Upstream, Wait } from '../rest/call.ts'
import { isRead } from '../rest/endpoint.ts'
import type { Cache } from './cache.ts'
import { callKey } from './cache-key.ts'

interface Flight {
  readonly landing: Promise<Reply>
  readonly controller: AbortController
  /** For what it was begun, and so in which turn it gets its slot. */
  readonly callClass: CallClass
  readonly record: RequestRecord | undefined
  /** As long as the most patient passenger waits for a slot. */
  readonly wait: Wait
  /** From then on nobody may board. */
  forget(): void
  readonly isOutdated: () => boolean
  passengers: number
}

export interface WithJoinOptions {
  readonly cache: Pick<Cache, 'mark' | 'isOutdated'>
  readonly clock: Clock
  readonly emit: Emit
  /** A flight may last this long whoever began it: those who join later must not suffer an earlier deadline. */
  readonly flightTimeoutMs: number
}

/**
 * One caller's leaving never fails the others; when the last one leaves the flight is aborted, within the same tick.
 * Only reads join. A caller who leaves gets the reason of its own signal; the flight's outcome is shared by all who stay.
 * While it queues for a slot, each stays as long as it would wait by itself, and is then told when the flight will go.
 * Whoever waits for an answer does not wait in the turn of a refresh: where that one gets no slot at once, it flies itself.
 */
export function withJoin(next: Upstream, { cache, clock, emit, flightTimeoutMs }: WithJoinOptions): Upstream {
  const flights = new Map<string, Flight>()

  function takeOff(key: string, call: Call): Flight {
    const controller = new AbortController()
    const begun = cache.mark()
    const deadlineAtMs = clock.monotonicMs() + flightTimeoutMs
    const wait: Wait = { latestMs: clock.monotonicMs() + call.maxWaitMs, retryAtMs: null }
    const landing = next({ ...call, signal: controller.signal, deadlineAtMs, wait })
    const flight: Flight = {
      landing,
      controller,
      callClass: call.callClass,
      record: call.record,
      wait,
      passengers: 0,
      forget: () => void (flights.get(key) === flight && flights.delete(key)),
      isOutdated: () => cache.isOutdated(call, begun),
    }
    flights.set(key, flight)
    landing.then(flight.forget, flight.forget)
    return flight
  }

  return async (call) => {
    if (!isRead(call.endpoint)) return next(call)
    call.signal.throwIfAborted()
    const key = callKey(call)
    const known = flights.get(key)
    // What left before a write may come back with what was before it: not for those who ask after it.
    const underWay = known?.isOutdated() ? undefined : known
    if (underWay) {
      call.tally.saved.joined += 1
      emit('saved', {
        operation: call.endpoint.operation,
        by: 'joined',
        record: call.record,
        flight: underWay.record,
      })
    }
    if (!underWay || !isBehind(underWay, call)) return board(underWay ?? takeOff(key, call), call, clock)
    return board(underWay, call, clock).catch((error: unknown) => {
      if (!isGatewayError(error) || error.code !== 'RATE_LIMITED') throw error
      call.signal.throwIfAborted()
      const since = flights.get(key)
      return board(since && !isBehind(since, call) ? since : takeOff(key, call), call, clock)
    })
  }
}

/** Refreshes take what is free at the moment they ask, and after everybody who waits. */
const isBehind = (flight: Flight, call: Call): boolean =>
  call.callClass === 'interactive' && flight.callClass !== 'interactive'

function board(flight: Flight, call: Call, clock: Clock): Promise<Reply> {
  const { wait } = flight
  const { endpoint, signal, maxWaitMs } = call
  if (!isBehind(flight, call)) wait.latestMs = Math.max(wait.latestMs, clock.monotonicMs() + maxWaitMs)
  flight.passengers += 1
  return new Promise((resolve, reject) => {
    const getOff = (reason: unknown): void => {
      end()
      flight.passengers -= 1
      if (flight.passengers === 0) {
        flight.forget()
        flight.controller.abort(reason)
      }
      reject(reason)
    }
    const leave = (): void => getOff(signal.reason)
    // Later than the queue's own word, which comes at the end of the longest wait.
    const cancelWait = clock.after(maxWaitMs + 1, () => {
      if (wait.retryAtMs !== null) getOff(rateLimited(endpoint, wait.retryAtMs))
    })
    const end = (): void => {
      cancelWait()
      signal.removeEventListener('abort', leave)
    }
    signal.addEventListener('abort', leave, { once: true })
    flight.landing.then(resolve, reject).finally(end)
  })
}
