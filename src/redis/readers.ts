// The replicas that read with a lease, by the last message of each: for whose lease a write must wait, and which replicas are missing.
import { toRecord } from './streams.ts'

/** A replica serves as fresh for this long after it has shown that its copy of the log of drops is whole. */
export const LEASE_MS = 1500
/**
 * The others count a lease as longer than its holder does, because clocks of machines do not run at quite the same
 * speed.
 */
export const HELD_MS = LEASE_MS + 250
/**
 * A replica without a message for this long counts as missing. It is longer than a lease, so that a busy process does
 * not put the others in doubt.
 */
export const PRESENT_MS = 3000
/** A missing replica is forgotten after a window of the budget, as in the pool: docs/replicas.md. */
export const MISSED_MS = 60_000

/** The answer of a script. */
export interface ReadersAnswer {
  /** Monotonic time before the command was sent. */
  readonly sentAtMs: number
  /** Monotonic time. */
  readonly receivedAtMs: number
  /** The time of Redis' clock. */
  readonly serverMs: number
  readonly generation: string
  /** Names and values in turn. */
  readonly fields: readonly string[]
}

export interface Readers {
  note(answer: ReadersAnswer): void
  /**
   * To be called when this replica has found another primary. Others may still be connected to the old one, and write
   * there, so they are missing until they are here as well.
   */
  leave(nowMs: number): void
  /** Whether this replica is among them. If it should be and is not, Redis has lost them. */
  isKnown(): boolean
  /** The other replicas, each with the latest monotonic time at which its lease ends. */
  leases(): ReadonlyMap<string, number>
  /**
   * Monotonic time until which every other replica counts as present: it has sent a message lately, or has said
   * goodbye.
   */
  presentUntilMs(): number
}

interface Reader {
  readonly stamp: number
  readonly leaseUntilMs: number
  readonly presentUntilMs: number
}

export function createReaders(replicaId: string): Readers {
  let others = new Map<string, Reader>()
  /** Replicas that Redis has lost with its data: they are missing until they are back, or for as long as any other. */
  const lost = new Map<string, Reader>()
  let generation: string | null = null
  let isKnown = false

  function toReader(name: string, value: string, answer: ReadersAnswer): Reader {
    const stamp = Number.parseInt(value, 10)
    const before = others.get(name)
    // Redis' clock is used only for the age of the last message. If it is set forwards, a replica counts as missing for
    // a moment.
    const agoMs = Math.max(0, answer.serverMs - stamp)
    const presentUntilMs = answer.sentAtMs + PRESENT_MS - agoMs
    // The clock of this replica may have stood still meanwhile, while its machine was suspended.
    if (before?.stamp === stamp)
      return { ...before, presentUntilMs: Math.min(before.presentUntilMs, presentUntilMs) }
    return { stamp, leaseUntilMs: answer.receivedAtMs + HELD_MS, presentUntilMs }
  }

  return {
    note(answer) {
      const fields = toRecord(answer.fields)
      const names = Object.keys(fields).filter((name) => name !== '' && name !== replicaId)
      if (generation !== null && answer.generation !== generation)
        for (const [name, reader] of others) if (!Object.hasOwn(fields, name)) lost.set(name, reader)
      for (const [name, { presentUntilMs }] of lost)
        if (Object.hasOwn(fields, name) || presentUntilMs + MISSED_MS < answer.sentAtMs) lost.delete(name)
      others = new Map(names.map((name) => [name, toReader(name, fields[name] ?? '', answer)]))
      isKnown = Object.hasOwn(fields, replicaId)
      generation = answer.generation
    },
    leave(nowMs) {
      for (const [name, reader] of others)
        lost.set(name, { ...reader, presentUntilMs: Math.min(reader.presentUntilMs, nowMs) })
      others = new Map()
      isKnown = false
    },
    isKnown: () => isKnown,
    leases: () => new Map([...others, ...lost].map(([name, { leaseUntilMs }]) => [name, leaseUntilMs])),
    presentUntilMs: () =>
      [...others.values(), ...lost.values()].reduce(
        (least, { presentUntilMs }) => Math.min(least, presentUntilMs),
        Infinity,
      ),
  }
}
