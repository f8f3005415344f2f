// While webhooks of a kind provably arrive, its replies are fresh for longer: decided whenever a reply is used, so that a doubt ends it at once.
import type { Kind } from '../aurora/kinds.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { Answer } from '../rest/answer.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Proven, Trust } from '../rest/terms.ts'

/** The trust that holds for replies of the kind that were asked for at this moment (monotonic); null where there is none. */
export type TrustOf = (scope: ScopeKey, kind: Kind, askedAtMs: number) => Trust | null

interface ProvenReply {
  readonly answer: Pick<Answer, 'answeredAtMs'>
  readonly ageMs: number
  /** That of its kind. */
  readonly lifetime: Lifetime
  readonly proven?: Proven | undefined
}

/** Made once for each reply. `lifetime`: that of its kind. */
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

/** Whether a reply that is older than the fresh time of its kind is fresh all the same. It is noted as used then. */
export function isFreshByProof(proven: Proven | undefined, ageMs: number): boolean {
  if (proven === undefined || ageMs >= proven.lifetime.freshMs || !proven.trust.holds()) return false
  proven.trust.noteUse(proven)
  return true
}

/**
 * The ages that hold for a reply at this moment. What was fresh by proof until the trust ended is stale from then on, for as long as
 * replies of the kind are stale as a rule: a doubt about thousands of replies must not cost thousands of calls at once.
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
