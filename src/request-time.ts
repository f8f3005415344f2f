// The time of one request: it ends when its time is over or its client has left.
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import { GatewayError } from './errors/errors.ts'
import { createLeaving } from './leaving.ts'
import type { LeaveSignal } from './leaving.ts'
import { readWait } from './http/directives.ts'

/** How long a request may take and may wait: the time that `Prefer: wait` asks for is added to the usual time. */
export interface RequestTime {
  readonly signal: LeaveSignal
  /** Monotonic. */
  readonly begunAtMs: number
  /** Monotonic. */
  readonly deadlineAtMs: number
  /** Monotonic; all calls of the request together wait until then, whatever their level. */
  readonly waitUntilMs: number
  /** How long the request waits, if it named a time itself; else null. */
  readonly preferredWaitMs: number | null
  end(): void
}

export function createRequestTime(request: Request, config: Config, clock: Clock): RequestTime {
  const { signal: left } = request
  const namedMs = readWait(request.headers)
  const wantedMs = namedMs === null ? config.maxWaitMs : Math.min(namedMs, config.maxPreferredWaitMs)
  const timeoutMs = config.requestTimeoutMs + Math.max(0, wantedMs - config.maxWaitMs)
  const waitMs = Math.min(wantedMs, timeoutMs - lastAnswerMs(timeoutMs))
  const begunAtMs = clock.monotonicMs()
  const controller = createLeaving()
  const leave = (): void => controller.abort(left.reason)
  const cancel = clock.after(timeoutMs, () =>
    controller.abort(
      new GatewayError('UPSTREAM_TIMEOUT', 'The time of the request was over before this was answered.'),
    ),
  )
  if (left.aborted) leave()
  else left.addEventListener('abort', leave, { once: true })
  return {
    signal: controller.signal,
    begunAtMs,
    deadlineAtMs: begunAtMs + timeoutMs,
    waitUntilMs: begunAtMs + waitMs,
    preferredWaitMs: namedMs === null ? null : waitMs,
    end() {
      cancel()
      left.removeEventListener('abort', leave)
    },
  }
}

/** The call that gets the last slot must still be answered: several times what Aurora takes. */
const LAST_ANSWER_MS = 1000

/** The time that is kept for the last answer at the end of `wholeMs`. */
export const lastAnswerMs = (wholeMs: number): number => Math.min(LAST_ANSWER_MS, wholeMs / 2)
