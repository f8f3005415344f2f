// The lower limit after a 429 that came in spite of the count: other programs use the key, so the gateway makes fewer calls for a while. Pure.

/** A limit below the configured one, as it was at a moment; it grows from there. */
export interface LearnedLimit {
  readonly limit: number
  /** Monotonic. */
  readonly atMs: number
}

/** A quarter less at the first 429 of a row; those that follow in the row do not lower it. */
const DECREASE = 0.75
/** Never below a tenth: with less, screens would not fill at all, and a 429 costs only a pause. */
const LEAST_SHARE = 0.1
/** A twentieth of the limit comes back in each window, half of it in ten minutes: faster, and the next 429 comes soon. */
export const RECOVERY_SHARE = 1 / 20

interface Allowed {
  readonly limit: number
  readonly windowMs: number
}

/** Whole calls that one window may hold now. */
export function limitAt({ limit, windowMs }: Allowed, learned: LearnedLimit | null, nowMs: number): number {
  if (learned === null) return limit
  const recovered = ((nowMs - learned.atMs) / windowMs) * limit * RECOVERY_SHARE
  return Math.min(limit, Math.floor(learned.limit + recovered))
}

export function learn(allowed: Allowed, learned: LearnedLimit | null, nowMs: number): LearnedLimit {
  const least = Math.max(1, Math.floor(allowed.limit * LEAST_SHARE))
  return { limit: Math.max(least, Math.floor(limitAt(allowed, learned, nowMs) * DECREASE)), atMs: nowMs }
}
