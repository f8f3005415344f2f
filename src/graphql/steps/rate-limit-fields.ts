// The key's budget as the RateLimit header fields of the IETF draft, with the same numbers as `extensions.upstream`.

export interface RateLimitState {
  readonly limit: number
  readonly windowMs: number
  readonly remaining: number
  /** Monotonic time at which every slot that is held now is free; null if no slot is held. */
  readonly resetAtMs: number | null
}

/** The name of the only policy: the limit of the key at Aurora. */
const POLICY = '"aurora"'

/**
 * Follows draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4. The unit is one call to Aurora; one GraphQL
 * request may cost many calls or none. Times are whole seconds, rounded up, so that a client that obeys them comes too
 * late rather than too early. If no slot is held, `t` is the whole window, because at most `limit` calls fit into it.
 */
export function createRateLimitFields(
  { limit, windowMs, remaining, resetAtMs }: RateLimitState,
  nowMs: number,
): Readonly<Record<'RateLimit-Policy' | 'RateLimit', string>> {
  const windowSeconds = Math.max(1, Math.ceil(windowMs / 1000))
  const resetSeconds = secondsToReset({ windowMs, resetAtMs }, nowMs)
  return {
    'RateLimit-Policy': `${POLICY};q=${limit};w=${windowSeconds}`,
    RateLimit: `${POLICY};r=${remaining};t=${resetSeconds}`,
  }
}

export const secondsToReset = (
  { windowMs, resetAtMs }: Pick<RateLimitState, 'windowMs' | 'resetAtMs'>,
  nowMs: number,
): number =>
  resetAtMs === null
    ? Math.max(1, Math.ceil(windowMs / 1000))
    : Math.max(0, Math.ceil((resetAtMs - nowMs) / 1000))
