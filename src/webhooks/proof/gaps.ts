// How long the webhooks of a kind are silent as a rule, learned from the gaps between those that came.

export interface Gaps {
  note(atMs: number): void
  /** Monotonic; -Infinity where none has come. */
  lastAtMs(): number
  /** Silence until then is usual. */
  silentUntilMs(): number
}

/** What comes in quick succession is about one change, or one import of many: it shows nothing of how often changes are made. */
const APART_MS = 10_000
/** Of an hour on a busy day, or of some days. */
const MAX_GAPS = 20
/** A gap three times as long as the longest of twenty is no chance. */
const TIMES = 3
/** A coffee break is no doubt. */
const MIN_SILENCE_MS = 15 * 60_000

/** `maxMs`: replies are fresh no longer, so that whoever works there by day only is in doubt each night. */
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
