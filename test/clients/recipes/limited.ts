// What an app does with the errors of an answer: when it asks again, and the one sentence that its user reads.

export interface AnswerError {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** The time at which the same query is answered in full; null if nothing was refused. All refused fields have the same time. */
export function retryAtOf(errors: readonly AnswerError[] | undefined): Date | null {
  const limited = errors?.find(({ extensions }) => extensions?.['code'] === 'RATE_LIMITED')
  return limited ? new Date(String(limited.extensions?.['retryAt'])) : null
}

/** One sentence for a screen, however many of its fields failed; null if none did. */
export function sentenceOf(errors: readonly AnswerError[] | undefined): string | null {
  const codes = new Set(errors?.map(({ extensions }) => String(extensions?.['code'])))
  if (codes.size === 0) return null
  if (codes.has('RATE_LIMITED')) {
    const time = retryAtOf(errors)?.toLocaleTimeString([], { timeStyle: 'medium' })
    return `Some of this is still being fetched. It will be here at ${time}.`
  }
  if ([...codes].every((code) => code === 'FORBIDDEN')) return 'Some of this is not part of your access.'
  if (codes.has('NOT_FOUND')) return 'Some of this no longer exists.'
  return 'Aurora did not answer for some of this. Please try again in a minute.'
}
