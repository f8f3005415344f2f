// The webhooks of the simulator: an event goes to each subscription to it, and to each address that the options name.

import type { Clock } from '../../clock.ts'
import type { DataSet } from '../data.ts'
import { createRandom } from '../random.ts'
import type { Target } from './address.ts'
import { createDeliveries } from './deliveries.ts'
import type { Attempt, DeliveryCounts } from './deliveries.ts'
import type { EventName, SentEvent } from './events.ts'
import { sendWebhook } from './send-webhook.ts'
import type { SendWebhook } from './send-webhook.ts'
import { NO_WEBHOOK_FAULTS } from './webhook-faults.ts'
import type { WebhookFaults } from './webhook-faults.ts'

export interface WebhookOptions {
  /** Addresses that need no subscription. */
  readonly addresses?: readonly WebhookAddress[]
  /** Without it, webhooks go to this machine only, because any client may write the address of a subscription. */
  readonly isAnyHostAllowed?: boolean
  /** Multiplies the waits between attempts, and the time after which a failing subscription is switched off. */
  readonly retryFactor?: number
  readonly faults?: Partial<WebhookFaults>
}

export interface WebhookAddress {
  /** As in a subscription; `<EVENT>` becomes the name of the event. `https://user:password@…` is basic authentication. */
  readonly urlTemplate: string
  /** All events if not given. */
  readonly events?: readonly EventName[]
  readonly headerAuthKey?: string
  readonly headerAuthValue?: string
}

export interface WebhookReport extends Readonly<DeliveryCounts> {
  /** By a fault: never sent. */
  readonly lost: number
  readonly pending: number
  /** The newest attempts, the oldest of them first. */
  readonly attempts: readonly Attempt[]
}

export interface Webhooks {
  /** Returns at once: nothing waits for a webhook. */
  emit(events: readonly SentEvent[]): void
  /** For webhooks from now on. */
  setFaults(change: Partial<WebhookFaults>): void
  report(): WebhookReport
  close(): void
}

interface WebhooksOptions extends WebhookOptions {
  readonly data: DataSet
  readonly clock: Clock
  readonly seed: number
  readonly send?: SendWebhook
}

/** A webhook that is held back is sent at the latest after this time, because no later one may come. */
const MAX_HOLD_MS = 60_000

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { data, clock, seed, send = sendWebhook, addresses = [] } = options
  const { isAnyHostAllowed = false, retryFactor = 1 } = options
  const random = createRandom(seed, 'webhooks')
  let faults: WebhookFaults = { ...NO_WEBHOOK_FAULTS, ...options.faults }
  let lost = 0
  const configured = addresses.flatMap(toTargets)
  const targets = (): readonly Target[] => [...data.webhooks.map(toTarget), ...configured]
  const deliveries = createDeliveries({
    clock,
    send,
    isAnyHostAllowed,
    retryFactor,
    findTarget: (id) => targets().find((target) => target.id === id),
    switchOff(id) {
      // An address of the options is no subscription, so nothing can switch it on again.
      if (data.webhooks.some((webhook) => webhook.id === id))
        data.changes.webhook.change(id, { enabled: false })
    },
    unpublished: () => faults.unpublished,
  })
  const held = createHeld(clock)

  function dispatch(targetId: string, event: SentEvent): void {
    const { loss, duplicates, disorder, delayMs } = faults
    if (random.chance(loss)) return void (lost += 1)
    const isHeld = random.chance(disorder)
    const waits = Array.from({ length: random.chance(duplicates) ? 2 : 1 }, () => random.next() * delayMs)
    const add = (): void => waits.forEach((waitMs) => deliveries.add(targetId, event, waitMs))
    if (isHeld && held.hold(targetId, add)) return
    add()
    held.release(targetId)
  }

  return {
    emit(events) {
      for (const event of events)
        for (const target of targets())
          if (target.isEnabled && (target.event ?? event.event) === event.event) dispatch(target.id, event)
    },
    setFaults: (change) => void (faults = { ...faults, ...change }),
    report: () => ({
      ...deliveries.counts,
      lost,
      pending: deliveries.pending() + held.count(),
      attempts: deliveries.attempts,
    }),
    close() {
      held.close()
      deliveries.close()
    },
  }
}

/** At most one webhook of each target is held back, so their number is that of the targets. */
function createHeld(clock: Clock) {
  const held = new Map<string, { readonly add: () => void; readonly cancel: () => void }>()
  const release = (targetId: string): void => {
    const one = held.get(targetId)
    held.delete(targetId)
    one?.cancel()
    one?.add()
  }
  return {
    hold(targetId: string, add: () => void): boolean {
      if (held.has(targetId)) return false
      held.set(targetId, { add, cancel: clock.after(MAX_HOLD_MS, () => release(targetId)) })
      return true
    },
    release,
    count: () => held.size,
    close() {
      for (const { cancel } of held.values()) cancel()
      held.clear()
    },
  }
}

function toTarget(webhook: DataSet['webhooks'][number]): Target {
  const { id, event, url_template, enabled, header_auth_key, header_auth_value } = webhook
  return {
    id,
    event,
    urlTemplate: url_template,
    authKey: header_auth_key,
    authValue: header_auth_value,
    isEnabled: enabled,
  }
}

function toTargets(address: WebhookAddress, index: number): Target[] {
  const { urlTemplate, events, headerAuthKey = null, headerAuthValue = null } = address
  const shared = { urlTemplate, authKey: headerAuthKey, authValue: headerAuthValue, isEnabled: true }
  if (!events) return [{ ...shared, id: `address ${index}`, event: null }]
  return events.map((event) => ({ ...shared, id: `address ${index} ${event}`, event }))
}
