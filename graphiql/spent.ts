// What an answer reports of itself: the calls that it has spent and saved, what is stale in it, and when to come back.
import { countOf, listOf, membersOf, textOf } from './unknown.ts'

export interface Window {
  readonly limit: number
  readonly remaining: number
  /** ISO 8601; null while all calls are left. */
  readonly resetAt: string | null
}

export interface StalePlace {
  readonly path: string
  readonly ageSeconds: number
  readonly reason: string
}

export interface Spent {
  readonly calls: number
  readonly saved: { readonly cache: number; readonly joined: number; readonly stale: number }
  readonly queuedMs: number
  readonly window: Window
  readonly stale: readonly StalePlace[]
  /** Fields that the budget has refused. */
  readonly limited: number
  /** ISO 8601: when the whole query can be answered. */
  readonly comeBackAt: string | null
  /** The codes of all other errors, each once. */
  readonly otherCodes: readonly string[]
}

/** null for an answer that reports nothing, such as that of a proxy. */
export function readSpent(answer: unknown): Spent | null {
  const { extensions, errors } = membersOf(answer)
  const { upstream, freshness } = membersOf(extensions)
  const limited = listOf(errors).map(extensionsOf).filter(isLimited)
  const window = readWindow(upstream)
  if (window === null) return null
  const { calls, queuedMs, ...rest } = membersOf(upstream)
  const { cache, joined, stale } = membersOf(rest['saved'])
  return {
    calls: countOf(calls),
    saved: { cache: countOf(cache), joined: countOf(joined), stale: countOf(stale) },
    queuedMs: countOf(queuedMs),
    window,
    stale: listOf(freshness).map(readStale),
    limited: limited.length,
    comeBackAt: latest(limited.flatMap(({ retryAt }) => textOf(retryAt) ?? [])),
    otherCodes: [...new Set(listOf(errors).flatMap(otherCodeOf))],
  }
}

export function readWindow(upstream: unknown): Window | null {
  const { limit, remaining, resetAt } = membersOf(upstream)
  if (typeof limit !== 'number' || typeof remaining !== 'number') return null
  return { limit, remaining, resetAt: textOf(resetAt) }
}

const extensionsOf = (error: unknown) => membersOf(membersOf(error)['extensions'])

const isLimited = (extensions: Readonly<Record<string, unknown>>): boolean =>
  extensions['code'] === 'RATE_LIMITED'

function otherCodeOf(error: unknown): string | readonly [] {
  const extensions = extensionsOf(error)
  return isLimited(extensions) ? [] : (textOf(extensions['code']) ?? 'no code')
}

function readStale(entry: unknown): StalePlace {
  const { path, operation, ageSeconds, reason } = membersOf(entry)
  const names = listOf(path).map(String)
  return {
    path: names.length > 0 ? names.join('.') : (textOf(operation) ?? ''),
    ageSeconds: countOf(ageSeconds),
    reason: textOf(reason) ?? '',
  }
}

const latest = (times: readonly string[]): string | null =>
  times.reduce<string | null>(
    (last, time) => (last === null || Date.parse(time) > Date.parse(last) ? time : last),
    null,
  )
