// Counts how often answers are given again, and reports it once a second at most for each: an answer may have hundreds of parts.

export interface Uses<Answer> {
  noteUse(answer: Answer, nowMs: number): void
  /** Reports a few of the answers whose uses have waited for a second. To be called with every request. */
  reportDue(nowMs: number): void
  /** Reports what was counted and not reported yet. */
  reportUses(): void
  /**
   * The answer is over: nothing here refers to it any more. What was counted is not reported, since the cache may be in the
   * middle of a change.
   */
  forget(answer: Answer): void
}

/** Short beside every lifetime, and long beside the time that a report takes. */
const REPORTED_EVERY_MS = 1000
/** Answers with uses that are not reported yet; of more than these, the first one is reported early. */
const MAX_WAITING = 500
/** A use adds one answer at most, so fewer and fewer wait; and no request works for all of them. */
const MAX_AT_ONCE = 2

interface Waiting {
  times: number
  readonly sinceMs: number
}

export function createUses<Answer extends object>(
  report: (answer: Answer, times: number) => void,
): Uses<Answer> {
  const reportedAtMs = new WeakMap<Answer, number>()
  /** The one that has waited for longest comes first. */
  const waiting = new Map<Answer, Waiting>()

  const reportOne = (answer: Answer, times: number): void => {
    waiting.delete(answer)
    report(answer, times)
  }
  const isDue = ({ sinceMs }: Waiting, nowMs: number): boolean =>
    nowMs - sinceMs >= REPORTED_EVERY_MS || waiting.size > MAX_WAITING
  const reportDue = (nowMs: number): void => {
    for (let left = MAX_AT_ONCE; left > 0 && waiting.size > 0; left -= 1) {
      const [first] = waiting
      if (!first || !isDue(first[1], nowMs)) return
      reportedAtMs.set(first[0], nowMs)
      reportOne(first[0], first[1].times)
    }
  }

  return {
    noteUse(answer, nowMs) {
      const counted = waiting.get(answer)
      const times = (counted?.times ?? 0) + 1
      if (nowMs - (reportedAtMs.get(answer) ?? -Infinity) >= REPORTED_EVERY_MS) {
        reportedAtMs.set(answer, nowMs)
        reportOne(answer, times)
      } else if (counted) counted.times = times
      else waiting.set(answer, { times, sinceMs: nowMs })
      reportDue(nowMs)
    },
    reportDue,
    reportUses() {
      for (const [answer, { times }] of waiting) reportOne(answer, times)
    },
    forget: (answer) => void waiting.delete(answer),
  }
}
