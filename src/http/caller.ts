// Who is calling: the first question to every request that carries an operation.

import { createHash, timingSafeEqual } from 'node:crypto'
import { isIPv4 } from 'node:net'
import type { Config } from '../config/config.ts'

export interface Caller {
  readonly name: string
}

/** null: not known, and so not let in. */
export type Authenticate = (headers: Headers) => Caller | null

/** Whoever needs no key: everybody in development, and a browser that only loads the page of the query editor. */
export const anonymous: Caller = { name: 'anonymous' }

export function createAuthenticate(config: Pick<Config, 'callerAuth' | 'gatewayKeys'>): Authenticate {
  switch (config.callerAuth) {
    case 'none':
      return (headers) => (isAddressedToLoopback(headers) ? anonymous : null)
    case 'keys':
      return createKeyCheck(config.gatewayKeys)
  }
}

/**
 * Listening on loopback does not keep other web sites out: a name of theirs may resolve to 127.0.0.1 (DNS rebinding),
 * and to the browser it is then their own origin. The Host header still says which name was asked for.
 */
function isAddressedToLoopback(headers: Headers): boolean {
  const host = (headers.get('host') ?? '').replace(/:\d*$/, '').toLowerCase()
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
}

function createKeyCheck(keys: Config['gatewayKeys']): Authenticate {
  const entries = keys.map(({ name, sha256 }) => ({ caller: { name }, digest: Buffer.from(sha256, 'hex') }))
  return (headers) => {
    const key = bringsKey(headers)
    if (key === null) return null
    const digest = createHash('sha256').update(key).digest()
    let known: Caller | null = null
    // All entries, always: how long it takes must not tell how many were compared.
    for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) known = entry.caller
    return known
  }
}

/** The scheme is case-insensitive (RFC 9110, 11.1). */
function bringsKey(headers: Headers): string | null {
  const bearer = /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  return bearer ?? (headers.get('x-api-key') || null)
}
