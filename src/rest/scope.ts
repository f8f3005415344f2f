// A tenant and a credential, for which calls are made. The scope begins every key of data, so no data crosses tenants or
// credentials; calls are counted by the API key alone.
import { createHash } from 'node:crypto'
import type { Authentication } from './authentication.ts'
import { assertSafeId } from './ids.ts'

/** Begins every key of caches, flights, loaders and cursors. */
export type ScopeKey = string & { readonly brand: 'ScopeKey' }

/**
 * Names a tenant at an Aurora, as a hash. Events there concern all scopes of the tenant, with any credential. The key
 * of each of these scopes ends with it.
 */
export type TenantKey = string & { readonly brand: 'TenantKey' }

/** Names an API key at an Aurora, as a hash: all tenants that use the key have one budget. */
export type BudgetKey = string & { readonly brand: 'BudgetKey' }

/** Contains no secret that could be printed. */
export interface Scope {
  readonly key: ScopeKey
  readonly budgetKey: BudgetKey
  readonly tenantId: string
  /** The Aurora that has the tenant. May carry a path prefix, such as /v2 of version 2018.01. */
  readonly baseUrl: URL
  readonly authentication: Authentication
  /** Whether the caller has brought the credential, so that it may be made up: standings.ts. */
  readonly isBrought: boolean
}

export interface ScopeParts extends Omit<Scope, 'key' | 'budgetKey' | 'isBrought'> {
  /** Names an Aurora whose address changes, such as one that gets another port at each start. */
  readonly aurora?: string
  /** Left out: it is a credential of the settings. */
  readonly isBrought?: boolean
}

/** Two Auroras are two scopes, even with the same tenant and credential. */
export function createScope(parts: ScopeParts): Scope {
  const { tenantId, baseUrl, authentication, aurora, isBrought = false } = parts
  assertSafeId(tenantId)
  const { fingerprint, keyFingerprint } = authentication
  const own = digestOf(aurora ?? baseUrl.href, tenantId, fingerprint)
  return {
    key: `${own}${createTenantKey(parts)}` as ScopeKey,
    budgetKey: digestOf(aurora ?? originOf(baseUrl), keyFingerprint) as BudgetKey,
    tenantId,
    baseUrl,
    authentication,
    isBrought,
  }
}

/** Aurora accepts its ids in upper and lower case. */
export const createTenantKey = ({
  tenantId,
  baseUrl,
  aurora,
}: Pick<ScopeParts, 'tenantId' | 'baseUrl' | 'aurora'>): TenantKey =>
  digestOf(aurora ?? originOf(baseUrl), tenantId.toLowerCase()).slice(0, TENANT_DIGITS) as TenantKey

/** Two tenants of one key would only lose cached answers, so 64 bits are enough. */
const TENANT_DIGITS = 16
const OWN_DIGITS = 32

/** The form of a scope's key, for texts from outside of the process. */
export const SCOPE_KEY = new RegExp(`^[0-9a-f]{${OWN_DIGITS + TENANT_DIGITS}}$`)
export const TENANT_KEY = new RegExp(`^[0-9a-f]{${TENANT_DIGITS}}$`)

/** Which scopes a change concerns: one, or all of a tenant. */
export type Owner = ScopeKey | TenantKey

export const isTenantKey = (owner: Owner): owner is TenantKey => owner.length === TENANT_DIGITS

export const tenantOf = (scope: ScopeKey): TenantKey => scope.slice(-TENANT_DIGITS) as TenantKey

/** No whole key is the end of another one. */
export const isOf = (scope: ScopeKey, owner: Owner): boolean => scope.endsWith(owner)

/** 128 bits identify a credential safely and keep keys short. */
const digestOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, OWN_DIGITS)

/**
 * Equal for every spelling of one server: URL has lower-cased the host and left out a usual port; the dot that may end
 * a name is left out here. The path is left out, because /v2 is only another version at the same Aurora.
 */
const originOf = ({ protocol, hostname, port }: URL): string =>
  `${protocol}//${hostname.replace(/\.$/, '')}:${port}`
