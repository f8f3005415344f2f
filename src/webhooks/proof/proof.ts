// The proof that webhooks about one kind of one tenant arrive: begins a trust if the evidence is enough, and ends it at a doubt.
import type { EventName } from '../../aurora/events.ts'
import type { ProvenKind } from '../../aurora/proven-kinds.ts'
import type { DoubtReason } from '../../cache/proof-facts.ts'
import { createEvidence } from './evidence.ts'
import type { Evidence } from './evidence.ts'
import { createOpenTrust } from './open-trust.ts'
import type { OpenTrust, OpenTrustOptions } from './open-trust.ts'

export interface Proof extends Pick<Evidence, 'agreed' | 'hasReceived' | 'waitsForStatus'> {
  /** Null if the ordinary ages count. */
  trust(): OpenTrust | null
  /** Notes that this or another replica has received an event. */
  received(event: EventName, atMs: number): void
  /** Notes the events with a subscription that is switched on. Returns the reason if this is a doubt. */
  subscribed(events: readonly EventName[], atMs: number): DoubtReason | null
  /** Ordinary ages count from now on. Returns the trust that has ended. */
  doubt(reason: DoubtReason, atMs: number): OpenTrust | null
  /**
   * To be called now and then, and before anything is noted. Returns the reason if there is a doubt, and `begun` if a
   * trust has begun.
   */
  look(): DoubtReason | 'begun' | null
}

export interface ProofOptions extends Omit<OpenTrustOptions, 'untilMs'> {
  readonly kind: ProvenKind
}

/**
 * Shorter troubles with Redis only suspend the trust, because the log of drops contains all doubts of other replicas.
 */
const MAX_UNCONFIRMED_MS = 30_000

export function createProof({ kind, freshMs, clock, isConfirmed }: ProofOptions): Proof {
  const evidence = createEvidence(kind, freshMs, clock)
  let trust: OpenTrust | null = null
  let unconfirmedSinceMs: number | null = null

  function findDoubt(): DoubtReason | null {
    const nowMs = clock.monotonicMs()
    unconfirmedSinceMs = isConfirmed() ? null : (unconfirmedSinceMs ?? nowMs)
    if (!trust) return null
    if (trust.hasEnded()) return evidence.isSilent() ? 'silence' : 'subscription'
    const isCutOff = unconfirmedSinceMs !== null && nowMs - unconfirmedSinceMs >= MAX_UNCONFIRMED_MS
    return isCutOff ? 'replicas' : null
  }

  return {
    ...evidence,
    trust: () => (trust?.hasEnded() ? null : trust),
    received(event, atMs) {
      evidence.received(event, atMs)
      trust?.extend(evidence.untilMs())
    },
    subscribed(events, atMs) {
      const isRight = evidence.subscribed(events, atMs)
      trust?.extend(evidence.untilMs())
      return isRight ? null : 'subscription'
    },
    doubt(reason, atMs) {
      const ended = trust
      trust?.end()
      trust = null
      evidence.doubt(reason, atMs)
      return ended
    },
    look() {
      const reason = findDoubt()
      if (reason !== null || trust !== null || !isConfirmed() || !evidence.isEnough()) return reason
      trust = createOpenTrust({ freshMs, untilMs: evidence.untilMs(), clock, isConfirmed })
      return 'begun'
    },
  }
}
