// Times that were told to those who had to be refused: who comes back then goes before those who were told nothing.

export interface Promises {
  /** What was told for this call; null where nothing was, or it is over. */
  told(name: string, nowMs: number): number | null
  /** Calls that will come back: who is refused now is served behind them. */
  count(nowMs: number): number
  keep(name: string, atMs: number, nowMs: number): void
  /** It has its slot. */
  redeem(name: string): void
}

/** As many as may wait; of more, nobody could say when they are served. */
const MAX_PROMISES = 1000

/**
 * A promise holds no slot, so nobody waits for one who does not come back; it only counts in what others are told, and
 * for `graceMs` after its time, as who needs several slots comes back at the time of the last.
 */
export function createPromises(graceMs: number): Promises {
  const times = new Map<string, number>()

  function forgetOver(nowMs: number): void {
    for (const [name, atMs] of times) if (atMs + graceMs < nowMs) times.delete(name)
  }

  return {
    told(name, nowMs) {
      const atMs = times.get(name)
      return atMs === undefined || atMs + graceMs < nowMs ? null : atMs
    },
    count(nowMs) {
      forgetOver(nowMs)
      return times.size
    },
    keep(name, atMs, nowMs) {
      if (times.size >= MAX_PROMISES) forgetOver(nowMs)
      if (times.size < MAX_PROMISES) times.set(name, atMs)
    },
    redeem: (name) => void times.delete(name),
  }
}
