// The findings of an examination: one line for each thing that was checked, with advice if it is not right.

/** `wrong`: the gateway does not start, or cannot do its work. `warning`: it works, and not as well as it could. */
export type Verdict = 'ok' | 'warning' | 'wrong' | 'skipped'

export type Subject = 'settings' | 'files' | 'ports' | 'redis' | 'keys' | 'aurora' | 'clock'

export interface Finding {
  readonly subject: Subject
  readonly verdict: Verdict
  /** In words for people; contains no secret. */
  readonly says: string
  /** What to do; null if there is nothing to do. */
  readonly advice: string | null
}

export interface Report {
  /** Whether nothing is wrong. */
  readonly isRight: boolean
  /** Calls to Aurora that were made: at most one. */
  readonly calls: number
  readonly findings: readonly Finding[]
}

export const ok = (subject: Subject, says: string): Finding => ({
  subject,
  verdict: 'ok',
  says,
  advice: null,
})

export const skipped = (subject: Subject, says: string): Finding => ({
  ...ok(subject, says),
  verdict: 'skipped',
})

export const warning = (subject: Subject, says: string, advice: string | null): Finding => ({
  subject,
  verdict: 'warning',
  says,
  advice,
})

export const wrong = (subject: Subject, says: string, advice: string | null): Finding => ({
  ...warning(subject, says, advice),
  verdict: 'wrong',
})

/** The code of an error of the system, such as EACCES, or its class, without its text, which may quote an address. */
export const nameOf = (error: unknown): string => {
  const { cause } = error instanceof Error ? error : {}
  for (const each of [error, cause])
    if (each instanceof Error && 'code' in each && typeof each.code === 'string') return each.code
  return error instanceof Error ? error.name : 'unknown'
}
