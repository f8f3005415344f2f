// How old an answer may be (RFC 9111, RFC 5861), and why an older one was served.

/**
 * Which cached answers a request accepts, in milliseconds: RFC 9111, 5.2.1, and RFC 5861, 4. Null if the request names
 * no age: the lifetime of the kind decides then.
 */
export interface Freshness {
  /** `only-if-cached`: the request is answered from the cache, or not at all. */
  readonly isCacheOnly: boolean
  /** `max-age`; 0 is a refresh: `no-cache`, `no-store` or `max-age=0`, and no condition beside it. */
  readonly maxAgeMs: number | null
  /** `max-stale`; Infinity if it names no number. */
  readonly maxStaleMs: number | null
  /** `stale-if-error`. */
  readonly staleIfErrorMs: number | null
}

export const ANY_FRESHNESS: Freshness = {
  isCacheOnly: false,
  maxAgeMs: null,
  maxStaleMs: null,
  staleIfErrorMs: null,
}

/**
 * Why an answer was served that is older than it should be. `REVALIDATING`: it is refreshed afterwards; `ACCEPTED`: the
 * request accepts its age; `RATE_LIMITED`: no call was left; `UPSTREAM_FAILED`: Aurora failed or gave no answer;
 * `UNCONFIRMED`: it is young enough, but another replica may have changed it since; `END_IN_DOUBT`: the list may go on;
 * `ITEMS_MOVED`: an item is on two pages of the list, so another one may be on none; `ITEMS_UNREADABLE`: Aurora sent items without
 * an id, which are left out.
 */
export type StaleReason =
  | 'REVALIDATING'
  | 'ACCEPTED'
  | 'RATE_LIMITED'
  | 'UPSTREAM_FAILED'
  | 'UNCONFIRMED'
  | 'END_IN_DOUBT'
  | 'ITEMS_MOVED'
  | 'ITEMS_UNREADABLE'

export interface StaleFact {
  readonly operation: string
  readonly answeredAtMs: number
  readonly reason: StaleReason
}
