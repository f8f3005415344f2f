// How long an answer stays in the cache: the lifetime of its kind, and the exceptions for jobs and refusals.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { kindRow } from '../aurora/kinds.ts'
import type { Kind } from '../aurora/kinds.ts'
import { FORBIDDEN, JOB, LINKED, NOT_FOUND } from '../aurora/lifetimes.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { Reply } from '../rest/call.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'

/** A job that has ended changes no more, except that its links expire. */
export function decideLifetime(kind: Kind, value: Reply['value']): Lifetime {
  const { lifetime } = kindRow(kind)
  return lifetime === JOB && hasEnded(value) ? LINKED : lifetime
}

/** The two words after which a job does not change any more; with any other word it is still running. */
const ENDS: ReadonlySet<unknown> = new Set(['succeeded', 'failed'])

export const hasEnded = (value: Reply['value']): boolean => {
  const status = (value as Members | null)?.['status']
  return typeof status === 'string' && ENDS.has(status.trim().toLowerCase())
}

/** How long a refusal stays as it is; null for those that are never cached. */
export function decideRefusalLifetime(status: number, { kind, mayBeAbsent }: Endpoint): Lifetime | null {
  if (status === 403) return FORBIDDEN
  if (status !== 404) return null
  const { lifetime } = kindRow(kind)
  // If absence is an ordinary state, it is an answer like any other, with the same lifetime.
  return mayBeAbsent ? { ...lifetime, keptMs: lifetime.staleMs } : NOT_FOUND
}

/** Null for answers that are never cached. */
export const lifetimeOf = (endpoint: Endpoint, answer: Answer): Lifetime | null =>
  isReply(answer)
    ? decideLifetime(endpoint.kind, answer.value)
    : decideRefusalLifetime(answer.status, endpoint)

export type Age = 'fresh' | 'stale' | 'old' | 'expired'

export function decideAge(ageMs: number, { freshMs, staleMs, keptMs }: Lifetime): Age {
  if (ageMs < freshMs) return 'fresh'
  if (ageMs < staleMs) return 'stale'
  return ageMs < keptMs ? 'old' : 'expired'
}
