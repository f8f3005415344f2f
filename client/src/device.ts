// What the kit uses of the device: time, chance, a lock and a storage that all tabs share, and whether its page is visible.

/** The part of the Web Locks API that is used. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    whileHeld: () => Promise<void>,
  ): Promise<unknown>
}

/** Neither of them throws. */
export interface PageStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): unknown
}

/** Given by tests, or where an app has other timers than JavaScript's. */
export interface Device {
  /** Milliseconds; only differences of it are used. */
  readonly nowMs: () => number
  readonly random: () => number
  /** Returns a function that cancels the timer. */
  readonly after: (waitMs: number, then: () => void) => () => void
  readonly locks: Locks
  /** Shared by all pages of the app, and kept after they are closed. If left out, nothing is shared or kept. */
  readonly storage?: PageStorage | undefined
  readonly isHidden: () => boolean
  /** Returns a function that ends the watch. */
  readonly onVisibility: (changed: () => void) => () => void
}

/** The parts that a browser has and another platform may lack. */
interface Platform {
  readonly navigator?: { readonly locks?: Locks }
  readonly document?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & {
    readonly visibilityState?: string
  }
}

export function createDevice(): Device {
  const { navigator, document } = globalThis as Platform
  return {
    nowMs: () => performance.now(),
    random: Math.random,
    after(waitMs, then) {
      const timer = setTimeout(then, waitMs)
      return () => clearTimeout(timer)
    },
    locks: navigator?.locks ?? createLocks(),
    // Node has `navigator.locks` as well, but no pages.
    storage: document ? pageStorage : undefined,
    isHidden: () => document?.visibilityState === 'hidden',
    onVisibility(changed) {
      document?.addEventListener('visibilitychange', changed)
      return () => document?.removeEventListener('visibilitychange', changed)
    },
  }
}

/** Each function reads `localStorage` again, because a browser may refuse it at any time, and it may be full. */
const pageStorage: PageStorage = {
  getItem: (key) => orNull(() => localStorage.getItem(key)),
  setItem: (key, value) => orNull(() => localStorage.setItem(key, value)),
}

function orNull<Value>(work: () => Value): Value | null {
  try {
    return work()
  } catch {
    return null
  }
}

/** Where there are no Web Locks, each client of this process has its turn. */
export function createLocks(): Locks {
  let last: Promise<unknown> = Promise.resolve()
  return {
    request(_name, { signal }, whileHeld) {
      const turn = last.then(() => (signal.aborted ? undefined : whileHeld()))
      last = turn.catch(() => {})
      return turn
    },
  }
}
