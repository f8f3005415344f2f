// Nobody is asked who he is, where nobody but this machine can ask.
import { isIPv4 } from 'node:net'
import type { Authenticate } from './caller.ts'
import type { Tenants } from './tenants.ts'

export const withLoopback =
  (tenants: Tenants): Authenticate =>
  async (headers) => {
    const [tenant] = tenants.all()
    if (!tenant || !isAddressedToLoopback(headers)) return null
    return { name: 'anonymous', scope: tenant.scope, isReadOnly: false }
  }

/**
 * Listening on loopback does not keep other web sites out: a name of theirs may resolve to 127.0.0.1 (DNS rebinding),
 * and to the browser it is then their own origin. The Host header still says which name was asked for.
 */
function isAddressedToLoopback(headers: Headers): boolean {
  const host = (headers.get('host') ?? '').replace(/:\d*$/, '').toLowerCase()
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
}
