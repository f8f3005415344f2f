// How old an answer is, as numbers that hold for all its repeats: the part that goes stale first decides.
import type { Trust, UsedReply } from '../rest/terms.ts'

export interface Ages {
  /** Monotonic: the first part goes stale then. */
  readonly freshUntilMs: number
  /** Monotonic: the same while the trust of all parts that have one holds; never earlier. */
  readonly provenUntilMs: number
  readonly trusts: readonly Trust[]
  /** Monotonic: when the oldest part was answered. */
  readonly oldestAtMs: number
  /** Monotonic: when the part was answered that goes stale first. */
  readonly answeredAtMs: number
  /** RFC 9111, 5.2.2.1; RFC 5861. In whole seconds. */
  readonly maxAge: number
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
}

export interface WantedAge {
  readonly nowMs: number
  /** `max-age` of the request; null or left out where it names none. */
  readonly maxAgeMs?: number | null
}

/** Null where the answer has no parts: its age is then unknown, too. */
export function agesOf(parts: readonly UsedReply[]): Ages | null {
  const [first] = parts
  if (!first) return null
  let tightest = first
  let oldestAtMs = Infinity
  let staleUntilMs = Infinity
  let keptUntilMs = Infinity
  let provenUntilMs = Infinity
  let trusts: Trust[] | null = null
  for (const part of parts) {
    const { answeredAtMs, lifetime, proven } = part
    if (proven && !trusts?.includes(proven.trust)) (trusts ??= []).push(proven.trust)
    provenUntilMs = Math.min(provenUntilMs, answeredAtMs + (proven?.lifetime ?? lifetime).freshMs)
    if (freshUntil(part) < freshUntil(tightest)) tightest = part
    oldestAtMs = Math.min(oldestAtMs, answeredAtMs)
    staleUntilMs = Math.min(staleUntilMs, answeredAtMs + lifetime.staleMs)
    keptUntilMs = Math.min(keptUntilMs, answeredAtMs + lifetime.keptMs)
  }
  const freshUntilMs = freshUntil(tightest)
  return {
    freshUntilMs,
    provenUntilMs,
    trusts: trusts ?? NO_TRUSTS,
    oldestAtMs,
    answeredAtMs: tightest.answeredAtMs,
    maxAge: seconds(tightest.lifetime.freshMs),
    staleWhileRevalidate: seconds(staleUntilMs - freshUntilMs),
    staleIfError: seconds(keptUntilMs - freshUntilMs),
  }
}

const NO_TRUSTS: readonly Trust[] = []

/** Each part is fresh, and none is older than the request accepts: the earliest of both ends is that of all parts. */
export const isYoungEnough = (ages: Ages, { nowMs, maxAgeMs }: WantedAge): boolean =>
  (nowMs < ages.freshUntilMs || isProven(ages, nowMs)) && nowMs < ages.oldestAtMs + (maxAgeMs ?? Infinity)

const isProven = ({ provenUntilMs, trusts }: Ages, nowMs: number): boolean =>
  nowMs < provenUntilMs && trusts.every((trust) => trust.holds())

/**
 * What an answer is fresh by: the ages of its kinds alone, or, for at least one reply that is older, the proof that webhooks about its
 * kind arrive.
 */
export type ValidatedBy = 'age' | 'webhooks'

export const decideValidatedBy = (parts: readonly UsedReply[], nowMs: number): ValidatedBy =>
  parts.some((part) => isFreshByProof(part, nowMs)) ? 'webhooks' : 'age'

const isFreshByProof = ({ answeredAtMs, lifetime, proven }: UsedReply, nowMs: number): boolean =>
  proven !== undefined &&
  nowMs >= answeredAtMs + lifetime.freshMs &&
  nowMs < answeredAtMs + proven.lifetime.freshMs &&
  proven.trust.holds()

/** The same for an answer all parts of which are fresh. */
export const decideValidatedByAges = ({ freshUntilMs }: Ages, nowMs: number): ValidatedBy =>
  nowMs < freshUntilMs ? 'age' : 'webhooks'

/** `Age` in whole seconds, so that `maxAge` minus it is the remaining fresh time. */
export const ageOf = ({ answeredAtMs }: Ages, nowMs: number): number => seconds(nowMs - answeredAtMs)

const freshUntil = ({ answeredAtMs, lifetime }: UsedReply): number => answeredAtMs + lifetime.freshMs

const seconds = (ms: number): number => Math.max(0, Math.floor(ms / 1000))

/** `private`: only the caller's own cache may keep it, because it holds the data of people. */
export const cacheControlOf = ({ maxAge, staleWhileRevalidate, staleIfError }: Ages): string =>
  [
    'private',
    `max-age=${maxAge}`,
    `stale-while-revalidate=${staleWhileRevalidate}`,
    `stale-if-error=${staleIfError}`,
  ].join(', ')
