// The objects that lists have shown: first the lists that this request has read, then the cached ones.
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { ownReadOf, tenantListOf } from '../aurora/reads.ts'
import type { CacheReads } from '../cache/cache-reads.ts'
import type { Wanted } from '../cache/decide-use.ts'
import { staleReasonOf } from '../errors/errors.ts'
import type { GatewayError } from '../errors/errors.ts'
import { countSaved } from '../rest/accounting.ts'
import type { Terms, UsedReply } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import { covers } from './aurora-object.ts'
import { isReadable } from './readable.ts'
import type { ReadsWatch } from './reads-made.ts'

export interface ListedOptions {
  readonly cache: Pick<CacheReads, 'readListed' | 'readKept'>
  /** Receives the calls that a cached list has saved; left out in a dry run. */
  readonly emit?: Emit | undefined
  /** Notes the look-ups in lists that this request has not read. */
  readonly watch?: Pick<ReadsWatch, 'list' | 'look'> | undefined
}

export function createListedObjects(terms: Terms, { cache, emit, watch }: ListedOptions) {
  const seen = createSeen()
  const marked = new Set<string>()
  let used: UsedReply | null = null
  const wanted: Wanted = {
    begunAtMs: terms.begunAtMs,
    freshness: terms.freshness,
    onUsed(reply) {
      terms.onUsed(reply)
      used = reply
    },
  }

  /** Marks each object once, even if it lacks needed members, because its other members may be shown. */
  function markUnconfirmed(kind: Kind, id: string, { operation, answeredAtMs }: UsedReply): void {
    const name = `${kind}:${id}`
    if (marked.has(name)) return
    marked.add(name)
    countSaved(emit, terms, { operation: sparedBy(kind), by: 'stale' })
    terms.onStale({ operation, answeredAtMs, reason: 'UNCONFIRMED' })
  }

  return {
    add(kind: Kind, items: readonly Members[]): void {
      seen.add(kind, items)
      watch?.list(kind, items)
    },
    seen: (kind: Kind, id: string): Members | undefined => seen.of(kind).get(id),
    learn: (kind: Kind, id: string, members: Members): void => void seen.of(kind).set(id, members),
    read(kind: Kind, id: string, members: readonly string[]): Members | null {
      const known = seen.of(kind)
      const here = known.get(id)
      if (here) return here
      used = null
      const listed = cache.readListed(terms.scope.key, kind, id, wanted)
      const unconfirmed = asUnconfirmed(used)
      if (unconfirmed) markUnconfirmed(kind, id, unconfirmed)
      const isEnough = listed !== null && covers(listed, members)
      if (isEnough) {
        if (!unconfirmed) countSaved(emit, terms, { operation: sparedBy(kind), by: 'listed' })
        known.set(id, listed)
      }
      watch?.look({ kind, id, members: listed, saved: isEnough ? sparedBy(kind) : null })
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

/** Objects that this request has seen in lists, by kind and id. */
function createSeen() {
  const seen = new Map<Kind, Map<string, Members>>()
  /** Lists that have no index yet, because most requests never look anything up. */
  const unindexed = new Map<Kind, (readonly Members[])[]>()

  return {
    add(kind: Kind, items: readonly Members[]): void {
      const lists = unindexed.get(kind)
      if (lists) lists.push(items)
      else unindexed.set(kind, [items])
    },
    of(kind: Kind): Map<string, Members> {
      const known = seen.get(kind) ?? new Map<string, Members>()
      if (!seen.has(kind)) seen.set(kind, known)
      const lists = unindexed.get(kind)
      if (!lists) return known
      unindexed.delete(kind)
      for (const items of lists)
        for (const item of items) if (isReadable(item)) known.set(String(item['id']), item)
      return known
    },
  }
}

const asUnconfirmed = (used: UsedReply | null): UsedReply | null => (used?.isUnconfirmed ? used : null)

/** The read that a cached list has saved: that of the one object if Aurora has one, otherwise that of the list. */
const sparedBy = (kind: Kind): string => (ownReadOf(kind) ?? tenantListOf(kind))?.operation ?? kind
