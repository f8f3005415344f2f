// What Aurora's answers have shown of each credential: accepted, refused, or unknown. In limited memory.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { isUnseen } from '../errors/of-the-way.ts'
import type { BudgetKey, Scope, ScopeKey } from './scope.ts'

/** `unknown`: Aurora has not answered a call of it with a success yet, or not for a long time. */
export type Standing = 'accepted' | 'refused' | 'unknown'

export interface Standings {
  /** A credential of the settings is accepted from the start: only those that callers bring may be made up. */
  of(scope: Scope): Standing
  /** Whether Aurora has refused a call of it, for any reason, and accepted none within a minute. */
  isDoubtful(scope: Scope): boolean
  /** Whether Aurora has answered a call with this credential with a success: for any tenant and any caller. */
  hasSucceeded(scope: Scope): boolean
  /** To be called when Aurora has answered a call with a success. */
  accept(scope: Scope): void
  /**
   * To be called when another process has seen such an answer. Changes nothing for a credential that was withdrawn here
   * since.
   */
  recall(scope: Scope): void
  /**
   * To be called when Aurora has answered a call with this status, which is no success. Without `sentAtMs` it was sent
   * just now.
   */
  refuse(scope: Scope, status: number, sentAtMs?: number): void
  /** As `of`, for a brought credential, by the key of its scope. */
  isAccepted(key: ScopeKey): boolean
  /** Whether a tenant of this API key was accepted, so that its calls are worth counting for all replicas. */
  isCounted(key: BudgetKey): boolean
}

/** Some hundred bytes each. A credential that is forgotten is accepted again by its next success. */
const MAX_CREDENTIALS = 10_000
/** A key of Aurora works within moments after it was made; a sender that repeats a wrong one makes two calls a minute. */
const REFUSED_MS = 30_000
const DOUBTFUL_MS = 60_000
/**
 * This many 401s in a row show that an accepted credential was withdrawn. A single 401 may be about one operation, and
 * a screen sends twenty calls of it at once, so only a call counts that was sent after the refusal before.
 */
const REFUSALS_IN_A_ROW = 5

/** 5xx is about Aurora. Any other 4xx that Aurora has answered with may be due to the credential. */
const isVerdict = (status: number): boolean => status >= 400 && status < 500 && !isUnseen(status)

/**
 * `max` is not used, because it would allocate the places of all credentials at the start, which takes milliseconds and
 * megabytes.
 */
const rememberMany = <Key extends string, Value extends object | number | true>(): LRUCache<Key, Value> =>
  new LRUCache<Key, Value>({ maxSize: MAX_CREDENTIALS, sizeCalculation: () => 1 })

export interface StandingsOptions {
  readonly clock: Clock
  /** Called at the first success of a credential that a caller has brought. */
  readonly onAccepted?: (key: ScopeKey) => void
  /**
   * Called when an accepted one was withdrawn, because otherwise every process would take it over as accepted again and
   * again.
   */
  readonly onWithdrawn?: (key: ScopeKey) => void
}

export function createStandings({
  clock,
  onAccepted = () => {},
  onWithdrawn = () => {},
}: StandingsOptions): Standings {
  const succeeded = rememberMany<string, true>()
  /** With the number of 401s since the last success. */
  const accepted = rememberMany<ScopeKey, { refusals: number; refusedAtMs: number }>()
  /** Until its next success. */
  const withdrawn = rememberMany<ScopeKey, true>()
  const counted = rememberMany<BudgetKey, true>()
  const refusedUntil = rememberMany<ScopeKey, number>()
  const doubtfulUntil = rememberMany<ScopeKey, number>()
  const isBefore = (atMs: number | undefined): boolean => atMs !== undefined && clock.monotonicMs() < atMs

  return {
    of({ key, isBrought }) {
      if (!isBrought || accepted.has(key)) return 'accepted'
      return isBefore(refusedUntil.get(key)) ? 'refused' : 'unknown'
    },
    isDoubtful: ({ key, isBrought }) => isBrought && !accepted.has(key) && isBefore(doubtfulUntil.get(key)),
    hasSucceeded: (scope) => succeeded.has(credentialOf(scope)),
    accept(scope) {
      const credential = credentialOf(scope)
      // A read counts as a use as well, and costs less.
      if (!succeeded.get(credential)) succeeded.set(credential, true)
      if (!scope.isBrought) return
      counted.set(scope.budgetKey, true)
      const isNews = !accepted.has(scope.key)
      accepted.set(scope.key, { ...NOT_REFUSED })
      if (!isNews) return
      withdrawn.delete(scope.key)
      onAccepted(scope.key)
    },
    recall({ key, budgetKey }) {
      if (withdrawn.has(key)) return
      counted.set(budgetKey, true)
      accepted.set(key, { ...NOT_REFUSED })
    },
    refuse({ key, isBrought }, status, sentAtMs = clock.monotonicMs()) {
      if (!isBrought) return
      const nowMs = clock.monotonicMs()
      const known = accepted.get(key)
      if (known && status === 401 && sentAtMs >= known.refusedAtMs) {
        known.refusals += 1
        known.refusedAtMs = nowMs
      }
      if (known && known.refusals < REFUSALS_IN_A_ROW) return
      if (accepted.delete(key)) {
        withdrawn.set(key, true)
        onWithdrawn(key)
      }
      if (isVerdict(status)) doubtfulUntil.set(key, nowMs + DOUBTFUL_MS)
      if (status === 401) refusedUntil.set(key, nowMs + REFUSED_MS)
    },
    isAccepted: (key) => accepted.has(key),
    isCounted: (key) => counted.has(key),
  }
}

const NOT_REFUSED = { refusals: 0, refusedAtMs: -Infinity }

/** Each success needs such a text: a kept one was hashed before, while a new one would be hashed each time. */
const credentials = new WeakMap<Scope, string>()

/** Without the tenant: a success for one tenant counts for all tenants of the credential. */
function credentialOf(scope: Scope): string {
  const known = credentials.get(scope)
  if (known !== undefined) return known
  const credential = `${scope.authentication.fingerprint} ${scope.baseUrl.href}`
  credentials.set(scope, credential)
  return credential
}
