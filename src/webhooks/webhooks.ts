// Makes the parts that receive webhooks and prove that they arrive, and joins them with the cache that the replicas share.
import type { Audit } from '../cache/with-store.ts'
import type { Tenants } from '../callers/tenants.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Shared } from '../redis/shared.ts'
import type { Emit } from '../telemetry/events.ts'
import { createProving } from './proof/proving.ts'
import type { Proving, SpareRead } from './proof/proving.ts'
import { createReceiveWebhook } from './receive.ts'
import type { ReceiveWebhook } from './receive.ts'
import { createReport } from './report.ts'
import { createSenders } from './senders.ts'

export interface Webhooks {
  /** Null if the ordinary ages count for all replies. */
  readonly proving: Pick<Proving, 'trustOf' | 'onFacts' | 'counts' | 'noteStandstill'> | null
  open(parts: WebhooksParts): OpenWebhooks
  /** Uses the secrets of other settings from now on; the secrets of tenants come with the tenants. */
  replace(config: Pick<Config, 'webhooks'>): void
  close(): void
}

export interface WebhooksParts extends Pick<Shared, 'cache' | 'report' | 'repliesTaken'> {
  readonly read: SpareRead
}

export interface OpenWebhooks {
  readonly receive: ReceiveWebhook
  /** Null if nothing is compared. */
  readonly audit: Audit | null
}

export interface WebhooksOptions {
  readonly config: Pick<Config, 'webhooks' | 'auroraBaseUrl' | 'tenants'>
  readonly tenants: Tenants
  readonly emit: Emit
  readonly clock: Clock
  /** 0 to 1. */
  readonly random: () => number
}

export function createWebhooks({ config, tenants, emit, clock, random }: WebhooksOptions): Webhooks {
  let current = config.webhooks
  const { proof = null } = current
  const senders = createSenders({ tenants, config: () => current, baseUrl: config.auroraBaseUrl })
  const { received } = senders
  const proving = proof && createProving({ config, proof, tenants, received, clock, emit, random })
  return {
    proving,
    open({ cache, report, repliesTaken, read }) {
      const receive = createReceiveWebhook({
        senders,
        cache,
        report: report && createReport({ report, repliesTaken, cache, clock }),
        emit,
        proofs: proving?.proofs ?? null,
      })
      return { receive, audit: proving?.open({ cache, report, read }) ?? null }
    },
    replace: (next) => void (current = next.webhooks),
    close: () => proving?.close(),
  }
}
