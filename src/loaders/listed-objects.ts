// What lists have shown of objects: the lists that this request has read first, then the cached ones.
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { ownReadOf, tenantListOf } from '../aurora/reads.ts'
import type { CacheReads } from '../cache/cache-reads.ts'
import { staleReasonOf } from '../errors/errors.ts'
import type { GatewayError } from '../errors/errors.ts'
import { countSaved } from '../rest/accounting.ts'
import type { Terms, UsedReply } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import { covers } from './aurora-object.ts'
import { isReadable } from './pages.ts'

export interface ListedOptions {
  readonly cache: Pick<CacheReads, 'readListed' | 'readKept'>
  /** Receives the calls that a cached list has spared; left out in a dry run. */
  readonly emit?: Emit | undefined
}

export function createListedObjects(terms: Terms, { cache, emit }: ListedOptions) {
  const seen = new Map<string, Members>()
  /** Lists in which nothing was looked up yet: most requests never look anything up. */
  const unindexed = new Map<Kind, (readonly Members[])[]>()
  const marked = new Set<string>()
  const nameOf = (kind: Kind, id: string): string => `${kind}:${id}`

  function readSeen(kind: Kind, id: string): Members | undefined {
    for (const item of (unindexed.get(kind) ?? []).flat().filter(isReadable))
      seen.set(nameOf(kind, String(item['id'])), item)
    unindexed.delete(kind)
    return seen.get(nameOf(kind, id))
  }

  /** Once for each object, even where it lacks members that are wanted: the others may be shown. */
  function markUnconfirmed(name: string, kind: Kind, { operation, answeredAtMs }: UsedReply): void {
    if (marked.has(name)) return
    marked.add(name)
    countSaved(emit, terms, { operation: sparedBy(kind), by: 'stale' })
    terms.onStale({ operation, answeredAtMs, reason: 'UNCONFIRMED' })
  }

  return {
    add(kind: Kind, items: readonly Members[]): void {
      unindexed.set(kind, [...(unindexed.get(kind) ?? []), items])
    },
    read(kind: Kind, id: string, members: readonly string[]): Members | null {
      const here = readSeen(kind, id)
      if (here) return here
      const name = nameOf(kind, id)
      let isUnconfirmed = false
      const onUsed = (used: UsedReply): void => {
        terms.onUsed(used)
        isUnconfirmed = used.isUnconfirmed ?? false
        if (isUnconfirmed) markUnconfirmed(name, kind, used)
      }
      const listed = cache.readListed(terms.scope.key, kind, id, { ...terms, onUsed })
      if (listed && covers(listed, members)) {
        if (!isUnconfirmed) countSaved(emit, terms, { operation: sparedBy(kind), by: 'listed' })
        seen.set(name, listed)
      }
      return listed
    },
    readKept(kind: Kind, id: string, members: readonly string[], error: GatewayError): Members | null {
      const kept = cache.readKept(terms.scope.key, kind, id, terms)
      if (!kept || !covers(kept.members, members)) return null
      const { operation, answeredAtMs } = kept
      countSaved(emit, terms, { operation: sparedBy(kind), by: 'stale' })
      terms.onStale({ operation, answeredAtMs, reason: staleReasonOf(error) })
      return kept.members
    },
  }
}

/** The read that a cached list has spared: that of the one object where Aurora has one, else that of the list. */
const sparedBy = (kind: Kind): string => (ownReadOf(kind) ?? tenantListOf(kind))?.operation ?? kind
