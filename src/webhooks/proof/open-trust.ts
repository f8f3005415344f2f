// The time in which webhooks of a kind provably arrive. New evidence extends it; once ended, it never begins again.
import type { Clock } from '../../clock.ts'
import type { Proven, Trust } from '../../rest/terms.ts'

export interface OpenTrust extends Trust {
  /** Monotonic time. Replies to earlier calls are not covered, because their changes may not have been reported. */
  readonly sinceMs: number
  /** Sets its end, which can be extended again. Does nothing if it has ended. */
  extend(untilMs: number): void
  end(): void
  hasEnded(): boolean
  /** The replies that were used since the last call because of it. */
  takeUsed(): readonly Proven[]
}

export interface OpenTrustOptions {
  readonly freshMs: number
  readonly untilMs: number
  readonly clock: Clock
  /** False while another replica may have a doubt. */
  readonly isConfirmed: () => boolean
}

/** The most replies that are remembered between two looks; any of them may be audited. */
const MAX_USED = 2_000

export function createOpenTrust({
  freshMs,
  untilMs: firstMs,
  clock,
  isConfirmed,
}: OpenTrustOptions): OpenTrust {
  const sinceMs = clock.monotonicMs()
  let untilMs = firstMs
  let endedAtMs = Infinity
  let used = new Set<Proven>()

  function hasEnded(): boolean {
    if (endedAtMs === Infinity && clock.monotonicMs() >= untilMs) endedAtMs = untilMs
    return endedAtMs < Infinity
  }

  return {
    freshMs,
    sinceMs,
    holds: () => !hasEnded() && isConfirmed(),
    endedAtMs: () => endedAtMs,
    noteUse(proven) {
      if (used.size < MAX_USED) used.add(proven)
    },
    extend(ms) {
      if (!hasEnded()) untilMs = ms
    },
    end() {
      if (!hasEnded()) endedAtMs = clock.monotonicMs()
    },
    hasEnded,
    takeUsed() {
      const taken = used
      used = new Set()
      return [...taken]
    },
  }
}
