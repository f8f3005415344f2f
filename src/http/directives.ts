// What a request says of its answer in the web's own words: how old it may be, and how long it may be waited for.
import type { Freshness } from '../rest/freshness.ts'

/** `Cache-Control` of a request: RFC 9111, 5.2.1, and RFC 5861, 4. What can't be understood counts as not said. */
export function readFreshness(headers: Headers): Freshness {
  const directives = new Map(splitList(headers.get('cache-control')))
  const isNoCache = directives.has('no-cache') || directives.has('no-store')
  return {
    isCacheOnly: directives.has('only-if-cached'),
    maxAgeMs: isNoCache ? 0 : secondsToMs(directives.get('max-age')),
    maxStaleMs: directives.get('max-stale') === '' ? Infinity : secondsToMs(directives.get('max-stale')),
    staleIfErrorMs: secondsToMs(directives.get('stale-if-error')),
  }
}

/** `Prefer: wait=N` (RFC 7240, 4.3): how long the answer may be waited for, in milliseconds; null where nothing is said. */
export const readWait = (headers: Headers): number | null =>
  // Of several the first counts: RFC 7240, 2.
  secondsToMs(new Map(splitList(headers.get('prefer'), /[,;]/).toReversed()).get('wait'))

/** Names in small letters, each with its value, empty where it has none. */
function splitList(text: string | null, separator: RegExp = /,/): [string, string][] {
  return (text ?? '').split(separator).map((part) => {
    const [name = '', value = ''] = part.split('=', 2)
    return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')]
  })
}

/** Delta-seconds (RFC 9111, 1.2.2): more digits than anybody means count as a very long time. */
function secondsToMs(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) * 1000 : null
}

/** As long as a cache must be able to count: RFC 9111, 1.2.2. */
const MAX_SECONDS = 2 ** 31
