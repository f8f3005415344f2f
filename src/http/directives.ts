// The standard headers by which a request limits how old its answer may be, how long it waits for it, and how urgent it is.
import type { FieldReader } from '../callers/caller.ts'
import type { Freshness } from '../rest/freshness.ts'

/**
 * `Cache-Control` of a request: RFC 9111, 5.2.1, and RFC 5861, 4. A directive that cannot be parsed is ignored, and so is
 * `Pragma`, which browsers send only beside `Cache-Control`.
 */
export function readFreshness(headers: FieldReader): Freshness {
  const text = headers.get('cache-control')
  if (text === null) return NOT_LIMITED
  const directives = new Map(splitList(text))
  const given: Freshness = {
    isCacheOnly: directives.has('only-if-cached'),
    maxAgeMs: secondsToMs(directives.get('max-age')),
    maxStaleMs: directives.get('max-stale') === '' ? Infinity : secondsToMs(directives.get('max-stale')),
    staleIfErrorMs: secondsToMs(directives.get('stale-if-error')),
  }
  const isRefresh = directives.has('no-cache') || directives.has('no-store') || given.maxAgeMs === 0
  if (!isRefresh) return given
  return CONDITIONS.some((name) => headers.has(name)) ? withoutRefresh(given) : { ...given, maxAgeMs: 0 }
}

/** Most requests name no age. */
const NOT_LIMITED: Freshness = Object.freeze({
  isCacheOnly: false,
  maxAgeMs: null,
  maxStaleMs: null,
  staleIfErrorMs: null,
})

/** With one of these a request asks whether the client's copy is still current: RFC 9110, 13.1.2 and 13.1.3. */
export const CONDITIONS = ['if-none-match', 'if-modified-since'] as const

/**
 * Beside a condition, `fetch` and browsers add `no-cache` or `max-age=0` by themselves, for the caches on the way
 * (Fetch, 4.6). Such a request still gets fresh data from the cache. Stale data is fetched first, because a person who
 * reloads a page expects that.
 */
const withoutRefresh = (given: Freshness): Freshness => ({
  ...given,
  maxAgeMs: given.maxAgeMs === 0 ? null : given.maxAgeMs,
  maxStaleMs: given.maxStaleMs ?? (given.isCacheOnly ? null : 0),
})

/** Null if no other directive is left. */
export function withoutRefreshDirectives(text: string): string | null {
  const left = text
    .split(',')
    .filter((directive) => !/^\s*(no-cache|no-store|max-age\s*=\s*"?0*"?)\s*$/i.test(directive))
  return left.length === 0 ? null : left.join(',')
}

/** `Priority: u=7`: the urgency of work in the background, RFC 9218, 4.1. Browsers do not send it by themselves. */
export const isInBackground = (headers: Pick<FieldReader, 'get'>): boolean =>
  /(?:^|[\s,])u=7(?:$|[\s,;])/.test(headers.get('priority') ?? '')

/** `Prefer: wait=N` (RFC 7240, 4.3): how long the client waits for the answer, in milliseconds; null without it. */
export function readWait(headers: Pick<FieldReader, 'get'>): number | null {
  const text = headers.get('prefer')
  if (text === null) return null
  // The first of several counts: RFC 7240, 2.
  return secondsToMs(new Map(splitList(text, /[,;]/).toReversed()).get('wait'))
}

/** Names in lower case, each with its value; the value is empty if there is none. */
function splitList(text: string, separator: RegExp = /,/): [string, string][] {
  return text.split(separator).map((part) => {
    const [name = '', value = ''] = part.split('=', 2)
    return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')]
  })
}

/** Delta-seconds (RFC 9111, 1.2.2); a number above the maximum counts as the maximum. */
function secondsToMs(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) * 1000 : null
}

/** The largest number that a cache must be able to count: RFC 9111, 1.2.2. */
const MAX_SECONDS = 2 ** 31
