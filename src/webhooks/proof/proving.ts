// Joins the parts that prove the arrival of webhooks: the proofs, the audits, and the looks at the subscriptions of the gateway.
import { ALL_NEEDED } from '../../aurora/proven-kinds.ts'
import type { ProvenKind } from '../../aurora/proven-kinds.ts'
import { READS } from '../../aurora/reads.ts'
import type { Cache } from '../../cache/cache.ts'
import type { ProofFacts } from '../../cache/proof-facts.ts'
import type { TrustOf } from '../../cache/proven.ts'
import type { Audit } from '../../cache/with-store.ts'
import type { Tenant, Tenants } from '../../callers/tenants.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/config.ts'
import type { OnFacts } from '../../redis/common-log.ts'
import type { Shared } from '../../redis/shared.ts'
import type { Question, Reply } from '../../rest/call.ts'
import type { Scope, TenantKey } from '../../rest/scope.ts'
import type { Trust } from '../../rest/terms.ts'
import type { Emit } from '../../telemetry/events.ts'
import { listAll } from '../manage/list-all.ts'
import { createOwnAddress } from '../manage/own-address.ts'
import { reviewSubscriptions } from '../manage/review.ts'
import { createAudit } from './audit.ts'
import { createProofs } from './proofs.ts'
import type { Proofs } from './proofs.ts'
import { createServed } from './served.ts'
import { createWatch } from './watch.ts'
import type { Watch } from './watch.ts'

/** Reads with a slot that no other call needs; rejects if there is none. */
export type SpareRead = (scope: Scope, question: Question) => Promise<Reply>

export interface Proving {
  readonly proofs: Proofs
  readonly trustOf: TrustOf
  readonly onFacts: OnFacts
  /** To be called when webhooks may have come while the process could not receive them. */
  noteStandstill(): void
  counts(): Readonly<Record<ProvenKind, number>>
  open(parts: ProvingParts): Audit
  close(): void
}

export interface ProvingParts {
  readonly cache: Cache
  /** Null: there are no other replicas. */
  readonly report: Shared['report']
  readonly read: SpareRead
}

export interface ProvingOptions {
  readonly config: Pick<Config, 'webhooks' | 'tenants'>
  readonly proof: NonNullable<Config['webhooks']['proof']>
  readonly tenants: Tenants
  /** The tenants that have a secret: another set only when these are replaced. */
  readonly received: () => ReadonlySet<TenantKey>
  readonly clock: Clock
  readonly emit: Emit
  /** 0 to 1. */
  readonly random: () => number
}

/** Made before the cache, which needs the trust of each reply; opened when there is a cache. */
export function createProving(options: ProvingOptions): Proving {
  const { config, proof, clock, emit } = options
  let parts: ProvingParts | null = null
  let watch: Watch | null = null

  const served = createServed(options)
  const publish = async (owner: TenantKey, facts: ProofFacts): Promise<void> => {
    await parts?.report?.({ owner, touches: [], facts }).catch(() => false)
  }
  const proofs = createProofs({
    freshMs: proof.freshMs,
    clock,
    emit,
    isServed: (tenant) => served.ofTenant(tenant) !== undefined,
    isConfirmed: () => parts?.cache.isConfirmed() ?? false,
    publish,
    onEnd: createEndNotice((trusts) => parts && notify(parts.cache, trusts)),
  })

  return {
    proofs,
    trustOf: proofs.trustOf,
    onFacts(reported) {
      if (reported === null) return proofs.doubtAll('replicas')
      const { tenant, facts, atMs } = reported
      if (facts.subscribed) watch?.noteStatus(tenant)
      proofs.take(tenant, facts, atMs)
    },
    noteStandstill: () => proofs.doubtAll('standstill'),
    counts: proofs.counts,
    open(opened) {
      parts = opened
      const { cache, read } = opened
      watch = createWatch({
        ...options,
        proofs,
        cache,
        served,
        readStatus: (tenant) => readStatus(tenant, options, read),
        reread: read,
        publish: (tenant, subscribed) => void publish(tenant, { subscribed }),
      })
      return createAudit({ proofs, cache, clock, emit, settleMs: config.webhooks.settleMs })
    },
    close: () => watch?.close(),
  }
}

/**
 * The trusts that end in one look are noticed together, before anything else happens, because each notice looks at
 * everything with a listener.
 */
function createEndNotice(notify: (trusts: ReadonlySet<Trust>) => void): (trust: Trust) => void {
  let ended = new Set<Trust>()
  return (trust) => {
    if (ended.size === 0)
      queueMicrotask(() => {
        const noticed = ended
        ended = new Set()
        notify(noticed)
      })
    ended.add(trust)
  }
}

/** Notifies the listeners of a reply, young or old, that only its ordinary age counts. */
function notify(cache: Cache, trusts: ReadonlySet<Trust>): void {
  cache.notifyWhere((key) => {
    const proven = cache.readBy(key)?.proven
    return proven !== undefined && trusts.has(proven.trust)
  })
}

async function readStatus(
  { name, scope }: Tenant,
  { config, proof }: Pick<ProvingOptions, 'config' | 'proof'>,
  read: SpareRead,
) {
  const listed = await listAll((query) => read(scope, { endpoint: READS.listWebhooks, path: {}, query }))
  const { findings } = reviewSubscriptions(listed, {
    // A file may get a second tenant at any time, and the addresses of the first one stay as they are then.
    address: createOwnAddress(proof.url, config.tenants.length > 0 ? name : null),
    events: ALL_NEEDED,
    header: config.webhooks.keyHeader,
    // Two secrets may be valid. A webhook with a wrong one is refused, which is a doubt as well.
    secret: null,
    isSecretRenewed: false,
  })
  return ALL_NEEDED.filter((event) => findings.some((found) => found.event === event && found.state === 'ok'))
}
