// A tenant and a credential, for which calls are made. The scope begins every key, so nothing crosses tenants or credentials.
import { createHash } from 'node:crypto'
import type { Authentication } from './authentication.ts'
import { assertSafeId } from './ids.ts'

/** Begins every key of caches, flights, budgets and cursors. */
export type ScopeKey = string & { readonly brand: 'ScopeKey' }

/** Contains no secret that can be printed. */
export interface Scope {
  readonly key: ScopeKey
  readonly tenantId: string
  /** The Aurora that has the tenant. May carry a path prefix, such as /v2 of version 2018.01. */
  readonly baseUrl: URL
  readonly authentication: Authentication
}

export interface ScopeParts extends Omit<Scope, 'key'> {
  /** Names an Aurora whose address changes, such as one that gets another port at each start. */
  readonly aurora?: string
}

/** Two Auroras are two scopes, even with the same tenant and credential. */
export function createScope({ tenantId, baseUrl, authentication, aurora = baseUrl.href }: ScopeParts): Scope {
  assertSafeId(tenantId)
  const digest = createHash('sha256').update(JSON.stringify([aurora, tenantId, authentication.fingerprint]))
  // 128 bits identify a credential safely and keep keys short.
  return { key: digest.digest('hex').slice(0, 32) as ScopeKey, tenantId, baseUrl, authentication }
}
