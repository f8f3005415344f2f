// Finds what belongs to a key, of which only the digest is stored: digests are compared in constant time.
import { hash, timingSafeEqual } from 'node:crypto'

export interface KeyTable<Found> {
  readonly size: number
  /** Null if the key is unknown. */
  find(key: string): Found | null
}

export interface KeyEntry<Found> {
  /** 64 hex digits. */
  readonly sha256: string
  readonly found: Found
}

/** Compares two digests, in the same time for any two. */
export type IsEqual = typeof timingSafeEqual

/**
 * A key is found by its digest, in the same time for any number of keys. The time of the look-up reveals nothing:
 * senders cannot choose the digests of their keys, and a part of a digest does not help to guess 256 bits. `isEqual` is
 * called once for every key, known or not.
 */
export function createKeyTable<Found>(
  entries: readonly KeyEntry<Found>[],
  isEqual: IsEqual = timingSafeEqual,
): KeyTable<Found> {
  const byDigest = new Map(
    entries.map(({ sha256, found }) => {
      const digest = Buffer.from(sha256, 'hex')
      return [nameOf(digest), { digest, found }]
    }),
  )
  return {
    size: byDigest.size,
    find(key) {
      const digest = hash('sha256', key, 'buffer')
      const entry = byDigest.get(nameOf(digest))
      return isEqual(entry?.digest ?? NO_DIGEST, digest) ? (entry?.found ?? null) : null
    },
  }
}

/** Compared instead of a digest if none is found. */
const NO_DIGEST = Buffer.alloc(32)

const nameOf = (digest: Buffer): string => digest.toString('latin1')

/** Calls `make` again only when the object is another one. */
export function rememberLast<From extends object, To>(make: (from: From) => To): (from: From) => To {
  let last: { readonly from: From; readonly to: To } | null = null
  return (from) => {
    if (last?.from !== from) last = { from, to: make(from) }
    return last.to
  }
}
