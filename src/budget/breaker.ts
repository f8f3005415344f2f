// A circuit breaker: after many failures in a row it refuses all calls, then lets one probe at a time pass until one succeeds.
import type { Clock } from '../clock.ts'

/** Permission to make a call. `isProbe`: the call passes while all others are refused. */
export interface Pass {
  readonly isProbe: boolean
}

export interface Sign {
  /** The object whose call failed: further failures of the same object do not count. Null if each failure counts. */
  readonly subject: string | null
  /**
   * What else may be at fault, such as the operation that failed. The breaker opens only if the failures in a row have at least two
   * different witnesses at each place of this list, which has the same length in all signs of a breaker. Null: nothing else is at fault.
   */
  readonly witnesses: readonly string[] | null
  /** Monotonic; the named time, if Aurora named one: there is no probe before. */
  readonly notBeforeMs: number | null
}

export interface Breaker {
  /** Monotonic time of the next probe if no call may pass now; null if a call may pass. */
  refusedUntilMs(): number | null
  /** True from the failures that opened it until a call succeeds. */
  isOpen(): boolean
  /** Whether it equals a new one: closed, and no failure since the last success. */
  isAtRest(): boolean
  /** To be called only if `refusedUntilMs` is null. Each pass ends with one of the three below. */
  enter(): Pass
  /** Returns what it has closed; null if it was not open. */
  succeeded(): Closed | null
  /** Returns what has opened it; null if this failure has not opened it. */
  failed(pass: Pass, sign: Sign): Opened | null
  /** The call ended without showing anything about Aurora: no client waited for its answer. */
  left(pass: Pass): void
}

export interface Opened {
  readonly failures: number
  readonly probeInMs: number
}

export interface Closed {
  readonly openMs: number
}

/** One failed call and its two retries may be chance; five failures in a row are not. */
const FAILURES_TO_OPEN = 5
/** A restart takes seconds. If it takes minutes, there is a probe every half minute, which costs little. */
const FIRST_PROBE_MS = 2000
const LAST_PROBE_MS = 30_000
/** The longest wait for a named time, because Aurora may be back earlier than it said. */
const LAST_NAMED_PROBE_MS = 5 * 60 * 1000

interface Open {
  readonly sinceMs: number
  readonly waitMs: number
  readonly nextAtMs: number
  readonly isProbing: boolean
}

export function createBreaker({ clock }: { readonly clock: Clock }): Breaker {
  const subjects = new Set<string>()
  const witnesses = createWitnesses()
  let failures = 0
  let open: Open | null = null

  function openFor(waitMs: number, notBeforeMs: number | null, sinceMs = clock.monotonicMs()): Open {
    const nowMs = clock.monotonicMs()
    const namedMs = Math.min(notBeforeMs ?? 0, nowMs + LAST_NAMED_PROBE_MS)
    return { sinceMs, waitMs, nextAtMs: Math.max(nowMs + waitMs, namedMs), isProbing: false }
  }

  return {
    isOpen: () => open !== null,
    isAtRest: () => open === null && failures === 0,
    refusedUntilMs() {
      if (!open) return null
      return open.isProbing || clock.monotonicMs() < open.nextAtMs ? open.nextAtMs : null
    },
    enter() {
      if (!open) return { isProbe: false }
      // Calls that are refused meanwhile get this time, because there is no other probe before it if this one fails.
      const waitMs = nextWait(open.waitMs)
      open = { ...open, isProbing: true, nextAtMs: clock.monotonicMs() + waitMs }
      return { isProbe: true }
    },
    succeeded() {
      failures = 0
      subjects.clear()
      witnesses.clear()
      if (!open) return null
      const openMs = clock.monotonicMs() - open.sinceMs
      open = null
      return { openMs }
    },
    failed({ isProbe }, { subject, witnesses: seen, notBeforeMs }) {
      // A call that was sent before the breaker opened shows nothing new.
      if (open && isProbe) open = openFor(nextWait(open.waitMs), notBeforeMs, open.sinceMs)
      if (open || (subject !== null && subjects.has(subject))) return null
      if (subject !== null) subjects.add(subject)
      witnesses.add(seen)
      failures += 1
      if (failures < FAILURES_TO_OPEN || !witnesses.areEnough()) return null
      open = openFor(FIRST_PROBE_MS, notBeforeMs)
      return { failures, probeInMs: open.nextAtMs - clock.monotonicMs() }
    },
    left({ isProbe }) {
      if (open && isProbe) open = { ...open, isProbing: false, nextAtMs: clock.monotonicMs() }
    },
  }
}

function createWitnesses() {
  const seen: Set<string>[] = []
  let isBeyondDoubt = false
  return {
    add(witnesses: readonly string[] | null): void {
      if (witnesses === null) isBeyondDoubt = true
      else for (const [index, witness] of witnesses.entries()) (seen[index] ??= new Set()).add(witness)
    },
    areEnough: (): boolean => isBeyondDoubt || seen.every(({ size }) => size > 1),
    clear(): void {
      seen.length = 0
      isBeyondDoubt = false
    },
  }
}

const nextWait = (waitMs: number): number => Math.min(waitMs * 2, LAST_PROBE_MS)
