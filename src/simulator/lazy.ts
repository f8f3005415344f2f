// Makes data at its first read, and makes the same data in any order of reads.

import { createRandom } from './random.ts'
import type { Random } from './random.ts'

/** Makes each value once, because the data set never changes. An unknown key is not stored. */
export function memoize<T>(make: (key: string) => T | undefined): (key: string) => T | undefined {
  const made = new Map<string, T>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const fresh = make(key)
    if (fresh !== undefined) made.set(key, fresh)
    return fresh
  }
}

interface OwnedOptions {
  readonly seed: number
  /** Names the streams of chance, so no two kinds may have the same. */
  readonly kind: string
  /** Ids of the projects or designs that may have such things. */
  readonly ownerIds: readonly string[]
  /** The most that one owner can have. */
  readonly most: number
}

export interface Owned<T> {
  /** None for an unknown owner. */
  of(ownerId: string): readonly T[]
  find(id: string): T | undefined
}

/**
 * Ids are made apart from the objects that they name, so that the owner of an id is found without making all objects. `make`
 * has to take its ids from `ids`, from the first one on.
 */
export function createOwned<T extends { readonly id: string }>(
  { seed, kind, ownerIds, most }: OwnedOptions,
  make: (ownerId: string, ids: readonly string[], random: Random) => readonly T[],
): Owned<T> {
  let known: ReadonlySet<string> | undefined
  /** Made at the first read, because most simulators are read for a few kinds only. */
  const isKnown = (ownerId: string): boolean => (known ??= new Set(ownerIds)).has(ownerId)
  const drawIds = (ownerId: string): string[] => {
    const random = createRandom(seed, kind, 'ids', ownerId)
    return Array.from({ length: most }, () => random.uuid())
  }
  const list = memoize((ownerId) =>
    isKnown(ownerId)
      ? make(ownerId, drawIds(ownerId), createRandom(seed, kind, 'contents', ownerId))
      : undefined,
  )
  let ownerOf: ReadonlyMap<string, string> | undefined
  return {
    of: (ownerId) => list(ownerId) ?? [],
    find(id) {
      ownerOf ??= new Map(ownerIds.flatMap((ownerId) => drawIds(ownerId).map((own) => [own, ownerId])))
      return list(ownerOf.get(id) ?? '')?.find((item) => item.id === id)
    },
  }
}
