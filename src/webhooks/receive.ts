// Receives one webhook of Aurora: finds what it touches, and drops that from the caches of all replicas.
import { eventRow, readEventName } from '../aurora/events.ts'
import type { EventName } from '../aurora/events.ts'
import { kindsReportedBy } from '../aurora/proven-kinds.ts'
import { touchesOfEvent, touchesOfIds } from '../cache/event-touches.ts'
import type { EventFacts } from '../cache/event-touches.ts'
import type { Cache } from '../cache/cache.ts'
import type { FieldReader } from '../callers/caller.ts'
import type { Ids } from '../rest/call.ts'
import type { TenantKey } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Proofs } from './proof/proofs.ts'
import { readIds } from './read-ids.ts'
import type { Report } from './report.ts'
import type { Senders } from './senders.ts'

export interface WebhookRequest {
  /** Null: the only tenant. */
  readonly tenant: string | null
  readonly event: string
  readonly query: Iterable<readonly [string, string]>
  readonly fields: FieldReader
  /** A HEAD only asks whether a webhook would be received. */
  readonly method: string
  /**
   * Called at once if the sender is refused: whether its answer may wait until no replica trusts in webhooks any more;
   * left out, it may.
   */
  readonly mayWait?: (why: 'unnamed' | 'unknown') => boolean
  /**
   * Whether a refused sender is not counted, because the same webhook is received once more; left out, it is counted.
   */
  readonly isTrial?: boolean
}

/**
 * `off`: no webhooks are received. `notAllowed`: neither a GET nor a HEAD; its secret is not looked at. `unnamed`,
 * `unknown`: results of the identification of the sender. `notRecorded`: other replicas could not be notified, so the
 * sender has to send it again.
 */
export type Received = 'recorded' | 'notRecorded' | 'unnamed' | 'unknown' | 'notAllowed' | 'off'

/** Returns a promise only if other replicas have to be notified first. */
export type ReceiveWebhook = (request: WebhookRequest) => Soon<Received>

export interface ReceiveOptions {
  readonly senders: Senders
  readonly cache: Pick<Cache, 'outdate' | 'projectsAbove'>
  /** Null: there are no other replicas. */
  readonly report: Report | null
  readonly emit: Emit
  /** Null: the ordinary ages always count. */
  readonly proofs: Pick<Proofs, 'take' | 'doubt'> | null
}

/** Each holds a connection, for seconds while Redis is slow; further ones are refused at once. */
const MAX_REFUSED_WAITING = 100

/** The name under which all events are counted that are not in the table. */
const UNKNOWN_EVENT = 'unknown'

/**
 * A webhook shows that something may have changed, and no more: there is no id of it, no time, no signature and no
 * order, and duplicates come. So it only drops cached answers, and stores nothing.
 */
export function createReceiveWebhook(options: ReceiveOptions): ReceiveWebhook {
  const { senders, cache, report, emit, proofs } = options
  let refusedWaiting = 0

  function record(tenant: TenantKey, name: EventName | null, ids: Ids): Soon<'recorded' | 'notRecorded'> {
    const facts: EventFacts = { ids, projectsAbove: (asked) => cache.projectsAbove(tenant, asked) }
    const touches = name ? touchesOfEvent(eventRow(name), facts) : touchesOfIds(facts)
    cache.outdate(tenant, touches)
    const received = proofs && name && kindsReportedBy(name).length > 0 ? { received: [name] } : undefined
    return whenThere(report === null || report(tenant, touches, received), (isReported) => {
      if (!isReported) return 'notRecorded'
      if (received) proofs?.take(tenant, received)
      return 'recorded'
    })
  }

  /**
   * A subscription of the gateway may have lost its secret. When the promise resolves, no replica trusts in webhooks
   * any more.
   */
  async function noteRefused(
    tenant: string | null,
    name: EventName | null,
    isWaiting: boolean,
  ): Promise<void> {
    const named = name && senders.named(tenant)
    if (!named || !proofs) return
    const doubted = proofs.doubt(named, kindsReportedBy(name), 'refused')
    if (!isWaiting || refusedWaiting >= MAX_REFUSED_WAITING) return void doubted.catch(() => {})
    refusedWaiting += 1
    await doubted.finally(() => (refusedWaiting -= 1))
  }

  return ({ tenant, event, query, fields, method, mayWait = () => true, isTrial }) => {
    if (!senders.isOn()) return 'off'
    if (method !== 'GET' && method !== 'HEAD') return 'notAllowed'
    const sender = senders.identify(tenant, fields)
    if (isTrial && typeof sender === 'string') return sender
    const name = readEventName(event)
    const counted = name ?? UNKNOWN_EVENT
    if (typeof sender === 'string') {
      emit('webhookReceived', { event: counted, outcome: 'refused' })
      return noteRefused(tenant, name, mayWait(sender)).then(() => sender)
    }
    if (method === 'HEAD') return 'recorded'
    return whenThere(record(sender.tenant, name, readIds(query)), (outcome) => {
      emit('webhookReceived', { event: counted, outcome })
      return outcome
    })
  }
}
