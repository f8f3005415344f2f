// The limits in use, each with its ledger and its waiting room: one for each key, one for each operation with its own limit.
import type { Clock } from '../clock.ts'
import type { Ledger, OpenLedger } from './ledger.ts'
import type { OpenRecord } from './slot-record.ts'
import { createWaitingRoom } from './waiting-room.ts'
import type { WaitingRoom } from './waiting-room.ts'
import { resetsAtMs } from './window.ts'

export interface Quota {
  readonly ledger: Ledger
  readonly room: WaitingRoom
}

export interface Quotas {
  /** `limit` is called when the quota is first used, and at each `takeUpLimits`. */
  get(name: string, limit: () => number): Quota
  /**
   * To be called when limits may have changed: they count at once, and the times of waiting calls are worked out again.
   */
  takeUpLimits(): void
  entries(): readonly (readonly [name: string, quota: Quota])[]
  /** From now on no call waits beyond `untilMs`, in any present or later quota. */
  drain(untilMs: number): void
  end(): void
}

interface OpenQuota extends Quota {
  readonly limitOf: () => number
  limit: number
}

interface QuotasOptions {
  readonly windowMs: number
  readonly clock: Clock
  readonly openLedger: OpenLedger
  readonly openRecord?: OpenRecord | undefined
}

/** A sweep through fewer quotas than this frees too little memory to be worth it. */
const MIN_SWEPT = 64

export function createQuotas({ windowMs, clock, openLedger, openRecord }: QuotasOptions): Quotas {
  const quotas = new Map<string, OpenQuota>()
  let sweepAtSize = MIN_SWEPT
  let drainedAtMs = Infinity

  function open(name: string, limitOf: () => number): OpenQuota {
    const limit = limitOf()
    const ledger = openLedger({
      name,
      limit,
      windowMs,
      onFreed: () => room.serveWaiting(),
      waiting: () => room.waiting(),
      record: openRecord?.(name),
    })
    const room = createWaitingRoom({ ledger, clock })
    if (drainedAtMs !== Infinity) room.drain(drainedAtMs)
    return { ledger, room, limitOf, limit }
  }

  /** A quota at rest is as good as a new one. Callers that bring keys of their own would fill the memory otherwise. */
  function forgetIdle(): void {
    const nowMs = clock.monotonicMs()
    for (const [name, { ledger, room }] of quotas)
      if (room.isEmpty() && resetsAtMs(ledger.window, nowMs) === null && ledger.isAsNew()) {
        ledger.end()
        quotas.delete(name)
      }
    // Twice what is in use, so that the sweeps stay a small share of the work.
    sweepAtSize = Math.max(MIN_SWEPT, quotas.size * 2)
  }

  return {
    get(name, limit) {
      const known = quotas.get(name)
      if (known) return known
      if (quotas.size >= sweepAtSize) forgetIdle()
      const quota = open(name, limit)
      quotas.set(name, quota)
      return quota
    },
    takeUpLimits() {
      // Otherwise keys that are no longer used would be counted, and shared with other replicas, for ever.
      forgetIdle()
      for (const quota of quotas.values()) takeUpLimit(quota)
    },
    entries: () => [...quotas],
    drain(untilMs) {
      drainedAtMs = untilMs
      for (const { room } of quotas.values()) room.drain(untilMs)
    },
    end() {
      for (const { ledger } of quotas.values()) ledger.end()
    },
  }
}

function takeUpLimit(quota: OpenQuota): void {
  const limit = quota.limitOf()
  if (limit === quota.limit) return
  quota.limit = limit
  quota.ledger.setLimit(limit)
}
