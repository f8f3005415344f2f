// Gateway keys: kept as digests alone, compared in constant time, each of one tenant.
import { createHash, timingSafeEqual } from 'node:crypto'
import { API_KEY_HEADER, bearerOf } from './caller.ts'
import type { Authenticate, Caller } from './caller.ts'
import type { Tenant, Tenants } from './tenants.ts'

interface Entry {
  readonly digest: Buffer
  readonly caller: Caller
}

/** `isEqual` takes two digests, and as long for any two. */
export function withKeys(tenants: Tenants, isEqual: typeof timingSafeEqual = timingSafeEqual): Authenticate {
  const entriesOf = rememberLast((served: readonly Tenant[]) => served.flatMap(toEntries))
  return async (headers) => {
    const key = bearerOf(headers) ?? (headers.get(API_KEY_HEADER) || null)
    if (key === null) return null
    const digest = createHash('sha256').update(key).digest()
    let known: Caller | null = null
    // All entries, always: how long it takes must not tell how many were compared.
    for (const entry of entriesOf(tenants.all())) if (isEqual(entry.digest, digest)) known = entry.caller
    return known
  }
}

const toEntries = ({ name: tenant, scope, keys }: Tenant): Entry[] =>
  keys.map(({ name, sha256, isReadOnly }) => ({
    digest: Buffer.from(sha256, 'hex'),
    caller: { name: `${tenant}/${name}`, scope, isReadOnly },
  }))

/** Until another list is served. */
function rememberLast<From extends object, To>(make: (from: From) => To): (from: From) => To {
  let last: { readonly from: From; readonly to: To } | null = null
  return (from) => {
    if (last?.from !== from) last = { from, to: make(from) }
    return last.to
  }
}
