// Gateway keys: each belongs to one tenant, only its digest is stored, and digests are compared in constant time.
import { createHash, timingSafeEqual } from 'node:crypto'
import { API_KEY_HEADER, bearerOf } from './caller.ts'
import type { Authenticate, Caller } from './caller.ts'
import type { Tenant, Tenants } from './tenants.ts'

interface Entry {
  readonly digest: Buffer
  readonly caller: Caller
}

/** `isEqual` compares two digests, in the same time for any two. */
export function withKeys(tenants: Tenants, isEqual: typeof timingSafeEqual = timingSafeEqual): Authenticate {
  const entriesOf = rememberLast((served: readonly Tenant[]) => served.flatMap(toEntries))
  return async (headers) => {
    const key = bearerOf(headers) ?? (headers.get(API_KEY_HEADER) || null)
    if (key === null) return null
    const digest = createHash('sha256').update(key).digest()
    let known: Caller | null = null
    // Always compares all entries: the time must not reveal which entry matched.
    for (const entry of entriesOf(tenants.all())) if (isEqual(entry.digest, digest)) known = entry.caller
    return known
  }
}

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
