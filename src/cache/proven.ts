// While webhooks of a kind provably arrive, its replies are fresh for longer. This is decided at each use of a reply, so that a doubt ends it at once.
import type { Kind } from '../aurora/kinds.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { Answer } from '../rest/answer.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Proven, Trust } from '../rest/terms.ts'

/** The trust in replies of the kind whose calls were sent at this moment (monotonic); null if there is none. */
export type TrustOf = (scope: ScopeKey, kind: Kind, askedAtMs: number) => Trust | null

interface ProvenReply {
  readonly answer: Pick<Answer, 'answeredAtMs'>
  readonly ageMs: number
  /** The lifetime of its kind. */
  readonly lifetime: Lifetime
  readonly proven?: Proven | undefined
}

/** Made once for each reply. `lifetime` is the lifetime of its kind. */
export const toProven = (
  trust: Trust,
  { freshMs, staleMs, keptMs }: Lifetime,
  name: Pick<Proven, 'scope' | 'question' | 'answeredAtMs'>,
): Proven => ({
  ...name,
  trust,
  lifetime: {
    freshMs: Math.max(freshMs, Math.min(trust.freshMs, keptMs)),
    staleMs: Math.max(staleMs, Math.min(trust.freshMs + staleMs - freshMs, keptMs)),
    keptMs,
  },
})

/**
 * Whether a reply that is older than the fresh time of its kind is still fresh by its trust. The trust is noted as used
 * then.
 */
export function isFreshByProof(proven: Proven | undefined, ageMs: number): boolean {
  if (proven === undefined || ageMs >= proven.lifetime.freshMs || !proven.trust.holds()) return false
  proven.trust.noteUse(proven)
  return true
}

/**
 * The ages of a reply at this moment. A reply that was fresh by proof until the trust ended is stale from then on, as
 * long as replies of the kind usually are: a doubt about thousands of replies must not cost thousands of calls at once.
 */
export function lifetimeNow({ answer, ageMs, lifetime, proven }: ProvenReply): Lifetime {
  if (!proven) return lifetime
  const { trust } = proven
  if (trust.holds()) {
    if (ageMs >= lifetime.freshMs) trust.noteUse(proven)
    return proven.lifetime
  }
  const { freshMs, staleMs, keptMs } = lifetime
  const endedAgeMs = Math.min(ageMs, trust.endedAtMs() - answer.answeredAtMs)
  if (endedAgeMs <= freshMs || endedAgeMs >= proven.lifetime.freshMs) return lifetime
  return { freshMs, staleMs: Math.min(keptMs, endedAgeMs + staleMs - freshMs), keptMs }
}
