// Chooses the connections that are closed to make room for others: those of the address that has most, and idle ones first.

export interface Place {
  readonly address: string
  /**
   * `idle`: no byte of a request has come since the last answer; `sending`: a part of a request has come; `busy`: a
   * request waits for its answer.
   */
  readonly state: 'idle' | 'sending' | 'busy'
  /** Since when it is in this state. */
  readonly sinceMs: number
}

export interface Choice {
  readonly count: number
  readonly nowMs: number
}

/** A connection that was just opened or answered may have its next request on the way. */
const YOUNG_MS = 1_000
/** An address loses young connections only if it has more than a client or proxy opens in a second. */
const MANY = 20

/**
 * The address with the most connections loses first, so that one address cannot lock the others out. No connection is
 * closed while a request on it waits for its answer.
 */
export function chooseClosed<P extends Place>(places: Iterable<P>, { count, nowMs }: Choice): P[] {
  const holders = new Map<string, { holds: number; readonly closable: P[] }>()
  for (const place of places) {
    const holder = holders.get(place.address) ?? { holds: 0, closable: [] }
    holders.set(place.address, holder)
    holder.holds += 1
    if (place.state !== 'busy') holder.closable.push(place)
  }
  const isYoung = ({ sinceMs }: P): boolean => nowMs - sinceMs < YOUNG_MS
  const rankOf = (place: P): number => (isYoung(place) ? 2 : place.state === 'idle' ? 0 : 1)
  // The first to be closed is the last of the list.
  for (const { closable } of holders.values())
    closable.sort((one, other) => {
      const byRank = rankOf(other) - rankOf(one)
      return byRank === 0 ? other.sinceMs - one.sinceMs : byRank
    })

  const chosen: P[] = []
  while (chosen.length < count) {
    const open = [...holders.values()].filter(({ holds, closable }) => {
      const next = closable.at(-1)
      return next !== undefined && (holds > MANY || !isYoung(next))
    })
    if (open.length === 0) break
    const most = open.reduce((one, other) => (other.holds > one.holds ? other : one))
    const place = most.closable.pop()
    most.holds -= 1
    if (place) chosen.push(place)
  }
  return chosen
}
