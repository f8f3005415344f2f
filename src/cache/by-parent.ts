// Objects by their parents, so that a touch of a project is compared only with the project's own objects.
import { listKeys, withKey, withoutKey } from './few-keys.ts'
import type { Keys } from './few-keys.ts'
import { MAX_PARENTS } from './lineage.ts'

export interface ByParent {
  /**
   * Notes parents that the object may have. Former parents are kept, because an older answer may still show the object
   * there.
   */
  note(id: string, parents: readonly string[]): void
  /** Notes whether the parents of the object are known; if not, it may have any parent. */
  settle(id: string, isKnown: boolean): void
  leave(id: string): void
  /** Objects that were noted below this one. */
  notedBelow(parent: string): readonly string[]
  /** The same, and those that may be below any. */
  find(parent: string): readonly string[]
}

export function createByParent(): ByParent {
  const below = new Map<string, Keys>()
  const above = new Map<string, Keys>()
  const anywhere = new Set<string>()
  const notedBelow = (parent: string): readonly string[] => listKeys(below.get(parent))
  return {
    note(id, parents) {
      for (const parent of parents) {
        above.set(id, withKey(above.get(id), parent))
        below.set(parent, withKey(below.get(parent), id))
      }
    },
    settle(id, isKnown) {
      if (isKnown && listKeys(above.get(id)).length <= MAX_PARENTS) anywhere.delete(id)
      else anywhere.add(id)
    },
    leave(id) {
      for (const parent of listKeys(above.get(id))) {
        const left = withoutKey(below.get(parent), id)
        if (left === undefined) below.delete(parent)
        else below.set(parent, left)
      }
      above.delete(id)
      anywhere.delete(id)
    },
    notedBelow,
    find: (parent) => [...new Set([...notedBelow(parent), ...anywhere])],
  }
}
