// Aurora's rate limit: how many calls of one API key fit into a window, and when the next one does.

export interface LimiterOptions {
  readonly limit: number
  readonly windowMs: number
  readonly window: 'sliding' | 'fixed'
  /** Whether a refused call uses up a place too. Aurora does not document it. */
  readonly countRefused: boolean
}

export type Verdict =
  | { readonly isAllowed: true }
  /** `waitMs` until a call would be allowed, if none came before it. */
  | { readonly isAllowed: false; readonly waitMs: number }

export interface Limiter {
  /** Counts a call of `key` that came at `atMs`; calls come almost in order. */
  take(key: string, atMs: number): Verdict
}

export type RetryAfterForm = 'seconds' | 'fraction' | 'date' | 'none' | 'garbage'

export function createLimiter(options: LimiterOptions): Limiter {
  const windows = new Map<string, (atMs: number) => Verdict>()
  return {
    take(key, atMs) {
      const take = windows.get(key) ?? WINDOWS[options.window](options)
      windows.set(key, take)
      return take(atMs)
    },
  }
}

/** The Retry-After header for a wait; rounded up, so that a client that waits this long is allowed. */
export function formatRetryAfter(form: RetryAfterForm, waitMs: number, wallMs: number): string | undefined {
  switch (form) {
    case 'seconds':
      return String(Math.max(1, Math.ceil(waitMs / 1000)))
    case 'fraction':
      return (Math.ceil(waitMs) / 1000).toFixed(3)
    case 'date':
      return new Date(Math.ceil((wallMs + waitMs) / 1000) * 1000).toUTCString()
    case 'none':
      return undefined
    case 'garbage':
      return 'in a little while'
  }
}

const WINDOWS: Record<LimiterOptions['window'], (options: LimiterOptions) => (atMs: number) => Verdict> = {
  /** A call counts from its instant until exactly `windowMs` later. */
  sliding: ({ limit, windowMs, countRefused }) => {
    let takenAt: number[] = []
    return (atMs) => {
      takenAt = takenAt.filter((at) => at > atMs - windowMs)
      const isAllowed = takenAt.length < limit
      if (isAllowed || countRefused) takenAt.push(atMs)
      if (isAllowed) return { isAllowed }
      // Only the newest `limit` can still matter; the next call has to wait for the oldest of those.
      takenAt = takenAt.slice(-limit)
      return { isAllowed, waitMs: (takenAt[0] ?? atMs) + windowMs - atMs }
    }
  },
  /** The window begins anew at every multiple of `windowMs`. */
  fixed: ({ limit, windowMs, countRefused }) => {
    let current = -1
    let taken = 0
    return (atMs) => {
      const index = Math.floor(atMs / windowMs)
      if (index > current) {
        current = index
        taken = 0
      }
      const isAllowed = taken < limit
      if (isAllowed || countRefused) taken += 1
      return isAllowed ? { isAllowed } : { isAllowed, waitMs: (current + 1) * windowMs - atMs }
    }
  },
}
