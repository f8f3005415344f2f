// The time of one request: it ends when its time is over or its client has left.
import { setMaxListeners } from 'node:events'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import { GatewayError } from './errors/errors.ts'
import { readWait } from './http/directives.ts'

/** How long a request may take and its calls may queue: the time that `Prefer: wait` asks for is added to the usual time. */
export interface RequestTime {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxWaitMs: number
  /** The same if the request named it; else null. */
  readonly preferredWaitMs: number | null
  end(): void
}

export function createRequestTime(request: Request, config: Config, clock: Clock): RequestTime {
  const { signal: left } = request
  const namedMs = readWait(request.headers)
  const preferredWaitMs = namedMs === null ? null : Math.min(namedMs, config.maxPreferredWaitMs)
  const maxWaitMs = preferredWaitMs ?? config.maxWaitMs
  const timeoutMs = config.requestTimeoutMs + Math.max(0, maxWaitMs - config.maxWaitMs)
  const controller = new AbortController()
  // Every call of the request listens to it, and a request may make hundreds.
  setMaxListeners(0, controller.signal)
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
    timeoutMs,
    maxWaitMs,
    preferredWaitMs,
    end() {
      cancel()
      left.removeEventListener('abort', leave)
    },
  }
}
