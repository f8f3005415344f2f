// The order of the calls that wait: by class, then calls whose time has come, then callers in turn, then by reservation.
import type { CallClass } from '../telemetry/events.ts'
import { CLASSES } from './classes.ts'
import type { Waiting } from './ledger.ts'

export interface Ticket {
  readonly callClass: CallClass
  readonly caller: string
  /** The first time that the call got when it was refused before; null if it was not refused. */
  readonly reservedAtMs: number | null
}

export interface Turns {
  /** When callers had their last slot, by any number that grows; a caller that is not in it had none lately. */
  readonly turns: ReadonlyMap<string, number>
  /** Calls that were promised a slot until this time are due. */
  readonly dueUntilMs: number
}

/** Tickets come in order of arrival, and keep that order if nothing else decides. */
export function inOrder<Some extends Ticket>(tickets: readonly Some[], turns: Turns): readonly Some[] {
  if (tickets.length < 2) return tickets
  return CLASSES.flatMap((callClass) => {
    const ofClass = tickets.filter((ticket) => ticket.callClass === callClass)
    const isNow = (ticket: Ticket): boolean => isDue(ticket, turns)
    return [
      ...inTurn(ofClass.filter(isNow), turns),
      ...inTurn(
        ofClass.filter((ticket) => !isNow(ticket)),
        turns,
      ),
    ]
  })
}

const isDue = (ticket: Ticket, { dueUntilMs }: Turns): boolean => reservedAt(ticket) <= dueUntilMs

/** The first ticket in that order. */
export function findFirst<Some extends Ticket>(tickets: readonly Some[], turns: Turns): Some | undefined {
  let first: Some | undefined
  for (const ticket of tickets) if (first === undefined || goesBefore(ticket, first, turns)) first = ticket
  return first
}

function goesBefore(ticket: Ticket, other: Ticket, turns: Turns): boolean {
  const byClass = CLASSES.indexOf(ticket.callClass) - CLASSES.indexOf(other.callClass)
  if (byClass !== 0) return byClass < 0
  if (isDue(ticket, turns) !== isDue(other, turns)) return isDue(ticket, turns)
  if (ticket.caller === other.caller) return reservedAt(ticket) < reservedAt(other)
  return lastTurn(ticket.caller, turns) < lastTurn(other.caller, turns)
}

const lastTurn = (caller: string, { turns }: Turns): number => turns.get(caller) ?? 0

/** The first call of each caller, then the second of each, and so on. The caller whose last slot is oldest is first. */
function inTurn<Some extends Ticket>(tickets: readonly Some[], turns: Turns): Some[] {
  const callers = new Map<string, Some[]>()
  for (const ticket of tickets) {
    const known = callers.get(ticket.caller)
    if (known) known.push(ticket)
    else callers.set(ticket.caller, [ticket])
  }
  const queues = [...callers.entries()]
    .sort(([left], [right]) => lastTurn(left, turns) - lastTurn(right, turns))
    .map(([, queue]) => queue.sort((left, right) => reservedAt(left) - reservedAt(right)))
  const longest = Math.max(0, ...queues.map(({ length }) => length))
  return Array.from({ length: longest }, (_, round) => queues.flatMap((queue) => queue[round] ?? [])).flat()
}

const reservedAt = ({ reservedAtMs }: Ticket): number => reservedAtMs ?? Infinity

export const countWaiting = (tickets: readonly Ticket[]): Waiting => {
  const counts: Record<CallClass, number> = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 }
  for (const { callClass } of tickets) counts[callClass] += 1
  return counts
}

/** How many calls of this class each caller has. */
export function countCallers(tickets: readonly Ticket[], ofClass: CallClass): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { callClass, caller } of tickets)
    if (callClass === ofClass) counts.set(caller, (counts.get(caller) ?? 0) + 1)
  return counts
}
