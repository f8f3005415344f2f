// The address of Redis: of one server, or of the Sentinels that know which server is the primary.
import * as z from 'zod'

export interface RedisAddress {
  /** Of Sentinel: the name of the primary stands in the place of the host. May hold a password. */
  readonly url: string
  /** Null: the address leads to the primary by itself. */
  readonly sentinel: { readonly servers: readonly SentinelServer[]; readonly primary: string } | null
}

export interface SentinelServer {
  /** IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

const RULE =
  'must be a redis or rediss URL, such as redis://127.0.0.1:6379, or redis+sentinel://host:26379,host2:26379/primary-name; a password is percent-encoded, and nothing follows a "?" or "#"'

/** `rediss` or `redis`, the user and password of Redis, the Sentinels, the name of the primary, the number of the database. */
const SENTINEL_URL =
  /^(rediss?)\+sentinel:\/\/(?:([^@/?#\s]*)@)?([A-Za-z0-9.:_,[\]-]+)\/([A-Za-z0-9._-]{1,128})(?:\/(\d{1,4}))?$/i
const SENTINEL_SERVER = /^(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/i
const SENTINEL_PORT = 26_379
const MAX_SENTINELS = 16
const MAX_PORT = 65_535

/** It may hold a password, so the message never quotes it. */
export function redisUrl() {
  return z
    .string()
    .transform((given, context): RedisAddress => {
      const address = SENTINEL_URL.test(given) ? ofSentinels(given) : ofServer(given)
      if (address !== null) return address
      context.addIssue({ code: 'custom', message: RULE })
      return z.NEVER
    })
    .optional()
}

/** Options behind a "?" are refused, because a client that reads them would let them switch off its checks and limits. */
function ofServer(given: string): RedisAddress | null {
  if (!/^rediss?:\/\//i.test(given) || /[?#]/.test(given) || !isReadable(given)) return null
  const { pathname } = new URL(given)
  return /^(\/\d{0,4})?$/.test(pathname) ? { url: given, sentinel: null } : null
}

function ofSentinels(given: string): RedisAddress | null {
  const [, scheme = '', user, hosts = '', primary = '', db] = SENTINEL_URL.exec(given) ?? []
  const url = `${scheme.toLowerCase()}://${user === undefined ? '' : `${user}@`}${primary}${db === undefined ? '' : `/${db}`}`
  const servers = hosts.split(',').map(readServer)
  const isWhole = (found: (SentinelServer | null)[]): found is SentinelServer[] => !found.includes(null)
  if (!isReadable(url) || !isWhole(servers) || servers.length > MAX_SENTINELS) return null
  return { url, sentinel: { servers, primary } }
}

function readServer(given: string): SentinelServer | null {
  const [, inBrackets, name, port = String(SENTINEL_PORT)] = SENTINEL_SERVER.exec(given) ?? []
  const host = inBrackets ?? name
  const isRight = host !== undefined && Number(port) >= 1 && Number(port) <= MAX_PORT
  return isRight ? { host, port: Number(port) } : null
}

/** A user or password that is not percent-encoded, such as one with a "%", cannot be read. */
function isReadable(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { username, password } = new URL(url)
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}
