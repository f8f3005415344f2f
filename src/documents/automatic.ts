// Documents that callers have registered by their hash: separate for each scope, in limited memory, evicted when it is full.
import { LRUCache } from 'lru-cache'
import type { ScopeKey } from '../rest/scope.ts'

export interface AutomaticDocuments {
  find(scope: ScopeKey, hash: string): string | null
  /** `hash` is the hash of `text`; only a document that was executed may be kept. */
  keep(scope: ScopeKey, hash: string, text: string): void
}

/** Some hundred screens. A scope that registers more evicts its own documents and no others. */
const MAX_BYTES_OF_SCOPE = 256 * 1024
/** Scopes that are active at once; with each at its limit this is 50 MB. */
const MAX_SCOPES = 200
const ENTRY_BYTES = 200

/**
 * Documents are kept for scopes for which `isKnown` is true. Otherwise a sender with made-up credentials would displace
 * all documents of others.
 */
export function createAutomaticDocuments(
  isKnown: (scope: ScopeKey) => boolean = () => true,
): AutomaticDocuments {
  const scopes = new LRUCache<ScopeKey, LRUCache<string, string>>({ max: MAX_SCOPES })
  return {
    find: (scope, hash) => scopes.get(scope)?.get(hash) ?? null,
    keep(scope, hash, text) {
      if (!isKnown(scope)) return
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
