// Whether a connection to Redis is up, and the events about it: one for each change, and few for many refusals.
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'

export interface ConnectionState {
  isUp(): boolean
  markUp(): void
  markDown(reason: string): void
  reportRefusal(reason: string): void
  /** Called each time the connection is up again, the first time included. */
  onUp(listener: () => void): void
  /** Emits nothing any more when the connection goes down. */
  expectEnd(): void
}

interface ConnectionStateOptions {
  readonly clock: Clock
  readonly emit: Emit
  readonly name: string
}

/** A full Redis refuses every command that stores: that is reported, but not a thousand times. */
const REFUSALS_EVERY_MS = 60_000

export function createConnectionState({ clock, emit, name }: ConnectionStateOptions): ConnectionState {
  const listeners: (() => void)[] = []
  let isUp = false
  let isDownReported = false
  let nextRefusalAtMs = 0

  return {
    isUp: () => isUp,
    markUp() {
      if (isUp) return
      isUp = true
      if (isDownReported) emit('redisUp', { connection: name })
      isDownReported = false
      for (const listener of listeners) listener()
    },
    markDown(reason) {
      isUp = false
      if (isDownReported) return
      isDownReported = true
      emit('redisDown', { connection: name, reason })
    },
    reportRefusal(reason) {
      const nowMs = clock.monotonicMs()
      if (nowMs < nextRefusalAtMs) return
      nextRefusalAtMs = nowMs + REFUSALS_EVERY_MS
      emit('redisRefused', { connection: name, reason })
    },
    onUp: (listener) => void listeners.push(listener),
    expectEnd: () => void (isDownReported = true),
  }
}
