// Gateway keys: each belongs to one tenant.
import { API_KEY_HEADER, bearerOf } from './caller.ts'
import type { Authenticate, Caller } from './caller.ts'
import { createKeyTable, rememberLast } from './key-table.ts'
import type { IsEqual, KeyEntry } from './key-table.ts'
import type { Tenant, Tenants } from './tenants.ts'

export function withKeys(tenants: Tenants, isEqual?: IsEqual): Authenticate {
  const tableOf = rememberLast((served: readonly Tenant[]) =>
    createKeyTable(served.flatMap(toEntries), isEqual),
  )
  return (headers) => {
    const key = bearerOf(headers) ?? (headers.get(API_KEY_HEADER) || null)
    return key === null ? null : tableOf(tenants.all()).find(key)
  }
}

const toEntries = ({ name: tenant, scope, keys }: Tenant): KeyEntry<Caller>[] =>
  keys.map(({ name, sha256, isReadOnly }) => ({
    sha256,
    found: { name: `${tenant}/${name}`, scope, isReadOnly },
  }))
