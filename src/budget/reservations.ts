// Times that were given to calls which had to be refused. Such a call goes first when it comes back.

export interface Reservations {
  /** The time that was given to this call; null where there is none, or it is over. */
  reservedAt(name: string, nowMs: number): number | null
  /** Calls that will come back: a call that is refused now goes behind them. */
  count(nowMs: number): number
  add(name: string, atMs: number, nowMs: number): void
  /** The call has its slot, or gets another time. */
  remove(name: string): void
}

/** As many as may wait: for more calls than these no time could be forecast. */
const MAX_RESERVATIONS = 1000

/**
 * A reservation holds no slot, so no call waits for one that does not come back: it only counts in the times that others
 * get. It counts for `graceMs` after its time, because a caller that needs several slots comes back at the time of the last.
 */
export function createReservations(graceMs: number): Reservations {
  const times = new Map<string, number>()

  function forgetOver(nowMs: number): void {
    for (const [name, atMs] of times) if (atMs + graceMs < nowMs) times.delete(name)
  }

  return {
    reservedAt(name, nowMs) {
      const atMs = times.get(name)
      return atMs === undefined || atMs + graceMs < nowMs ? null : atMs
    },
    count(nowMs) {
      forgetOver(nowMs)
      return times.size
    },
    add(name, atMs, nowMs) {
      if (times.size >= MAX_RESERVATIONS) forgetOver(nowMs)
      if (times.size < MAX_RESERVATIONS) times.set(name, atMs)
    },
    remove: (name) => void times.delete(name),
  }
}
