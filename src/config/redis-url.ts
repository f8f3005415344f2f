// The address of Redis: of one server, of the Sentinels that name the primary, or of nodes of a cluster.
import * as z from 'zod'
import { decodeOrNull } from './percent-encoding.ts'

export interface RedisAddress {
  /**
   * May contain a password. With Sentinels, the name of the primary replaces the host; with a cluster, the host is the
   * first node.
   */
  readonly url: string
  /** With neither, the address leads to the primary by itself. */
  readonly sentinel: { readonly servers: readonly RedisServer[]; readonly primary: string } | null
  readonly cluster: { readonly servers: readonly RedisServer[] } | null
}

export interface RedisServer {
  /** IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

const RULE =
  'must be a redis or rediss URL, such as redis://127.0.0.1:6379, or redis+sentinel://host:26379,host2:26379/primary-name, or redis+cluster://host:6379,host2:6379; a password is percent-encoded, and nothing follows a "?" or "#"'

/** `rediss` or `redis`, the user and password of Redis, the Sentinels, the name of the primary, the number of the database. */
const SENTINEL_URL =
  /^(rediss?)\+sentinel:\/\/(?:([^@/?#\s]*)@)?([A-Za-z0-9.:_,[\]-]+)\/([A-Za-z0-9._-]{1,128})(?:\/(\d{1,4}))?$/i
/** `rediss` or `redis`, the user and password of the nodes, some nodes. A cluster has one database, the number 0. */
const CLUSTER_URL = /^(rediss?)\+cluster:\/\/(?:([^@/?#\s]*)@)?([A-Za-z0-9.:_,[\]-]+)(?:\/0?)?$/i
const SERVER = /^(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/i
const SENTINEL_PORT = 26_379
const REDIS_PORT = 6379
const MAX_SERVERS = 16
const MAX_PORT = 65_535

/** The URL may contain a password, so the message never quotes it. */
export function redisUrl() {
  return z
    .string()
    .transform((given, context): RedisAddress => {
      const address = readAddress(given)
      if (address !== null) return address
      context.addIssue({ code: 'custom', message: RULE })
      return z.NEVER
    })
    .optional()
}

function readAddress(given: string): RedisAddress | null {
  if (SENTINEL_URL.test(given)) return ofSentinels(given)
  return CLUSTER_URL.test(given) ? ofCluster(given) : ofServer(given)
}

/**
 * Options behind a "?" are refused, because in a client that reads them they could switch off its checks and limits.
 */
function ofServer(given: string): RedisAddress | null {
  if (!/^rediss?:\/\//i.test(given) || /[?#]/.test(given) || !isReadable(given)) return null
  const { pathname } = new URL(given)
  return /^(\/\d{0,4})?$/.test(pathname) ? { url: given, sentinel: null, cluster: null } : null
}

function ofSentinels(given: string): RedisAddress | null {
  const [, scheme = '', user, hosts = '', primary = '', db] = SENTINEL_URL.exec(given) ?? []
  const url = `${scheme.toLowerCase()}://${user === undefined ? '' : `${user}@`}${primary}${db === undefined ? '' : `/${db}`}`
  const servers = readServers(hosts, SENTINEL_PORT)
  return isReadable(url) && servers ? { url, sentinel: { servers, primary }, cluster: null } : null
}

function ofCluster(given: string): RedisAddress | null {
  const [, scheme = '', user, hosts = ''] = CLUSTER_URL.exec(given) ?? []
  const [first = ''] = hosts.split(',')
  const url = `${scheme.toLowerCase()}://${user === undefined ? '' : `${user}@`}${first}`
  const servers = readServers(hosts, REDIS_PORT)
  return isReadable(url) && servers ? { url, sentinel: null, cluster: { servers } } : null
}

/** Null if one of them is no address, or if there are too many. */
function readServers(hosts: string, usualPort: number): RedisServer[] | null {
  const servers = hosts.split(',').map((given) => readServer(given, usualPort))
  const isWhole = (found: (RedisServer | null)[]): found is RedisServer[] => !found.includes(null)
  return isWhole(servers) && servers.length <= MAX_SERVERS ? servers : null
}

function readServer(given: string, usualPort: number): RedisServer | null {
  const [, inBrackets, name, port = String(usualPort)] = SERVER.exec(given) ?? []
  const host = inBrackets ?? name
  const isRight = host !== undefined && Number(port) >= 1 && Number(port) <= MAX_PORT
  return isRight ? { host, port: Number(port) } : null
}

/** A user or password that is not percent-encoded, such as one with a "%", cannot be read. */
function isReadable(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { username, password } = new URL(url)
  return decodeOrNull(username + password) !== null
}
