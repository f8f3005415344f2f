// Redis' clock, as far as one process can know it: the one time that all replicas agree on.

export interface Contact {
  /** Monotonic, of this process, before the question left. */
  readonly sentAtMs: number
  readonly receivedAtMs: number
  /** What Redis' clock said somewhere in between. */
  readonly serverMs: number
}

export interface ServerClock {
  note(contact: Contact): void
  /** The least and the most that Redis' clock can have shown at a monotonic time of this process; null before contact. */
  at(monotonicMs: number): { readonly leastMs: number; readonly mostMs: number } | null
  /** How often Redis' clock was seen to be set back: what was dated before looks younger than it is. */
  setbacks(): number
}

/** Machines drift by milliseconds between two looks, and half a second more or less ages nothing. */
const SETBACK_MS = 500

export function createServerClock(): ServerClock {
  let last: Contact | null = null
  let setbacks = 0

  const at = (monotonicMs: number) =>
    last && {
      leastMs: last.serverMs + (monotonicMs - last.receivedAtMs),
      mostMs: last.serverMs + (monotonicMs - last.sentAtMs),
    }

  return {
    at,
    note(contact) {
      const expected = at(contact.sentAtMs)
      if (expected !== null && contact.serverMs < expected.leastMs - SETBACK_MS) setbacks += 1
      last = contact
    },
    setbacks: () => setbacks,
  }
}
