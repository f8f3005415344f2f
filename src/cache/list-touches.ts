// Records the touched objects of lists: apart from these objects, a cached list is still as it is at Aurora.
import { LRUCache } from 'lru-cache'
import { READS } from '../aurora/reads.ts'
import { isTenantList } from './invalidation.ts'
import type { Touch } from './invalidation.ts'
import { tenantOf } from '../rest/scope.ts'
import type { Owner, ScopeKey } from '../rest/scope.ts'
import type { Mark } from './read-name.ts'

export interface ListTouches {
  add(owner: Owner, touches: readonly Touch[], mark: Mark): void
  /** Adds a touch of unknown parts. */
  addAll(mark: Mark): void
  /** The objects of which the list was touched after this moment; null if something else may have changed in it. */
  objectsSince(scope: ScopeKey, operation: string, since: Mark): readonly string[] | null
}

interface OfList {
  /** In lower case, each with the mark of its last touch. The one that was touched last is at the end. */
  readonly objects: Map<string, Mark>
  /** Up to this moment, something else may have changed. */
  unknownAt: Mark
}

/** Reading this many objects costs as many calls as a list of 16,000. */
export const MAX_OBJECTS = 64
/** Lists of all owners. Each has some kilobytes at the most. */
const MAX_LISTS = 1000

export function createListTouches(): ListTouches {
  let unknownAt: Mark = 0
  const lists = new LRUCache<string, OfList>({
    max: MAX_LISTS,
    dispose(list, _name, reason) {
      if (reason === 'evict') unknownAt = Math.max(unknownAt, list.unknownAt, ...list.objects.values())
    },
  })

  function note(list: OfList, of: string | undefined, mark: Mark): void {
    if (of === undefined) {
      list.unknownAt = mark
      list.objects.clear()
      return
    }
    const id = of.toLowerCase()
    list.objects.delete(id)
    list.objects.set(id, mark)
    if (list.objects.size <= MAX_OBJECTS) return
    const [[oldest, oldestMark] = ['', mark]] = list.objects
    list.objects.delete(oldest)
    list.unknownAt = oldestMark
  }

  return {
    add(owner, touches, mark) {
      for (const { operation, of } of touches) {
        if (!isTenantList(READS[operation])) continue
        const name = `${owner} ${operation}`
        const known = lists.get(name)
        const list = known ?? { objects: new Map<string, Mark>(), unknownAt: 0 }
        note(list, of, mark)
        if (!known) lists.set(name, list)
      }
    },
    addAll(mark) {
      unknownAt = mark
      lists.clear()
    },
    objectsSince(scope, operation, since) {
      const objects = new Set<string>()
      for (const owner of [scope, tenantOf(scope)]) {
        const list = lists.get(`${owner} ${operation}`)
        if (since < Math.max(unknownAt, list?.unknownAt ?? 0)) return null
        for (const [id, mark] of list?.objects ?? []) if (mark > since) objects.add(id)
      }
      return [...objects]
    },
  }
}
