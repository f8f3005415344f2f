// The open streams: limits their number, and tends all of them by one timer.

import type { Clock } from '../clock.ts'
import type { HttpLimits } from './limits.ts'
import { createShares } from '../turns/shares.ts'
import type { Party } from '../turns/shares.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'

export interface OpenStreams {
  /** Returns the limit that is reached, or the function that gives the place back. */
  reserve(holder: StreamHolder): StreamBound | (() => void)
  add(stream: TendedStream): void
  /**
   * To be called when its source has ended: it is still tended, but a shutdown no longer counts it as a stream to end.
   */
  hasEnded(stream: TendedStream): void
  remove(stream: TendedStream): void
  /** To be called when the set of known callers may have changed. */
  recheckCallers(): void
  /**
   * Ends all streams within this time, a few at once, so that their clients do not all connect elsewhere at the same
   * moment.
   */
  drain(withinMs: number): void
}

export interface StreamHolder extends Party {
  /** The connection of the stream. It has one stream at a time, because what follows comes only after the end. */
  readonly connection: object
}

export type StreamBound = 'caller' | 'all' | 'connection' | 'draining'

export interface TendedStream {
  /** Sends a heartbeat, ends a stream whose time is over, and so on. Called about once a second. */
  tend(nowMs: number): void
  checkCaller(): void
  endForShutdown(): void
}

export interface OpenStreamsOptions {
  readonly clock: Clock
  readonly seen: TenantsSeen
  readonly limits: Pick<HttpLimits, 'maxStreams' | 'maxStreamsOfCaller'>
}

/** Heartbeats and ends may be late by this much. */
export const TEND_MS = 1_000
/** How many streams of a shutdown end together at the least. */
const MIN_ENDED_TOGETHER = 20
const GROUP_MS = 100

export function createOpenStreams({ clock, seen, limits }: OpenStreamsOptions): OpenStreams {
  const streams = new Set<TendedStream>()
  /** Streams that have ended, but whose clients have not taken the last answer yet. */
  const ended = new Set<TendedStream>()
  const places = createPlaces(seen, limits)
  let isDraining = false
  let isTimed = false

  const tendLater = (): void => {
    if (isTimed || streams.size + ended.size === 0) return
    isTimed = true
    clock.after(TEND_MS, () => {
      isTimed = false
      const nowMs = clock.monotonicMs()
      for (const stream of streams) stream.tend(nowMs)
      for (const stream of ended) stream.tend(nowMs)
      tendLater()
    })
  }
  const endGroup = (size: number): void => {
    let left = size
    for (const stream of streams) {
      if (left === 0) break
      left -= 1
      streams.delete(stream)
      stream.endForShutdown()
    }
    if (streams.size > 0) clock.after(GROUP_MS, () => endGroup(size))
  }
  return {
    reserve: (holder) => (isDraining ? 'draining' : places.reserve(holder)),
    add(stream) {
      streams.add(stream)
      tendLater()
    },
    hasEnded(stream) {
      streams.delete(stream)
      ended.add(stream)
      tendLater()
    },
    remove(stream) {
      streams.delete(stream)
      ended.delete(stream)
    },
    recheckCallers() {
      for (const stream of streams) stream.checkCaller()
    },
    drain(withinMs) {
      isDraining = true
      const groups = Math.max(1, Math.floor(withinMs / GROUP_MS))
      endGroup(Math.max(MIN_ENDED_TOGETHER, Math.ceil(streams.size / groups)))
    },
  }
}

function createPlaces(
  seen: TenantsSeen,
  { maxStreams: max, maxStreamsOfCaller: maxOfCaller }: OpenStreamsOptions['limits'],
) {
  const shares = createShares({ seen, max, maxOfCaller })
  const connections = new WeakSet<object>()
  return {
    reserve(holder: StreamHolder): StreamBound | (() => void) {
      const { connection } = holder
      if (connections.has(connection)) return 'connection'
      const full = shares.findFull(holder, 1)
      if (full) return full
      shares.change(holder, 1)
      connections.add(connection)
      return () => {
        connections.delete(connection)
        shares.change(holder, -1)
      }
    },
  }
}
