// Single flight: callers who need the same object at the same time share one call.
import { isRead } from '../aurora/endpoint.ts'
import { createAlarms } from '../turns/alarms.ts'
import type { Alarms } from '../turns/alarms.ts'
import { PassingMap } from '../turns/passing-map.ts'
import type { Clock } from '../clock.ts'
import { createLeaving } from '../leaving.ts'
import { isForLater } from '../errors/errors.ts'
import type { GatewayError } from '../errors/errors.ts'
import { rateLimited } from '../errors/rate-limited.ts'
import type { Emit, CallClass } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import { countSaved } from '../rest/accounting.ts'
import { withTerms } from '../rest/call.ts'
import type { Call, Layer, Reply, Upstream } from '../rest/call.ts'
import type { Wait } from '../rest/wait.ts'
import type { Cache } from './cache.ts'
import type { Mark } from './read-name.ts'

export interface SingleFlightOptions {
  readonly cache: Pick<Cache, 'mark' | 'isOutdated'>
  readonly clock: Clock
  readonly emit: Emit
  /**
   * A flight may last this long, independent of the caller who started it: callers who join later must not get an
   * earlier deadline.
   */
  readonly flightTimeoutMs: number
}

/** As many as the waiting room of the budget takes of one class, because each holds the memory of a request. */
const MAX_WAITERS = 1_000
/**
 * When a caller who finds a flight full may come again: most flights have ended by then, and their answer is cached.
 */
const FULL_RETRY_MS = 1_000

/**
 * A caller who leaves never fails the others; when the last one leaves, the flight is aborted within the same tick.
 * Only reads are shared. A caller who leaves gets the reason of its own signal; all who stay share the flight's
 * outcome. While a flight waits, each waiter stays as long as it would wait by itself, and then gets the time at which
 * the flight is expected to be sent. A client does not wait at the place of a revalidation in the queue: if the
 * revalidation gets no slot at once, the client's call starts a flight of its own.
 */
export const withSingleFlight =
  (options: SingleFlightOptions): Layer =>
  (next) => {
    const { clock, emit } = options
    const flights = new PassingMap<string, Flight>()
    const alarms = createAlarms(clock)
    const start = (call: Call): Flight => startFlight(call, { next, flights, options })

    function fly(call: Call): Promise<Reply> {
      const { key, terms } = call
      const known = flights.get(key)
      // A flight from before a write may bring the state before it, which callers after the write must not get.
      const shared = known?.isOutdated() ? undefined : known
      if (shared && shared.waiters.size >= MAX_WAITERS)
        return Promise.reject(
          rateLimited(call.endpoint, shared.retryAtMs ?? clock.monotonicMs() + FULL_RETRY_MS),
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
  readonly flights: PassingMap<string, Flight>
  readonly options: SingleFlightOptions
}

function startFlight(call: Call, { next, flights, options }: Start): Flight {
  const flight = new Flight(call, flights, options.cache)
  const { signal } = flight.leaving
  const deadlineAtMs = options.clock.monotonicMs() + options.flightTimeoutMs
  flight.begin(next(withTerms(call, { signal, deadlineAtMs }, flight)))
  return flight
}

/**
 * One call that callers share. It is a class with its functions on the prototype, because each call to Aurora needs a
 * flight. It is also the `Wait` of its call, which lasts as long as the longest wait of its waiters.
 */
class Flight implements Wait {
  readonly leaving = createLeaving()
  /** The class of the call that started it, and so the order in which it gets its slot. */
  readonly callClass: CallClass
  readonly record: RequestRecord | undefined
  latestMs: number
  retryAtMs: number | null = null
  failure: GatewayError | null = null
  /** When the call waits to be sent again, each waiter leaves whose own wait is shorter. */
  readonly waiters = new Set<Waiter>()
  result: Promise<Reply> = NOTHING_YET
  readonly #call: Call
  readonly #flights: PassingMap<string, Flight>
  readonly #cache: SingleFlightOptions['cache']
  readonly #begun: Mark

  constructor(call: Call, flights: PassingMap<string, Flight>, cache: SingleFlightOptions['cache']) {
    const { callClass, record, waitUntilMs } = call.terms
    this.callClass = callClass
    this.record = record
    this.latestMs = waitUntilMs
    this.#call = call
    this.#flights = flights
    this.#cache = cache
    this.#begun = cache.mark()
  }

  begin(result: Promise<Reply>): void {
    this.result = result
    this.#flights.set(this.#call.key, this)
  }

  begun(): void {
    for (const waiter of this.waiters) waiter.leaveIfLate()
  }

  /**
   * From then on no caller may join. The first waiter calls it when there is an outcome, and so does the last one who
   * leaves.
   */
  remove(): void {
    const { key } = this.#call
    if (this.#flights.get(key) === this) this.#flights.delete(key)
  }

  isOutdated(): boolean {
    return this.#cache.isOutdated(this.#call, this.#begun)
  }

  /** Removes the waiter; if it was the last one, aborts the flight. */
  leave(waiter: Waiter, reason: unknown): void {
    this.waiters.delete(waiter)
    if (this.waiters.size > 0) return
    this.remove()
    this.leaving.abort(reason)
  }
}

const NOTHING_YET: Promise<Reply> = new Promise(() => {})

const isJoinable = (flight: Flight, call: Call): boolean => !flight.isOutdated() && !isBehind(flight, call)

/**
 * Whether the flight is behind the call in the queue: revalidations only take slots that are free at once, after every
 * waiting client.
 */
const isBehind = (flight: Flight, { terms }: Call): boolean =>
  terms.callClass === 'interactive' && flight.callClass !== 'interactive'

function join(flight: Flight, call: Call, alarms: Alarms): Promise<Reply> {
  if (!isBehind(flight, call)) flight.latestMs = Math.max(flight.latestMs, call.terms.waitUntilMs)
  const waiter = new Waiter(flight, call)
  return new Promise((resolve, reject) => waiter.begin(alarms, resolve, reject))
}

/** One caller of a flight. */
class Waiter {
  /** Whether its own wait is over. */
  #isOver = false
  readonly #flight: Flight
  readonly #call: Call
  #reject: (reason: unknown) => void = () => {}
  #cancelWait: () => void = () => {}
  readonly #onAbort = (): void => this.#leave(this.#call.terms.signal.reason)

  constructor(flight: Flight, call: Call) {
    this.#flight = flight
    this.#call = call
  }

  begin(alarms: Alarms, resolve: (reply: Reply) => void, reject: (reason: unknown) => void): void {
    const { signal, waitUntilMs } = this.#call.terms
    this.#reject = reject
    // A millisecond later than the queue's own refusal, which comes at the end of the longest wait.
    this.#cancelWait = alarms.at(waitUntilMs + 1, () => {
      this.#isOver = true
      this.leaveIfLate()
    })
    signal.addEventListener('abort', this.#onAbort, ONCE)
    this.#flight.waiters.add(this)
    this.leaveIfLate()
    this.#flight.result.then(
      (reply) => {
        this.#flight.remove()
        this.#end()
        resolve(reply)
      },
      (error: unknown) => {
        this.#flight.remove()
        this.#end()
        reject(error)
      },
    )
  }

  /**
   * A time that Aurora has named does not change. A slot may become free earlier than expected, so the waiter stays
   * until its wait is over.
   */
  leaveIfLate(): void {
    const { retryAtMs, failure } = this.#flight
    const { endpoint, terms } = this.#call
    if (retryAtMs === null || !(this.#isOver || (failure && retryAtMs > terms.waitUntilMs))) return
    this.#leave(failure ?? rateLimited(endpoint, retryAtMs))
  }

  #leave(reason: unknown): void {
    this.#end()
    this.#flight.leave(this, reason)
    this.#reject(reason)
  }

  #end(): void {
    this.#cancelWait()
    this.#call.terms.signal.removeEventListener('abort', this.#onAbort)
  }
}

const ONCE = { once: true } as const
