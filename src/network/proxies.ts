// Decides through which proxy a request goes, by the usual variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Pure.
import { BlockList, isIP } from 'node:net'
import type { ProxyConfig } from '../config/config.ts'

export type Proxies = ProxyConfig

export const NO_PROXIES: Proxies = { https: null, http: null, exceptions: '' }

/** Null: the request goes straight to its host. */
export function proxyFor({ https, http, exceptions }: Proxies, url: URL): URL | null {
  const proxy = url.protocol === 'https:' ? https : http
  return proxy && !isException(exceptions, url) ? proxy : null
}

/** The value of Proxy-Authorization; null if the proxy's address has no user. */
export function proxyCredentials({ username, password }: URL): string | null {
  if (username === '' && password === '') return null
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** `host:port`, with brackets around an IPv6 address, and with the port that the scheme implies. */
export const authorityOf = (url: URL): string => `${url.hostname}:${portOf(url)}`

export const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80))

/** The name for sockets: an IPv6 address without its brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

/** NO_PROXY has no standard. This accepts what curl, Go and Kubernetes write: names, their subdomains, ports, addresses, networks. */
function isException(exceptions: string, url: URL): boolean {
  const host = hostOf(url).replace(/\.$/, '')
  const entries = exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  return entries.some((entry) => {
    const { name, port } = splitPort(entry)
    return (port === null || port === portOf(url)) && isNamed(name, host)
  })
}

/** An IPv6 address without brackets has colons, and no port. */
function splitPort(entry: string): { readonly name: string; readonly port: number | null } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? []
  return { name: bracketed ?? plain ?? entry, port: port === undefined ? null : Number(port) }
}

function isNamed(name: string, host: string): boolean {
  if (name === '*') return true
  if (isIP(host) > 0) return isInNetwork(name, host)
  const suffix = name.replace(/^\*?\./, '').replace(/\.$/, '')
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`))
}

/** Whether the address is in a network such as `10.0.0.1` or `10.0.0.0/8`, also for IPv6. */
function isInNetwork(network: string, address: string): boolean {
  const [start = '', length] = network.split('/')
  const family = isIP(start)
  const bits = length === undefined ? BITS[family] : Number(length)
  const isNetwork = bits !== undefined && Number.isInteger(bits) && bits >= 0 && bits <= (BITS[family] ?? -1)
  if (!isNetwork || length === '') return false
  const list = new BlockList()
  list.addSubnet(start, bits, familyName(family))
  return list.check(address, familyName(isIP(address)))
}

const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 }

const familyName = (family: number): 'ipv4' | 'ipv6' => (family === 6 ? 'ipv6' : 'ipv4')
