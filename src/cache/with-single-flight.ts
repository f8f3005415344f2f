// Single flight: any number of callers who want the same object at the same time share one call.
import { isRead } from '../aurora/endpoint.ts'
import { createAlarms } from '../alarms.ts'
import type { Alarms } from '../alarms.ts'
import type { Clock } from '../clock.ts'
import { createLeaving } from '../leaving.ts'
import type { Leaving } from '../leaving.ts'
import { isForLater } from '../errors/errors.ts'
import { rateLimited } from '../errors/rate-limited.ts'
import type { Emit, CallClass } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import { countSaved } from '../rest/accounting.ts'
import { withTerms } from '../rest/call.ts'
import type { Call, Layer, Reply, Upstream } from '../rest/call.ts'
import type { Wait } from '../rest/wait.ts'
import type { Cache } from './cache.ts'

interface Flight {
  readonly result: Promise<Reply>
  readonly leaving: Leaving
  /** The class of the call that started it, and so the order in which it gets its slot. */
  readonly callClass: CallClass
  readonly record: RequestRecord | undefined
  /** As long as the most patient waiter waits for a slot. */
  readonly wait: Wait
  /** Called when the call waits to be sent again: each waiter leaves that does not wait so long. */
  readonly leavers: Set<() => void>
  /** No caller may join from then on. */
  remove(): void
  readonly isOutdated: () => boolean
  waiters: number
}

export interface SingleFlightOptions {
  readonly cache: Pick<Cache, 'mark' | 'isOutdated'>
  readonly clock: Clock
  readonly emit: Emit
  /** A flight may last this long whoever started it: callers who join later must not get an earlier deadline. */
  readonly flightTimeoutMs: number
}

/** As many as the waiting room of the budget takes of one class: each of them holds the memory of a request. */
const MAX_WAITERS = 1_000
/** When a caller may come again that finds a flight full: most flights have ended by then, and their answer is cached. */
const FULL_RETRY_MS = 1_000

/**
 * A caller who leaves never fails the others; when the last one leaves, the flight is aborted within the same tick. Only
 * reads are shared. A caller who leaves gets the reason of its own signal; all who stay share the flight's outcome.
 * While a flight waits, each waiter stays as long as it would wait by itself, and then gets the time at which the flight is
 * expected to be sent. A client does not wait in the order of a revalidation: if that is not answered at once, the client's
 * call starts a flight of its own.
 */
export const withSingleFlight =
  (options: SingleFlightOptions): Layer =>
  (next) => {
    const { clock, emit } = options
    const flights = new Map<string, Flight>()
    const alarms = createAlarms(clock)
    const start = (call: Call): Flight => startFlight(call, { next, flights, options })

    function fly(call: Call): Promise<Reply> {
      const { key, terms } = call
      const known = flights.get(key)
      // A flight from before a write may bring the state before it: callers after the write must not get that.
      const shared = known?.isOutdated() ? undefined : known
      if (shared && shared.waiters >= MAX_WAITERS)
        return Promise.reject(
          rateLimited(call.endpoint, shared.wait.retryAtMs ?? clock.monotonicMs() + FULL_RETRY_MS),
        )
      if (shared)
        countSaved(emit, terms, { operation: call.endpoint.operation, by: 'joined', flight: shared.record })
      if (!shared || !isBehind(shared, call)) return join(shared ?? start(call), call, alarms)
      return join(shared, call, alarms).catch((error: unknown) => {
        if (!isForLater(error)) throw error
        terms.signal.throwIfAborted()
        const since = flights.get(key)
        return join(since && isJoinable(since, call) ? since : start(call), call, alarms)
      })
    }

    return (call) => {
      if (!isRead(call.endpoint)) return next(call)
      const { signal } = call.terms
      return signal.aborted ? Promise.reject(signal.reason) : fly(call)
    }
  }

interface Start {
  readonly next: Upstream
  readonly flights: Map<string, Flight>
  readonly options: SingleFlightOptions
}

function startFlight(call: Call, { next, flights, options }: Start): Flight {
  const { cache, clock, flightTimeoutMs } = options
  const { key, terms } = call
  const leaving = createLeaving()
  const begun = cache.mark()
  const nowMs = clock.monotonicMs()
  const leavers = new Set<() => void>()
  const wait: Wait = {
    latestMs: terms.waitUntilMs,
    retryAtMs: null,
    begun: () => leavers.forEach((leaveIfLate) => leaveIfLate()),
  }
  const { signal } = leaving
  const result = next(withTerms(call, { signal, deadlineAtMs: nowMs + flightTimeoutMs }, wait))
  const flight: Flight = {
    result,
    leaving,
    callClass: terms.callClass,
    record: terms.record,
    wait,
    leavers,
    waiters: 0,
    remove: () => void (flights.get(key) === flight && flights.delete(key)),
    isOutdated: () => cache.isOutdated(call, begun),
  }
  flights.set(key, flight)
  result.then(flight.remove, flight.remove)
  return flight
}

const isJoinable = (flight: Flight, call: Call): boolean => !flight.isOutdated() && !isBehind(flight, call)

/** Revalidations take what is free at the moment they ask, after every client that waits. */
const isBehind = (flight: Flight, { terms }: Call): boolean =>
  terms.callClass === 'interactive' && flight.callClass !== 'interactive'

function join(flight: Flight, call: Call, alarms: Alarms): Promise<Reply> {
  const { wait, leavers } = flight
  const { endpoint, terms } = call
  const { signal, waitUntilMs } = terms
  let isOver = false
  if (!isBehind(flight, call)) wait.latestMs = Math.max(wait.latestMs, waitUntilMs)
  flight.waiters += 1
  return new Promise((resolve, reject) => {
    const leave = (reason: unknown): void => {
      end()
      flight.waiters -= 1
      if (flight.waiters === 0) {
        flight.remove()
        flight.leaving.abort(reason)
      }
      reject(reason)
    }
    const onAbort = (): void => leave(signal.reason)
    // A millisecond later than the queue's own refusal, which comes at the end of the longest wait.
    const cancelWait = alarms.at(waitUntilMs + 1, () => {
      isOver = true
      leaveIfLate()
    })
    // A named time stays as it is. A slot may become free earlier than expected, so it is waited for until the wait is over.
    const leaveIfLate = (): void => {
      const { retryAtMs, failure } = wait
      if (retryAtMs === null || !(isOver || (failure && retryAtMs > waitUntilMs))) return
      leave(failure ?? rateLimited(endpoint, retryAtMs))
    }
    const end = (): void => {
      cancelWait()
      leavers.delete(leaveIfLate)
      signal.removeEventListener('abort', onAbort)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    leavers.add(leaveIfLate)
    leaveIfLate()
    flight.result.then(
      (reply) => {
        end()
        resolve(reply)
      },
      (error: unknown) => {
        end()
        reject(error)
      },
    )
  })
}
