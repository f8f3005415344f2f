// Who may send webhooks about which tenant. Each tenant has secrets of its own, so that the senders of one cannot reach the cache of another.
import { hash, timingSafeEqual } from 'node:crypto'
import type { FieldReader } from '../callers/caller.ts'
import type { Tenants } from '../callers/tenants.ts'
import type { WebhookConfig } from '../config/config.ts'
import { createTenantKey, tenantOf } from '../rest/scope.ts'
import type { TenantKey } from '../rest/scope.ts'

export interface Senders {
  /** Whether webhooks are received at all. */
  isOn(): boolean
  /** The tenant with this name, if it has a secret. */
  named(name: string | null): TenantKey | null
  /** The tenants that have a secret: the same set until tenants or secrets are replaced. */
  received(): ReadonlySet<TenantKey>
  /**
   * The tenant that the sender may send about. `unnamed`: the request brings no secret. `unknown`: a wrong one, or there is no such
   * tenant; nothing shows which. A null name is that of the only tenant.
   */
  identify(name: string | null, fields: FieldReader): { readonly tenant: TenantKey } | 'unnamed' | 'unknown'
}

interface TenantSecrets {
  readonly tenant: TenantKey
  readonly digests: readonly Buffer[]
}

interface Made {
  readonly from: readonly unknown[]
  /** By the name of the tenant. */
  readonly own: ReadonlyMap<string, TenantSecrets>
  /** By the id of the tenant, in lower case: Aurora accepts its ids in upper and lower case. */
  readonly brought: ReadonlyMap<string, TenantSecrets>
  /** Undefined if there are several, or none. */
  readonly sole: TenantSecrets | undefined
  readonly received: ReadonlySet<TenantKey>
}

export interface SendersOptions {
  readonly tenants: Tenants
  /** The settings of this moment: a reload may bring other secrets. */
  readonly config: () => WebhookConfig
  /** The address of Aurora for the tenants that callers bring. */
  readonly baseUrl: URL
}

export function createSenders({ tenants, config, baseUrl }: SendersOptions): Senders {
  let made: Made | null = null

  function make(): Made {
    const served = tenants.all()
    const { ofTenants } = config()
    if (made?.from[0] === served && made.from[1] === ofTenants) return made
    const own = toSecrets(served, ({ name, scope, webhookKeys = [] }) => [
      name,
      { tenant: tenantOf(scope.key), digests: webhookKeys.map(digestOf) },
    ])
    const brought = toSecrets(ofTenants, ({ tenantId, keys }) => [
      tenantId,
      { tenant: createTenantKey({ tenantId, baseUrl }), digests: keys.map(digestOf) },
    ])
    const all = [...own.values(), ...brought.values()]
    const received = new Set(all.map(({ tenant }) => tenant))
    made = { from: [served, ofTenants], own, brought, sole: only(all), received }
    return made
  }

  function find(name: string | null): TenantSecrets | undefined {
    const { own, brought, sole } = make()
    return name === null ? sole : (own.get(name) ?? brought.get(name.toLowerCase()))
  }

  return {
    isOn: () => make().received.size > 0,
    named: (name) => find(name)?.tenant ?? null,
    received: () => make().received,
    identify(name, fields) {
      const secrets = secretsIn(fields, config().keyHeader)
      if (secrets.length === 0) return 'unnamed'
      const found = find(name)
      const known = found?.digests ?? [NO_DIGEST]
      // Digests of one length are compared in constant time, and all are compared. The number of a tenant's secrets is
      // not secret.
      let isKnown = false
      for (const secret of secrets) {
        const digest = digestOf(secret)
        for (const each of known) isKnown = timingSafeEqual(each, digest) || isKnown
      }
      return found && isKnown ? found : 'unknown'
    },
  }
}

/** The tenants that have a secret. */
const toSecrets = <Item>(
  items: readonly Item[],
  secretsOf: (item: Item) => readonly [name: string, secrets: TenantSecrets],
): ReadonlyMap<string, TenantSecrets> =>
  new Map(items.map(secretsOf).filter(([, { digests }]) => digests.length > 0))

const only = <Item>(items: readonly Item[]): Item | undefined => (items.length === 1 ? items[0] : undefined)

const digestOf = (secret: string): Buffer => hash('sha256', secret, 'buffer')
/** Compared instead of a secret if there is none. */
const NO_DIGEST = Buffer.alloc(32)

/** In the header of the settings, also as a bearer token, and as the password of HTTP basic (RFC 7617). */
function secretsIn(fields: FieldReader, keyHeader: string): readonly string[] {
  const given =
    fields
      .get(keyHeader)
      ?.trim()
      .replace(/^bearer +/i, '') ?? ''
  const found = given === '' ? [] : [given]
  const authorization = fields.get('authorization')
  const [, encoded] = authorization === null ? [] : (/^basic +(\S+)$/i.exec(authorization) ?? [])
  if (encoded === undefined) return found
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const password = pair.slice(pair.indexOf(':') + 1)
  return pair.includes(':') && password !== '' ? [...found, password] : found
}
