// Counts how often answers are given again, and reports each at most once a second, because an answer may have hundreds of parts.

export interface Uses<Answer> {
  noteUse(answer: Answer, nowMs: number): void
  /** Reports a few of the answers whose uses have waited for a second. To be called with every request. */
  reportDue(nowMs: number): void
  /** Reports all uses that were not reported yet. */
  reportUses(): void
  /**
   * To be called when the answer is dropped: no reference to it is kept. Its last uses are not reported, because the
   * cache may be in the middle of a change.
   */
  forget(answer: Answer): void
}

/** Short beside every lifetime, and long beside the time that a report takes. */
const REPORTED_EVERY_MS = 1000
/** The number of answers with unreported uses; if there are more, the first one is reported early. */
const MAX_WAITING = 500
/**
 * How many answers are reported at once. A use adds one answer at most, so their number falls, and no request works for
 * all of them.
 */
const MAX_AT_ONCE = 2

interface Waiting {
  times: number
  readonly sinceMs: number
}

export function createUses<Answer extends object>(
  report: (answer: Answer, times: number) => void,
): Uses<Answer> {
  const reportedAtMs = new WeakMap<Answer, number>()
  /** The answer that has waited for longest comes first. */
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
