// Remembers failures in a row: after so many nothing passes for a while, and then one try at a time until one succeeds.
import type { Clock } from '../clock.ts'

/** What becomes of a try: `isProbe` where it is the one that is let through while all others are refused. */
export interface Pass {
  readonly isProbe: boolean
}

export interface Sign {
  /** What failed: the same one failing again is no further sign. Null where each failure is one. */
  readonly subject: string | null
  /** Through what it was seen: a row of signs needs two such witnesses. Null where one alone is beyond doubt. */
  readonly witness: string | null
}

export interface Breaker {
  /** Monotonic time of the next try where nothing may pass now; null where it may. */
  refusedUntilMs(): number | null
  /** From the failures that opened it until a try succeeds. */
  isOpen(): boolean
  /** Only where nothing is refused; each pass ends in one of the three below. */
  enter(): Pass
  succeeded(): void
  failed(pass: Pass, sign: Sign): void
  /** It ended without a word about the other side. */
  left(pass: Pass): void
}

export interface BreakerOptions {
  readonly clock: Clock
  readonly opened: (fact: { readonly failures: number; readonly probeInMs: number }) => void
  readonly closed: (fact: { readonly openMs: number }) => void
}

/** One lost call is chance, and so are the two repeats that a read may have; five in a row are none. */
const FAILURES_TO_OPEN = 5
/** A restart takes seconds; one that takes minutes gets a try every half minute, which costs nobody anything. */
const FIRST_PROBE_MS = 2000
const LAST_PROBE_MS = 30_000

interface Open {
  readonly sinceMs: number
  readonly waitMs: number
  readonly nextAtMs: number
  readonly isProbing: boolean
}

export function createBreaker({ clock, opened, closed }: BreakerOptions): Breaker {
  const subjects = new Set<string>()
  const witnesses = new Set<string | null>()
  let failures = 0
  let open: Open | null = null

  const rest = (waitMs: number, sinceMs = clock.monotonicMs()): Open => ({
    sinceMs,
    waitMs,
    nextAtMs: clock.monotonicMs() + waitMs,
    isProbing: false,
  })

  return {
    isOpen: () => open !== null,
    refusedUntilMs() {
      if (!open) return null
      return open.isProbing || clock.monotonicMs() < open.nextAtMs ? open.nextAtMs : null
    },
    enter() {
      if (!open) return { isProbe: false }
      // Told to those who are refused meanwhile: if this one fails, there is none before then.
      const waitMs = nextWait(open.waitMs)
      open = { ...open, isProbing: true, nextAtMs: clock.monotonicMs() + waitMs }
      return { isProbe: true }
    },
    succeeded() {
      failures = 0
      subjects.clear()
      witnesses.clear()
      if (!open) return
      closed({ openMs: clock.monotonicMs() - open.sinceMs })
      open = null
    },
    failed({ isProbe }, { subject, witness }) {
      // What was sent before it opened brings no news.
      if (open && isProbe) open = rest(nextWait(open.waitMs), open.sinceMs)
      if (open || (subject !== null && subjects.has(subject))) return
      if (subject !== null) subjects.add(subject)
      witnesses.add(witness)
      failures += 1
      const isBeyondDoubt = witnesses.has(null) || witnesses.size > 1
      if (failures < FAILURES_TO_OPEN || !isBeyondDoubt) return
      open = rest(FIRST_PROBE_MS)
      opened({ failures, probeInMs: FIRST_PROBE_MS })
    },
    left({ isProbe }) {
      if (open && isProbe) open = { ...open, isProbing: false, nextAtMs: clock.monotonicMs() }
    },
  }
}

const nextWait = (waitMs: number): number => Math.min(waitMs * 2, LAST_PROBE_MS)
