// How likely a request that got a time comes back for it, learned from the requests of its caller and of the key.

export interface Returns {
  /** To be called when a request with a time has come back, or has let its time pass. */
  note(caller: string, hasReturned: boolean): void
  /** 0 to 1; 1 if nothing was learned yet. */
  likelihood(caller: string): number
}

interface Outcomes {
  returned: number
  lapsed: number
}

/**
 * The memory is some twenty requests of a key, and some five of a caller, because clients change, and one that left may
 * come back.
 */
const KEY_MEMORY = 0.95
const CALLER_MEMORY = 0.8
/**
 * How many requests that came back are assumed before the first, so that one that leaves does not count against all
 * others.
 */
const ASSUMED_RETURNS = 4
/** The requests of the key count as much as this many requests of the caller; more own requests outweigh them. */
const KEY_WEIGHT = 2
/** Callers that are remembered. */
const MAX_CALLERS = 1000

export function createReturns(): Returns {
  const ofKey: Outcomes = { returned: 0, lapsed: 0 }
  const ofCallers = new Map<string, Outcomes>()

  return {
    note(caller, hasReturned) {
      const own = ofCallers.get(caller) ?? { returned: 0, lapsed: 0 }
      ofCallers.delete(caller)
      ofCallers.set(caller, own)
      count(own, hasReturned, CALLER_MEMORY)
      count(ofKey, hasReturned, KEY_MEMORY)
      if (ofCallers.size > MAX_CALLERS)
        for (const oldest of ofCallers.keys()) return void ofCallers.delete(oldest)
    },
    likelihood(caller) {
      const key = shareOf(ofKey, ASSUMED_RETURNS, 1)
      const own = ofCallers.get(caller)
      return own ? shareOf(own, KEY_WEIGHT, key) : key
    },
  }
}

function count(outcomes: Outcomes, hasReturned: boolean, memory: number): void {
  outcomes.returned = outcomes.returned * memory + (hasReturned ? 1 : 0)
  outcomes.lapsed = outcomes.lapsed * memory + (hasReturned ? 0 : 1)
}

/** `weight` further requests are assumed, of which `assumed` came back. */
const shareOf = ({ returned, lapsed }: Outcomes, weight: number, assumed: number): number =>
  (returned + weight * assumed) / (returned + lapsed + weight)
