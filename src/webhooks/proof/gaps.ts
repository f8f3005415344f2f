// How long the webhooks of a kind are usually silent, learned from the gaps between them.

export interface Gaps {
  note(atMs: number): void
  /** Monotonic time; -Infinity if none has come. */
  lastAtMs(): number
  /** Monotonic time until which silence is usual. */
  silentUntilMs(): number
}

/**
 * Webhooks in quick succession are about one change, or one import of many, so they do not show how often changes are
 * made.
 */
const APART_MS = 10_000
/** The gaps of an hour on a busy day, or of some days. */
const MAX_GAPS = 20
/** A gap three times as long as the longest of twenty is no coincidence. */
const TIMES = 3
/** A short break in an office is no doubt. */
const MIN_SILENCE_MS = 15 * 60_000

/** `maxMs`: no reply is fresh for longer, so a company that works only by day comes into doubt each night. */
export function createGaps(maxMs: number): Gaps {
  const gaps: number[] = []
  let lastAtMs = -Infinity
  return {
    note(atMs) {
      const gapMs = atMs - lastAtMs
      if (gapMs >= APART_MS && gapMs < Infinity) {
        gaps.push(gapMs)
        if (gaps.length > MAX_GAPS) gaps.shift()
      }
      lastAtMs = Math.max(lastAtMs, atMs)
    },
    lastAtMs: () => lastAtMs,
    silentUntilMs: () => lastAtMs + Math.min(maxMs, Math.max(MIN_SILENCE_MS, TIMES * Math.max(0, ...gaps))),
  }
}

export const isApart = (oneMs: number, otherMs: number): boolean => otherMs - oneMs >= APART_MS
