// Webhooks on their way: each is tried once and five times more, and what fails too long is switched off.

import type { Clock } from '../../clock.ts'
import { fillTemplate, isLoopback } from './address.ts'
import type { Target, Unpublished } from './address.ts'
import { createDueQueue } from './due-queue.ts'
import type { EventName, SentEvent } from './events.ts'
import type { SendWebhook } from './send-webhook.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** The waits between the attempts. */
const RETRY_WAITS_MS = [30_000, 5 * MINUTE_MS, 30 * MINUTE_MS, 3 * HOUR_MS, 20 * HOUR_MS] as const

/** An answer that takes longer counts as none. */
export const ANSWER_LIMIT_MS = 10_000

/** A subscription that has failed for so long, and so often, is switched off. */
const SWITCH_OFF = { afterMs: 48 * HOUR_MS, attempts: 100 } as const

/** Webhooks that wait or are under way. One that comes when there are so many is dropped. */
const MAX_PENDING = 10_000

/** Attempts at a time: the others wait in a queue. */
const MAX_AT_ONCE = 32

/** So many of the newest attempts are recorded. */
const MAX_RECORDED = 1000

export interface Attempt {
  readonly event: EventName
  /** Without user, password and headers. */
  readonly url: string
  readonly attempt: number
  /** Null if no answer came. */
  readonly status: number | null
  readonly atMs: number
}

/** How many webhooks there were of each kind; `failed` are those whose last attempt failed. */
export interface DeliveryCounts {
  delivered: number
  failed: number
  /** The address is none, or of another host, and only this machine is allowed. */
  refused: number
  /** There were too many. */
  overflowed: number
  /** Their subscription was switched off or deleted meanwhile. */
  withdrawn: number
}

export interface DeliveryOptions {
  readonly clock: Clock
  readonly send: SendWebhook
  readonly isAnyHostAllowed: boolean
  /** Multiplies the waits between attempts, and the time after which a failing target is switched off. */
  readonly retryFactor: number
  /** The target as it is now; undefined if it no longer exists. */
  readonly findTarget: (id: string) => Target | undefined
  readonly switchOff: (id: string) => void
  readonly unpublished: () => Unpublished
}

export interface Deliveries {
  /** Begins after `waitMs`. Returns at once. */
  add(targetId: string, event: SentEvent, waitMs: number): void
  readonly counts: Readonly<DeliveryCounts>
  readonly attempts: readonly Attempt[]
  pending(): number
  /** Ends the attempts under way, and drops the webhooks that wait. */
  close(): void
}

interface Delivery {
  readonly targetId: string
  readonly event: SentEvent
  attempt: number
}

export function createDeliveries(options: DeliveryOptions): Deliveries {
  const { clock, findTarget, retryFactor } = options
  const counts: DeliveryCounts = { delivered: 0, failed: 0, refused: 0, overflowed: 0, withdrawn: 0 }
  const attempts: Attempt[] = []
  const standings = createStandings(options)
  const sender = createSender(options)
  const queue = createDueQueue<Delivery>({ clock, maxAtOnce: MAX_AT_ONCE, run: attempt })

  async function attempt(delivery: Delivery): Promise<void> {
    const { targetId, event } = delivery
    const target = findTarget(targetId)
    if (!target?.isEnabled) {
      counts.withdrawn += 1
      return standings.forget(targetId)
    }
    const url = addressOf(target, event, options)
    if (!url) return void (counts.refused += 1)
    const atMs = clock.wallMs()
    const status = await sender.send(target, url)
    if (queue.isClosed()) return
    delivery.attempt += 1
    record(attempts, { event: event.event, url, attempt: delivery.attempt, status, atMs })
    settle(delivery, status !== null && status >= 200 && status < 300)
  }

  function settle(delivery: Delivery, isDelivered: boolean): void {
    if (isDelivered) {
      counts.delivered += 1
      return standings.forget(delivery.targetId)
    }
    standings.fail(delivery.targetId)
    const waitMs = RETRY_WAITS_MS[delivery.attempt - 1]
    if (waitMs === undefined) counts.failed += 1
    else queue.add(delivery, waitMs * retryFactor)
  }

  return {
    add(targetId, event, waitMs) {
      if (queue.size() >= MAX_PENDING) counts.overflowed += 1
      else queue.add({ targetId, event, attempt: 0 }, waitMs)
    },
    counts,
    attempts,
    pending: queue.size,
    close() {
      queue.close()
      sender.close()
    },
  }
}

/** Undefined if there is none that a webhook may be sent to. */
function addressOf(target: Target, event: SentEvent, options: DeliveryOptions): URL | undefined {
  const url = fillTemplate(target.urlTemplate, event, options.unpublished())
  return url && (options.isAnyHostAllowed || isLoopback(url)) ? url : undefined
}

function record(
  attempts: Attempt[],
  { url, ...attempt }: Omit<Attempt, 'url'> & { readonly url: URL },
): void {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  if (attempts.push({ ...attempt, url: shown.href }) > MAX_RECORDED) attempts.shift()
}

/** Sends with the time limit. */
function createSender(options: DeliveryOptions) {
  const underWay = new Set<AbortController>()
  return {
    /** Null if no answer came in time. */
    async send({ authKey, authValue }: Target, url: URL): Promise<number | null> {
      const left = new AbortController()
      underWay.add(left)
      const cancel = options.clock.after(ANSWER_LIMIT_MS, () => left.abort())
      try {
        const headers = authKey ? { [authKey]: authValue ?? '' } : {}
        return await options.send({ url, headers }, left.signal)
      } catch {
        return null
      } finally {
        cancel()
        underWay.delete(left)
      }
    },
    close() {
      for (const left of underWay) left.abort()
    },
  }
}

/** Since when, and how often in a row, the attempts of each target have failed. */
function createStandings({ clock, retryFactor, switchOff }: DeliveryOptions) {
  const failing = new Map<string, { readonly sinceMs: number; attempts: number }>()
  const forget = (targetId: string): void => void failing.delete(targetId)
  return {
    forget,
    fail(targetId: string): void {
      const standing = failing.get(targetId) ?? { sinceMs: clock.monotonicMs(), attempts: 0 }
      failing.set(targetId, standing)
      standing.attempts += 1
      const forMs = clock.monotonicMs() - standing.sinceMs
      if (standing.attempts < SWITCH_OFF.attempts || forMs < SWITCH_OFF.afterMs * retryFactor) return
      forget(targetId)
      switchOff(targetId)
    },
  }
}
