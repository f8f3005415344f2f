// The name in which calls are made: a tenant and a credential. It begins every key, so nothing crosses tenants or credentials.
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
  /** Names the Aurora where its address does not, such as one that gets another port each time. */
  readonly aurora?: string
}

/** Two Auroras are two scopes, whatever they have in common. */
export function createScope({ tenantId, baseUrl, authentication, aurora = baseUrl.href }: ScopeParts): Scope {
  assertSafeId(tenantId)
  const digest = createHash('sha256').update(JSON.stringify([aurora, tenantId, authentication.fingerprint]))
  // 128 bits name a credential beyond doubt and keep keys short.
  return { key: digest.digest('hex').slice(0, 32) as ScopeKey, tenantId, baseUrl, authentication }
}
