// Remembers which credentials Aurora has accepted: a refusal that comes later is not about them.
import { LRUCache } from 'lru-cache'
import type { Scope } from './scope.ts'

export interface ProvenCredentials {
  /** Aurora has answered a call of this credential with a success. */
  add(scope: Scope): void
  has(scope: Scope): boolean
}

/** Callers may bring credentials of their own. One that is forgotten is proven again by its next success. */
const MAX_CREDENTIALS = 10_000

export function createProvenCredentials(): ProvenCredentials {
  const proven = new LRUCache<string, true>({ max: MAX_CREDENTIALS })
  return {
    add: (scope) => void proven.set(nameOf(scope), true),
    has: (scope) => proven.has(nameOf(scope)),
  }
}

/** Another tenant of the same credential is proven as well. */
const nameOf = ({ baseUrl, authentication }: Scope): string => `${authentication.fingerprint} ${baseUrl.href}`
