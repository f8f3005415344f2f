// Whether a connection to Redis is up, and the events about it: one for each change, and few for many refusals.
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import { adviceOn } from './redis-errors.ts'

export interface ConnectionState {
  isUp(): boolean
  markUp(): void
  markDown(reason: string): void
  reportRefusal(reason: string): void
  /** Called each time the connection is up again, the first time included. */
  onUp(listener: () => void): void
  /** To be called before the connection is ended on purpose: its end is then not reported. */
  expectEnd(): void
}

interface ConnectionStateOptions {
  readonly clock: Clock
  readonly emit: Emit
  readonly name: string
  /** Returns what an operator can do about a reason. */
  readonly advise?: (reason: string) => string | null
}

/** Reasons that are reported while the connection is down: a refusal with its own advice explains more than a lost socket. */
const MAX_REASONS = 3
/** A full Redis refuses every command that stores, so refusals are reported at most this often. */
const REFUSALS_EVERY_MS = 60_000

export function createConnectionState({
  clock,
  emit,
  name,
  advise = adviceOn,
}: ConnectionStateOptions): ConnectionState {
  const explain = (reason: string) => {
    const advice = advise(reason)
    return { reason, ...(advice !== null && { advice }) }
  }
  const listeners: (() => void)[] = []
  let isUp = false
  /** The reasons for which it is down, as far as they were reported. */
  const reported = new Set<string>()
  let isEnding = false
  let nextRefusalAtMs = 0

  return {
    isUp: () => isUp,
    markUp() {
      if (isUp) return
      isUp = true
      if (reported.size > 0) emit('redisUp', { connection: name })
      reported.clear()
      for (const listener of listeners) listener()
    },
    markDown(reason) {
      isUp = false
      const isNews = reported.size === 0 || (advise(reason) !== null && !reported.has(reason))
      if (isEnding || !isNews || reported.size >= MAX_REASONS) return
      reported.add(reason)
      emit('redisDown', { connection: name, ...explain(reason) })
    },
    reportRefusal(reason) {
      const nowMs = clock.monotonicMs()
      if (nowMs < nextRefusalAtMs) return
      nextRefusalAtMs = nowMs + REFUSALS_EVERY_MS
      emit('redisRefused', { connection: name, ...explain(reason) })
    },
    onUp: (listener) => void listeners.push(listener),
    expectEnd: () => void (isEnding = true),
  }
}
