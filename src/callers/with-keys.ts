// Gateway keys: each belongs to one tenant, only its digest is stored, and digests are compared in constant time.
import { hash, timingSafeEqual } from 'node:crypto'
import { API_KEY_HEADER, bearerOf } from './caller.ts'
import type { Authenticate, Caller } from './caller.ts'
import type { Tenant, Tenants } from './tenants.ts'

interface Entry {
  readonly digest: Buffer
  readonly caller: Caller
}

/**
 * A key is found by its digest, however many there are. How long that takes shows nothing: whoever sends keys cannot choose
 * their digests, and a part of a digest does not help to guess 256 bits. `isEqual` compares two digests, in the same time for
 * any two, and is called once for every key, known or not.
 */
export function withKeys(tenants: Tenants, isEqual: typeof timingSafeEqual = timingSafeEqual): Authenticate {
  const entriesOf = rememberLast(byDigest)
  return (headers) => {
    const key = bearerOf(headers) ?? (headers.get(API_KEY_HEADER) || null)
    if (key === null) return null
    const digest = hash('sha256', key, 'buffer')
    const found = entriesOf(tenants.all()).get(nameOf(digest))
    return isEqual(found?.digest ?? NO_DIGEST, digest) ? (found?.caller ?? null) : null
  }
}

/** Takes the place of a digest where none is found. */
const NO_DIGEST = Buffer.alloc(32)

const nameOf = (digest: Buffer): string => digest.toString('latin1')

const byDigest = (served: readonly Tenant[]): ReadonlyMap<string, Entry> =>
  new Map(served.flatMap(toEntries).map((entry) => [nameOf(entry.digest), entry]))

const toEntries = ({ name: tenant, scope, keys }: Tenant): Entry[] =>
  keys.map(({ name, sha256, isReadOnly }) => ({
    digest: Buffer.from(sha256, 'hex'),
    caller: { name: `${tenant}/${name}`, scope, isReadOnly },
  }))

/** Makes the entries again only when another list of tenants is served. */
function rememberLast<From extends object, To>(make: (from: From) => To): (from: From) => To {
  let last: { readonly from: From; readonly to: To } | null = null
  return (from) => {
    if (last?.from !== from) last = { from, to: make(from) }
    return last.to
  }
}
