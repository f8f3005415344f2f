// The time of one request: it ends at its deadline, or when its client leaves.
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { GatewayError } from '../errors/errors.ts'
import { createLeaving } from '../leaving.ts'
import type { Leaving, LeaveSignal } from '../leaving.ts'
import { readWait } from '../http/directives.ts'
import type { RequestHead } from '../exchange/plain-exchange.ts'

/** How long a request may take and may wait; the time of `Prefer: wait` is added to the usual time. */
export interface RequestTime {
  readonly signal: LeaveSignal
  /** Monotonic time. */
  readonly begunAtMs: number
  /** Monotonic time. */
  readonly deadlineAtMs: number
  /** Monotonic time; all calls of the request together wait until then, at all its levels. */
  readonly waitUntilMs: number
  /** How long the request waits, if it named a time itself; else null. */
  readonly preferredWaitMs: number | null
  end(): void
}

export function createRequestTime(request: RequestHead, config: Config, clock: Clock): RequestTime {
  const namedMs = readWait(request.headers)
  const wantedMs = namedMs === null ? config.maxWaitMs : Math.min(namedMs, config.maxPreferredWaitMs)
  const timeoutMs = config.requestTimeoutMs + Math.max(0, wantedMs - config.maxWaitMs)
  const waitMs = Math.min(wantedMs, timeoutMs - lastAnswerMs(timeoutMs))
  const begunAtMs = clock.monotonicMs()
  const deadlineAtMs = begunAtMs + timeoutMs
  const end = createEnd(request, () => deadlineAtMs - clock.monotonicMs(), clock)
  return {
    signal: new LateSignal(end.signal),
    begunAtMs,
    deadlineAtMs,
    waitUntilMs: begunAtMs + waitMs,
    preferredWaitMs: namedMs === null ? null : waitMs,
    end: end.pass,
  }
}

/** The timer and the listener are made at the first call: a request that is answered from memory needs neither. */
function createEnd(request: RequestHead, leftMs: () => number, clock: Clock) {
  let made: Leaving | null = null
  let hasPassed = false
  let release = (): void => {}

  function watch({ abort }: Leaving): void {
    const { signal: left } = request
    const leave = (): void => abort(left.reason)
    if (left.aborted) return leave()
    const cancel = clock.after(leftMs(), () =>
      abort(
        new GatewayError('UPSTREAM_TIMEOUT', 'The time of the request was over before this was answered.'),
      ),
    )
    left.addEventListener('abort', leave, { once: true })
    release = () => {
      cancel()
      left.removeEventListener('abort', leave)
    }
  }

  return {
    signal(): LeaveSignal {
      if (made === null) {
        made = createLeaving()
        if (!hasPassed) watch(made)
      }
      return made.signal
    },
    pass(): void {
      hasPassed = true
      release()
    },
  }
}

/**
 * A signal that is made when it is first read. A class, because a getter in a literal would be another function for
 * each request: graphql/context.ts.
 */
class LateSignal implements LeaveSignal {
  readonly #made: () => LeaveSignal

  constructor(made: () => LeaveSignal) {
    this.#made = made
  }

  get aborted(): boolean {
    return this.#made().aborted
  }

  get reason(): unknown {
    return this.#made().reason
  }

  throwIfAborted(): void {
    this.#made().throwIfAborted()
  }

  addEventListener(...given: Parameters<LeaveSignal['addEventListener']>): void {
    this.#made().addEventListener(...given)
  }

  removeEventListener(...given: Parameters<LeaveSignal['removeEventListener']>): void {
    this.#made().removeEventListener(...given)
  }
}

/** The call that gets the last slot must still be answered; this is several times as long as Aurora takes. */
const LAST_ANSWER_MS = 1000

/** The time that is kept for the last answer at the end of `wholeMs`. */
export const lastAnswerMs = (wholeMs: number): number => Math.min(LAST_ANSWER_MS, wholeMs / 2)
