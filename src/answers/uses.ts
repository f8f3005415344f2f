// Counts how often answers are given again, and reports it once a second at most for each: an answer may have hundreds of parts.

export interface Uses<Answer> {
  noteUse(answer: Answer, nowMs: number): void
  /** Reports what was counted and not reported yet. */
  reportUses(): void
}

/** Short beside every lifetime, and long beside the time that a report takes. */
const REPORTED_EVERY_MS = 1000
/** Answers with repeats that are not reported yet; of more than these, the first one is reported early. */
const MAX_WAITING = 500

export function createUses<Answer extends object>(
  report: (answer: Answer, times: number) => void,
): Uses<Answer> {
  const reportedAtMs = new WeakMap<Answer, number>()
  const waiting = new Map<Answer, { times: number }>()

  const reportOne = (answer: Answer, times: number): void => {
    waiting.delete(answer)
    report(answer, times)
  }
  return {
    noteUse(answer, nowMs) {
      const counted = waiting.get(answer)
      const times = (counted?.times ?? 0) + 1
      if (nowMs - (reportedAtMs.get(answer) ?? -Infinity) >= REPORTED_EVERY_MS) {
        reportedAtMs.set(answer, nowMs)
        return reportOne(answer, times)
      }
      if (counted) return void (counted.times = times)
      waiting.set(answer, { times })
      const [first] = waiting
      if (first && waiting.size > MAX_WAITING) reportOne(first[0], first[1].times)
    },
    reportUses() {
      for (const [answer, { times }] of waiting) reportOne(answer, times)
    },
  }
}
