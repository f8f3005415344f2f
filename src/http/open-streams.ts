// The streams that are open: how many there may be, and the one timer by which all of them are looked after.

import type { Clock } from '../clock.ts'
import type { HttpLimits } from './limits.ts'
import { createShares } from '../turns/shares.ts'
import type { Party } from '../turns/shares.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'

export interface OpenStreams {
  /** Returns why there is no place, or the function that gives it back. */
  reserve(holder: StreamHolder): StreamBound | (() => void)
  add(stream: TendedStream): void
  /** It is tended on, but is no stream that a shutdown ends. */
  hasEnded(stream: TendedStream): void
  remove(stream: TendedStream): void
  /** To be called where other callers than before may be known. */
  recheckCallers(): void
  /** Ends all streams within this time, few of them at once: their clients connect elsewhere at the same time. */
  drain(withinMs: number): void
}

export interface StreamHolder extends Party {
  /** Has one stream at a time: what follows on it comes only after the end. */
  readonly connection: object
}

export type StreamBound = 'caller' | 'all' | 'connection' | 'draining'

export interface TendedStream {
  /** Sends a heartbeat, ends a stream whose time has come, and so on. Called about once a second. */
  tend(nowMs: number): void
  checkCaller(): void
  endForShutdown(): void
}

export interface OpenStreamsOptions {
  readonly clock: Clock
  readonly seen: TenantsSeen
  readonly limits: Pick<HttpLimits, 'maxStreams' | 'maxStreamsOfCaller'>
}

/** Heartbeats and ends may be late by as much. */
export const TEND_MS = 1_000
/** Streams that end together in a shutdown, and the time between two such groups. */
const MIN_ENDED_TOGETHER = 20
const GROUP_MS = 100

export function createOpenStreams({ clock, seen, limits }: OpenStreamsOptions): OpenStreams {
  const streams = new Set<TendedStream>()
  /** Their clients have not taken the last answer yet. */
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
