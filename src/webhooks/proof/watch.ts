// Looks at all proofs now and then: reads the subscriptions at Aurora, and audits replies that are fresh only by proof.
import type { EventName } from '../../aurora/events.ts'
import type { Cache } from '../../cache/cache.ts'
import { lifetimeOf } from '../../cache/decide-lifetime.ts'
import type { Tenant } from '../../callers/tenants.ts'
import type { Clock } from '../../clock.ts'
import { callKey } from '../../rest/call.ts'
import type { Question } from '../../rest/call.ts'
import { tenantOf } from '../../rest/scope.ts'
import type { Scope, TenantKey } from '../../rest/scope.ts'
import type { Proven } from '../../rest/terms.ts'
import type { OpenTrust } from './open-trust.ts'
import type { Proofs, StatusNeed } from './proofs.ts'
import type { Served } from './served.ts'

export interface WatchOptions {
  readonly proofs: Proofs
  readonly cache: Pick<Cache, 'glance'>
  readonly clock: Clock
  /** 0 to 1. */
  readonly random: () => number
  readonly served: Served
  /** The events with a subscription of ours that is switched on. Rejects if the subscriptions cannot be read. */
  readonly readStatus: (tenant: Tenant) => Promise<readonly EventName[]>
  /** Reads the reply again with a spare slot; rejects if there is none. */
  readonly reread: (scope: Scope, question: Question) => Promise<unknown>
  /** Reports the subscriptions to the other replicas. */
  readonly publish: (tenant: TenantKey, events: readonly EventName[]) => void
}

export interface Watch {
  /** To be called when any replica has looked at the subscriptions of the tenant. */
  noteStatus(tenant: TenantKey): void
  close(): void
}

const LOOK_EVERY_MS = 15_000
/** Two calls an hour for any number of replicas, because the first one reports the result to all. */
const STATUS_EVERY_MS = 30 * 60_000
/** The time after a doubt. */
const STATUS_AGAIN_MS = 5 * 60_000
/** This part of the reads that the proof saves is made all the same, at random. */
const AUDITED_SHARE = 0.1
/** For one trust in one look, one after the other, because its key has other work. */
const MAX_AUDITS = 3
/** Of all trusts in one look; one replica can have this many under way at once. */
const MAX_ALL_AUDITS = 60

export function createWatch(options: WatchOptions): Watch {
  const { proofs, clock } = options
  const status = createStatusLooks(options)
  const audits = createAudits(options)
  let isClosed = false
  let cancel = schedule()

  function schedule(): () => void {
    return clock.after(LOOK_EVERY_MS, () => {
      proofs.look()
      void Promise.all([status.lookAll(), audits.auditSome()]).finally(() => {
        if (!isClosed) cancel = schedule()
      })
    })
  }

  return {
    noteStatus: status.note,
    close() {
      isClosed = true
      cancel()
    },
  }
}

function createStatusLooks({ proofs, clock, random, served, readStatus, publish }: WatchOptions) {
  /**
   * When each may be looked at again, at the earliest. Replicas do so at different times, so that the first one makes
   * further looks unnecessary.
   */
  const nextAtMs = new Map<TenantKey, { readonly urgent: number; readonly usual: number }>()

  function plan(tenant: TenantKey, againMs: number): void {
    const fromMs = clock.monotonicMs() + random() * STATUS_AGAIN_MS
    nextAtMs.set(tenant, { urgent: fromMs + againMs, usual: fromMs + STATUS_EVERY_MS })
  }

  function isDue({ tenant, isUrgent }: StatusNeed): boolean {
    const planned = nextAtMs.get(tenant)
    if (!planned) plan(tenant, 0)
    return planned !== undefined && clock.monotonicMs() >= (isUrgent ? planned.urgent : planned.usual)
  }

  async function lookAt(tenant: Tenant): Promise<void> {
    const key = tenantOf(tenant.scope.key)
    // Aurora may refuse this permanently, so a failure is no reason to hurry.
    plan(key, STATUS_EVERY_MS)
    // The result may be from before a doubt that comes during the read.
    const begunAtMs = clock.monotonicMs()
    const found = await readStatus(tenant).catch(() => null)
    if (found === null) return
    plan(key, STATUS_AGAIN_MS)
    proofs.take(key, { subscribed: found }, begunAtMs)
    publish(key, found)
  }

  return {
    note: (tenant: TenantKey): void => plan(tenant, STATUS_AGAIN_MS),
    async lookAll(): Promise<void> {
      for (const need of proofs.needStatus().filter(isDue)) {
        const tenant = served.ofTenant(need.tenant)
        if (tenant) await lookAt(tenant)
      }
    },
  }
}

/** Counts for each trust how many reads it has saved, and chooses which of them are audited. */
function createCredits({ cache, clock, random, served }: WatchOptions) {
  const countedAtMs = new WeakMap<Proven, number>()
  /** Each has some for itself, so that a rarely used tenant is audited, too. */
  const credits = new WeakMap<OpenTrust, number>()

  /** How much of a read each use saves, at most one in each ordinary fresh time. */
  function sparedBy(proven: Proven, nowMs: number): number {
    const { question, scope, answeredAtMs } = proven
    const cached = cache.glance.read({ key: callKey(scope, question), ...question })
    const freshMs =
      cached?.proven === proven ? (lifetimeOf(question.endpoint, cached.answer)?.freshMs ?? 0) : 0
    if (freshMs === 0) return 0
    const sinceMs = countedAtMs.get(proven) ?? answeredAtMs
    countedAtMs.set(proven, nowMs)
    return Math.min(1, (nowMs - sinceMs) / freshMs)
  }

  /**
   * Returns the replies that were used because of it since the last look, in random order, if enough reads were saved.
   */
  function collect(trust: OpenTrust): readonly Proven[] {
    const nowMs = clock.monotonicMs()
    const used = trust.takeUsed().map((proven) => ({ proven, spared: sparedBy(proven, nowMs) }))
    const spared = used.reduce((sum, each) => sum + each.spared, 0)
    const credit = Math.min((credits.get(trust) ?? 0) + AUDITED_SHARE * spared, MAX_AUDITS)
    credits.set(trust, credit)
    if (credit < 1) return []
    return shuffle(
      used.flatMap(({ proven, spared: ofIt }) => (ofIt > 0 && served.ofScope(proven.scope) ? [proven] : [])),
      random,
    )
  }

  return {
    collect,
    isEnough: (trust: OpenTrust): boolean => (credits.get(trust) ?? 0) >= 1,
    spend: (trust: OpenTrust): void => void credits.set(trust, (credits.get(trust) ?? 0) - 1),
  }
}

function createAudits(options: WatchOptions) {
  const { proofs, random, served, reread } = options
  const credits = createCredits(options)

  /** False without a spare slot, or while Aurora fails: the audit of another reply is tried later. */
  async function audit({ scope, question }: Proven): Promise<boolean> {
    const tenant = served.ofScope(scope)
    if (!tenant) return false
    return reread(tenant.scope, question).then(
      () => true,
      () => false,
    )
  }

  async function auditOf(trust: OpenTrust, used: readonly Proven[]): Promise<void> {
    for (const proven of used) {
      if (!credits.isEnough(trust) || !(await audit(proven))) return
      credits.spend(trust)
    }
  }

  return {
    async auditSome(): Promise<void> {
      let left = MAX_ALL_AUDITS
      const works: Promise<void>[] = []
      for (const trust of shuffle(proofs.trusts(), random)) {
        const used = credits.collect(trust).slice(0, Math.min(MAX_AUDITS, left))
        left -= used.length
        if (used.length > 0) works.push(auditOf(trust, used))
      }
      await Promise.all(works)
    },
  }
}

/** Fisher and Yates. */
function shuffle<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const picked = Math.floor(random() * (last + 1))
    ;[shuffled[last], shuffled[picked]] = [shuffled[picked] as Item, shuffled[last] as Item]
  }
  return shuffled
}
