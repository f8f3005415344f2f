// Without authentication: accepts every caller, because only this machine can reach the gateway.
import { isIPv4 } from 'node:net'
import type { Authenticate, Caller, FieldReader } from './caller.ts'
import type { Tenants } from './tenants.ts'

export function withLoopback(tenants: Tenants): Authenticate {
  let last: Caller | null = null
  return (headers) => {
    const [tenant] = tenants.all()
    if (!tenant || !isAddressedToLoopback(headers)) return null
    if (last?.scope !== tenant.scope)
      last = { name: 'anonymous', scope: tenant.scope, isReadOnly: false, isEverybody: true }
    return last
  }
}

/**
 * Listening on loopback does not keep web sites out: a name of theirs may resolve to 127.0.0.1 (DNS rebinding), and the
 * browser then treats the gateway as their own origin. The Host header still holds the name that was requested.
 */
function isAddressedToLoopback(headers: FieldReader): boolean {
  const host = (headers.get('host') ?? '').replace(/:\d*$/, '').toLowerCase()
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
}
