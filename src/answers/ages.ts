// How old an answer is, as numbers that hold for all its repeats: the part that goes stale first decides.
import type { UsedReply } from '../rest/terms.ts'

export interface Ages {
  /** Monotonic: the first part goes stale then. */
  readonly freshUntilMs: number
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
  for (const part of parts) {
    const { answeredAtMs, lifetime } = part
    if (freshUntil(part) < freshUntil(tightest)) tightest = part
    oldestAtMs = Math.min(oldestAtMs, answeredAtMs)
    staleUntilMs = Math.min(staleUntilMs, answeredAtMs + lifetime.staleMs)
    keptUntilMs = Math.min(keptUntilMs, answeredAtMs + lifetime.keptMs)
  }
  const freshUntilMs = freshUntil(tightest)
  return {
    freshUntilMs,
    oldestAtMs,
    answeredAtMs: tightest.answeredAtMs,
    maxAge: seconds(tightest.lifetime.freshMs),
    staleWhileRevalidate: seconds(staleUntilMs - freshUntilMs),
    staleIfError: seconds(keptUntilMs - freshUntilMs),
  }
}

/** Each part is fresh, and none is older than the request accepts: the earliest of both ends is that of all parts. */
export const isYoungEnough = ({ freshUntilMs, oldestAtMs }: Ages, { nowMs, maxAgeMs }: WantedAge): boolean =>
  nowMs < freshUntilMs && nowMs < oldestAtMs + (maxAgeMs ?? Infinity)

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
