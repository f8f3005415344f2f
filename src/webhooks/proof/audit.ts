// Compares each reply that is read again with the one before: a change that no webhook has reported shows that webhooks are lost.
import { isDeepStrictEqual } from 'node:util'
import { isProvenKind } from '../../aurora/proven-kinds.ts'
import type { ProvenKind } from '../../aurora/proven-kinds.ts'
import type { Cached } from '../../cache/cache-reads.ts'
import type { Cache } from '../../cache/cache.ts'
import { lifetimeOf } from '../../cache/decide-lifetime.ts'
import type { Audit } from '../../cache/with-store.ts'
import type { Clock } from '../../clock.ts'
import { isReply } from '../../rest/answer.ts'
import type { Answer } from '../../rest/answer.ts'
import type { Call } from '../../rest/call.ts'
import { tenantOf } from '../../rest/scope.ts'
import type { Emit } from '../../telemetry/events.ts'
import type { Proofs } from './proofs.ts'

export interface AuditOptions {
  readonly proofs: Pick<Proofs, 'agreed' | 'doubt'>
  readonly cache: Pick<Cache, 'mark' | 'nameOf' | 'haveTouched'>
  readonly clock: Clock
  readonly emit: Emit
  readonly settleMs: number
}

/** A webhook that comes later than this after the change can be seen has failed at least once: Aurora sends it again after 30 s. */
const REPORTED_WITHIN_MS = 30_000

export function createAudit({ proofs, cache, clock, emit, settleMs }: AuditOptions): Audit {
  /** For an object only: a webhook may outdate a list because of one of its objects. */
  function noteReported(call: Call, { answer }: Cached, after: Answer, kind: ProvenKind): void {
    if (call.endpoint.answers === 'list' || !isReply(answer) || isSame(answer, after)) return
    emit('proofAudited', { kind, outcome: 'reported' })
    proofs.agreed(tenantOf(call.terms.scope.key), kind, askedAtMsOf(after))
  }

  function compare(call: Call, before: Cached, after: Answer, kind: ProvenKind): void {
    const scope = call.terms.scope.key
    const tenant = tenantOf(scope)
    if (isSame(before.answer, after)) {
      // A young reply has hardly had the time to change.
      if (before.ageMs < before.lifetime.freshMs) return
      emit('proofAudited', { kind, outcome: 'same' })
      return proofs.agreed(tenant, kind, askedAtMsOf(after))
    }
    const mark = cache.mark()
    clock.after(settleMs + REPORTED_WITHIN_MS, () => {
      const isReported = cache.haveTouched(cache.nameOf(scope, call, { answer: after }), mark)
      emit('proofAudited', { kind, outcome: isReported ? 'reported' : 'differs' })
      if (!isReported) void proofs.doubt(tenant, [kind], 'audit')
    })
  }

  return {
    isOf: isProvenKind,
    compare(call, before, after) {
      const { kind } = call.endpoint
      const isLater = after.answeredAtMs >= before.answer.answeredAtMs
      if (!isProvenKind(kind) || !isLater || after.status === 403) return
      if (before.isOutdated) noteReported(call, before, after, kind)
      else if (isComparable(call, before)) compare(call, before, after, kind)
    },
  }
}

/** A reply whose call was sent before a doubt shows nothing after it. */
const askedAtMsOf = (answer: Answer): number =>
  (isReply(answer) ? answer.sentAtMs : undefined) ?? answer.answeredAtMs

/** A reply that was read just after a webhook may be from before the change. */
const isComparable = ({ endpoint }: Call, { answer, lifetime }: Cached): boolean =>
  isReply(answer) && lifetime.freshMs === (lifetimeOf(endpoint, answer)?.freshMs ?? 0)

const isSame = (one: Answer, other: Answer): boolean =>
  isReply(one) && isReply(other) && isDeepStrictEqual(one.value, other.value)
