// The key's budget in the header fields of the IETF draft, in the same numbers as `extensions.upstream` tells it.

export interface LimitState {
  readonly limit: number
  readonly windowMs: number
  readonly remaining: number
  /** Monotonic time at which every slot held now is free; null when none is. */
  readonly resetAtMs: number | null
}

/** The name of the only policy there is: the limit of the key at Aurora. */
const POLICY = '"aurora"'

/**
 * draft-ietf-httpapi-ratelimit-headers-11, 3 and 4: what counts are calls at Aurora, of which one GraphQL request may
 * take many or none. Whole seconds, rounded up, so that who keeps to them asks too late rather than too early. Where no
 * slot is held, no more than the limit can go within a whole window.
 */
export function createLimitFields(
  { limit, windowMs, remaining, resetAtMs }: LimitState,
  nowMs: number,
): Readonly<Record<'RateLimit-Policy' | 'RateLimit', string>> {
  const windowSeconds = Math.max(1, Math.ceil(windowMs / 1000))
  const resetSeconds = resetAtMs === null ? windowSeconds : Math.max(0, Math.ceil((resetAtMs - nowMs) / 1000))
  return {
    'RateLimit-Policy': `${POLICY};q=${limit};w=${windowSeconds}`,
    RateLimit: `${POLICY};r=${remaining};t=${resetSeconds}`,
  }
}
