// The words of the pane: how many calls, and how long until then.
import type { Plan } from './ask-cost.ts'

export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** The number alone, because the user compares it with what is spent afterwards. */
export function describeCost(plan: Plan): string {
  const { min, expected, max } = plan.calls
  if (isCutShort(plan)) return `at least ${plural(expected, 'call')}`
  return min === max ? plural(expected, 'call') : `about ${plural(expected, 'call')}`
}

export function describeRange(plan: Plan): string {
  const { min, expected, max } = plan.calls
  if (isCutShort(plan)) return 'Counting ended early: this is the least that is needed.'
  if (max === 0) return 'All of it is in memory, or needs none.'
  if (min === max) return 'This is exact, as long as nothing fails.'
  const most = plan.isComplete
    ? `seldom more than ${Math.max(max, expected)}`
    : `${max} or more if a list is very long`
  return `${min} at least, ${most}: lists that have not been read decide.`
}

/** Counting the longest lists may end early where counting likely ones did not. */
const isCutShort = ({ calls, isComplete }: Plan): boolean => !isComplete && calls.max <= calls.expected

export function describeWait(waitMs: number): string {
  const seconds = Math.max(0, Math.ceil(waitMs / 1000))
  if (seconds === 0) return 'now'
  if (seconds < 120) return `in ${seconds} s`
  return seconds < 7200 ? `in ${Math.ceil(seconds / 60)} min` : `in ${Math.ceil(seconds / 3600)} h`
}

/** In all calls together, so it may be longer than the answer took. */
export const describeQueued = (queuedMs: number): string =>
  queuedMs < 1000 ? `${Math.round(queuedMs)} ms` : `${(queuedMs / 1000).toFixed(1)} s`

export function describeAge(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`
}
