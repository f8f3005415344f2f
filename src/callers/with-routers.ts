// Identifies routers of a supergraph by keys of their own, and their users: docs/routers.md.
import { LRUCache } from 'lru-cache'
import { whenThere } from '../turns/at-once.ts'
import type { GatewayKey } from '../config/config.ts'
import { API_KEY_HEADER, bearerOf, CallerOutdated, UserRefused } from './caller.ts'
import type { Authenticate, Caller, FieldReader } from './caller.ts'
import { createKeyTable, rememberLast } from './key-table.ts'
import type { KeyEntry } from './key-table.ts'
import type { Tenant, Tenants } from './tenants.ts'

export interface RoutersOptions {
  readonly tenants: Pick<Tenants, 'all'>
  /**
   * Keys of routers that serve all tenants: a token shows the tenant of each of their requests. Returns the same list
   * until it is replaced.
   */
  readonly routersOfAll: () => readonly GatewayKey[]
  /** Whether callers have tokens, which routers forward. */
  readonly hasTokens: boolean
  /** Whether several users may have the same token: the header then distinguishes them. */
  readonly isTokenShared: boolean
  /** In lower case. Null: no header names the user. */
  readonly userHeader: string | null
}

interface Router {
  /** Unique among all callers. */
  readonly name: string
  /** Null: the router serves all tenants. */
  readonly tenant: Tenant | null
  readonly isReadOnly: boolean
  /** Made when the first user comes, because there may be thousands of routers. */
  readonly byUser: () => LRUCache<string, Caller>
  readonly byToken: WeakMap<Caller, Caller>
}

/** Users whose callers are kept, so that all requests of a user have the same caller object: some 300 bytes each. */
const MAX_USERS = 5_000

/**
 * Accepts the key of a router in `X-Api-Key`, or as the bearer if no token is forwarded. Every other request is
 * authenticated as if there were no routers.
 */
export function withRouters(authenticate: Authenticate, options: RoutersOptions): Authenticate {
  const { tenants } = options
  const tableOf = rememberLast((served: readonly Tenant[]) =>
    rememberLast((ofAll: readonly GatewayKey[]) => createKeyTable(entriesOf(served, ofAll))),
  )
  const find = createFindCaller(authenticate, options)

  return (headers) => {
    const table = tableOf(tenants.all())(options.routersOfAll())
    if (table.size === 0) return authenticate(headers)
    const apiKey = headers.get(API_KEY_HEADER) || null
    const byApiKey = apiKey === null ? null : table.find(apiKey)
    const bearer = bearerOf(headers)
    if (byApiKey) return find(byApiKey, headers, bearer !== null)
    const byBearer = bearer === null ? null : table.find(bearer)
    return byBearer ? find(byBearer, headers, false) : authenticate(headers)
  }
}

function entriesOf(served: readonly Tenant[], ofAll: readonly GatewayKey[]): KeyEntry<Router>[] {
  const of = (tenant: Tenant | null, { name, sha256, isReadOnly }: GatewayKey): KeyEntry<Router> => {
    const unique = tenant ? `${tenant.name}/${name}` : name
    return {
      sha256,
      found: { name: unique, tenant, isReadOnly, byUser: usersOfRouter(), byToken: new WeakMap() },
    }
  }
  return [
    ...ofAll.map((key) => of(null, key)),
    ...served.flatMap((tenant) => (tenant.routerKeys ?? []).map((key) => of(tenant, key))),
  ]
}

/** Limited by size, because `max` would allocate all places at once. */
function usersOfRouter(): Router['byUser'] {
  let users: LRUCache<string, Caller> | null = null
  return () => (users ??= new LRUCache({ maxSize: MAX_USERS, sizeCalculation: () => 1 }))
}

type FindCaller = (router: Router, headers: FieldReader, hasBearer: boolean) => ReturnType<Authenticate>

function createFindCaller(
  authenticate: Authenticate,
  { hasTokens, isTokenShared, userHeader }: RoutersOptions,
): FindCaller {
  return (router, headers, hasBearer) => {
    const user = readUser(headers, userHeader)
    if (!hasTokens) return ownCaller(router, userHeader, user) ?? refuseUser()
    // A router forwards what its users send, so a user without a token would otherwise have all rights of the router.
    if (!hasBearer) return refuseUser()
    const found = whenThere(authenticate(headers), (caller) =>
      caller && mayServe(router, caller)
        ? throughRouter(router, caller, { header: userHeader, user: isTokenShared ? user : null })
        : refuseUser(),
    )
    return found instanceof Promise ? found.catch(asUser) : found
  }
}

/** A rejection and not a throw, because callers of `authenticate` await refusals of this kind. */
const refuseUser = (): Promise<never> => Promise.reject(new UserRefused())

function asUser(error: unknown): never {
  throw error instanceof CallerOutdated ? new UserRefused() : error
}

/** Printable ASCII without the comma, which joins the values of a header that came twice. */
const USER = /^[\x21-\x2b\x2d-\x7e]{1,256}$/

/** Null if no header names a user: the request then is the router's own. */
function readUser(headers: FieldReader, userHeader: string | null): string | null {
  const user = userHeader === null ? null : headers.get(userHeader)
  return user !== null && USER.test(user) ? user : null
}

/** Null if the router has no tenant. */
function ownCaller(
  { name, tenant, isReadOnly, byUser }: Router,
  header: string | null,
  user: string | null,
): Caller | null {
  const key = user ?? ''
  const users = byUser()
  const known = users.get(key)
  if (known || tenant === null) return known ?? null
  const caller: Caller = {
    name: user === null ? name : `${name}/${user}`,
    scope: tenant.scope,
    isReadOnly,
    router: { header, user },
  }
  users.set(key, caller)
  return caller
}

const mayServe = ({ tenant }: Router, { scope }: Caller): boolean =>
  tenant === null || tenant.scope.key === scope.key

function throughRouter(
  { isReadOnly, byToken }: Router,
  caller: Caller,
  router: NonNullable<Caller['router']>,
): Caller {
  const known = byToken.get(caller)
  if (known) return known
  const { user } = router
  const made: Caller = {
    ...caller,
    name: user === null ? caller.name : `${caller.name}/${user}`,
    isReadOnly: caller.isReadOnly || isReadOnly,
    router,
  }
  // Kept only if no user is named: several users may have the same token.
  if (user === null) byToken.set(caller, made)
  return made
}
