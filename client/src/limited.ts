// What follows from the errors of an answer: when a repeat is useful, and the one sentence that a user reads until then.

export interface AnswerError {
  readonly message?: string
  readonly path?: readonly (string | number)[] | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** Some fields were refused for a time. */
export interface Limited {
  /** When all of them can be answered, by the clock of this device. */
  readonly retryAt: Date
  /** The same, from now on. */
  readonly waitMs: number
  /** How many fields were refused. */
  readonly fields: number
}

/** A timer of JavaScript that is set for more than 24 days ends at once, and so distant a time is of no use to a user. */
const MAX_WAIT_MS = 3_600_000

/**
 * Null if nothing was refused for a time. `receivedAtMs` is the `Date` of the answer if it is at hand, or else the time of this
 * device, and is used only where `retryAfter` is missing: a device's clock may be wrong by hours, a number of seconds is not.
 */
export function limitedOf(
  errors: readonly AnswerError[] | undefined,
  receivedAtMs: number = Date.now(),
): Limited | null {
  const waits = (errors ?? []).flatMap(({ extensions = {} }) => readWaitMs(extensions, receivedAtMs))
  if (waits.length === 0) return null
  const waitMs = Math.min(Math.max(...waits), MAX_WAIT_MS)
  return { retryAt: new Date(Date.now() + waitMs), waitMs, fields: waits.length }
}

/** Only failures that end by themselves have a time. */
function readWaitMs({ retryAfter, retryAt }: Readonly<Record<string, unknown>>, atMs: number): number[] {
  const waitMs = typeof retryAfter === 'number' ? retryAfter * 1000 : Date.parse(String(retryAt)) - atMs
  return Number.isFinite(waitMs) ? [Math.max(0, waitMs)] : []
}

/** The time at which the same query is answered in full; null if nothing was refused for a time. */
export const retryAtOf = (errors: readonly AnswerError[] | undefined): Date | null =>
  limitedOf(errors)?.retryAt ?? null

/** One sentence for a screen, however many of its fields failed; null if none did. */
export function sentenceOf(errors: readonly AnswerError[] | undefined): string | null {
  const codes = new Set(errors?.map(({ extensions }) => String(extensions?.['code'])))
  if (codes.size === 0) return null
  const retryAt = codes.has('RATE_LIMITED') ? retryAtOf(errors) : null
  if (retryAt)
    return `Some of this will be here at ${retryAt.toLocaleTimeString([], { timeStyle: 'medium' })}.`
  if (codes.has('UNAUTHENTICATED')) return 'Please sign in again.'
  if (codes.has('FORBIDDEN') && codes.size === 1) return 'You may not see some of this.'
  if (codes.has('NOT_FOUND')) return 'Some of this no longer exists.'
  return 'Aurora did not answer for some of this. Please try again in a minute.'
}
