// The only source of time: everything that waits or ages takes a Clock, so tests advance time by hand.

export interface Clock {
  /** Milliseconds that only ever grow; for durations and ages. Never 0, which lru-cache takes for "none". */
  monotonicMs(): number
  /** Milliseconds since 1970, for telling people and Aurora a date; may jump. */
  wallMs(): number
  /** Resolves after `waitMs`; rejects with the signal's reason as soon as it aborts. */
  sleep(waitMs: number, signal?: AbortSignal): Promise<void>
  /** Calls back once after `waitMs`; the returned function cancels. Never keeps the process alive by itself. */
  after(waitMs: number, callback: () => void): () => void
}

/** setTimeout treats longer delays as 1 ms (it keeps them in 31 bits). */
const MAX_TIMER_MS = 2 ** 31 - 1

export function createSystemClock(): Clock {
  const after = (waitMs: number, callback: () => void): (() => void) => {
    const timer = setTimeout(callback, Math.min(Math.max(0, waitMs), MAX_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  }
  return {
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now(),
    after,
    sleep: (waitMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const leave = (): void => {
          cancel()
          reject(signal?.reason)
        }
        const cancel = after(waitMs, () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        })
        signal?.addEventListener('abort', leave, { once: true })
      }),
  }
}
