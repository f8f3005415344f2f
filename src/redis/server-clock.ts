// The time of Redis' clock, between the bounds that one process can compute. All replicas use this one clock.

export interface Contact {
  /** Monotonic time of this process before the command was sent. */
  readonly sentAtMs: number
  readonly receivedAtMs: number
  /** The time of Redis' clock at some moment in between. */
  readonly serverMs: number
}

export interface ServerClock {
  note(contact: Contact): void
  /** The least and the most that Redis' clock can have shown at a monotonic time of this process; null before any contact. */
  at(monotonicMs: number): { readonly leastMs: number; readonly mostMs: number } | null
  /** How often Redis' clock was found set back. A reply with an earlier date then looks younger than it is. */
  setbacks(): number
}

/** Machines' clocks drift by milliseconds between two contacts, and half a second does not matter for the age of a reply. */
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

/** From the answer of Redis' TIME: seconds, and the microseconds of that second. */
export const toServerMs = (seconds: unknown, micros: unknown): number =>
  Number(seconds) * 1000 + Number(micros) / 1000
