// The ages of an answer, as numbers that hold for all its repeats: the part that goes stale first decides.
import type { Trust, UsedReply } from '../rest/terms.ts'

export interface Ages {
  /** Monotonic time when the first part goes stale. */
  readonly freshUntilMs: number
  /** The same time, as long as the trust of all parts with one holds; never earlier. */
  readonly provenUntilMs: number
  readonly trusts: readonly Trust[]
  /** Monotonic time when the oldest part was answered. */
  readonly oldestAtMs: number
  /** Monotonic time when the part that goes stale first was answered. */
  readonly answeredAtMs: number
  /** In whole seconds: RFC 9111, 5.2.2.1, and RFC 5861. */
  readonly maxAge: number
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
}

export interface WantedAge {
  readonly nowMs: number
  /** `max-age` of the request; null or left out if it names none. */
  readonly maxAgeMs?: number | null
}

/** Null if the answer has no parts, because its age is unknown then. */
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

/**
 * Whether each part is fresh, and none is older than the request accepts. The earlier of the two times decides for all
 * parts.
 */
export const isYoungEnough = (ages: Ages, { nowMs, maxAgeMs }: WantedAge): boolean =>
  (nowMs < ages.freshUntilMs || isProven(ages, nowMs)) && nowMs < ages.oldestAtMs + (maxAgeMs ?? Infinity)

const isProven = ({ provenUntilMs, trusts }: Ages, nowMs: number): boolean =>
  nowMs < provenUntilMs && trusts.every((trust) => trust.holds())

/**
 * By what the freshness of an answer is proven: by ages alone; or, if at least one reply is older, by the proof that
 * webhooks about its kind arrive.
 */
export type ValidatedBy = 'age' | 'webhooks'

export const decideValidatedBy = (parts: readonly UsedReply[], nowMs: number): ValidatedBy =>
  parts.some((part) => isFreshByProof(part, nowMs)) ? 'webhooks' : 'age'

const isFreshByProof = ({ answeredAtMs, lifetime, proven }: UsedReply, nowMs: number): boolean =>
  proven !== undefined &&
  nowMs >= answeredAtMs + lifetime.freshMs &&
  nowMs < answeredAtMs + proven.lifetime.freshMs &&
  proven.trust.holds()

/** As `decideValidatedBy`, for an answer whose parts are all fresh. */
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
