// Documents that callers have registered by their hash: of each scope apart, in bounded memory, forgotten when it is full.
import { LRUCache } from 'lru-cache'
import type { ScopeKey } from '../rest/scope.ts'

export interface AutomaticDocuments {
  find(scope: ScopeKey, hash: string): string | null
  /** `hash` is that of `text`; what is kept was executed before. */
  keep(scope: ScopeKey, hash: string, text: string): void
}

/** Some hundred screens. Whoever registers more puts out its own, and nobody else's. */
const MAX_BYTES_OF_SCOPE = 256 * 1024
/** Tenants that are active at once; with each at its bound this is 50 MB. */
const MAX_SCOPES = 200
const ENTRY_BYTES = 200

export function createAutomaticDocuments(): AutomaticDocuments {
  const scopes = new LRUCache<ScopeKey, LRUCache<string, string>>({ max: MAX_SCOPES })
  return {
    find: (scope, hash) => scopes.get(scope)?.get(hash) ?? null,
    keep(scope, hash, text) {
      const documents =
        scopes.get(scope) ??
        new LRUCache<string, string>({
          maxSize: MAX_BYTES_OF_SCOPE,
          sizeCalculation: (kept) => 2 * kept.length + ENTRY_BYTES,
        })
      scopes.set(scope, documents)
      documents.set(hash, text)
    },
  }
}
