// The address by which the wrong keys of one client are counted: that of its connection, or the one that trusted proxies send.
import { isIP } from 'node:net'

/**
 * The address from which a request reached the outermost trusted proxy. Each proxy appends the address of its sender to
 * `X-Forwarded-For`; the sender can choose the entries before those. So entries are counted from the end. Empty entries
 * count, too, and a quotation mark does not join entries. For an entry that is no address, the address of the
 * connection is used: otherwise a sender that can write other texts there would get a new name for each guess.
 */
export function addressOf(
  peer: string | undefined,
  forwardedFor: string | null,
  trustedProxies: number,
): string {
  const entries = (forwardedFor ?? '').split(',')
  const forwarded = trustedProxies === 0 ? undefined : entries.at(-trustedProxies)
  return networkOf(readAddress(forwarded ?? '') ?? readAddress(peer ?? '') ?? 'unknown')
}

/** `203.0.113.9`, `203.0.113.9:40001`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:443`, also quoted or with a zone. */
function readAddress(entry: string): string | null {
  const text = entry
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim()
  const withoutPort = text.replace(/:\d{1,5}$/, '')
  // The whole text is tried first, because the end of an IPv6 address without brackets looks like a port.
  for (const each of [text, withoutPort]) {
    const address = each.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
    if (isIP(address) !== 0) return address
  }
  return null
}

/** A client with one IPv6 address usually has 2^64 of them: they count as one. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff
  return isMapped
    ? groups
        .slice(6)
        .flatMap((group) => [group >> 8, group & 0xff])
        .join('.')
    : groups
        .slice(0, 4)
        .map((group) => group.toString(16))
        .join(':')
}

/** The eight numbers of an IPv6 address. The parser of URLs turns each of its many spellings into one. */
function groupsOf(address: string): number[] {
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::', 2)
  const [left, right] = [head.split(':').filter(Boolean), tail.split(':').filter(Boolean)]
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16))
}
