// The order of the calls that wait: by class, then callers in turn, then the calls of one caller by their reservation.
import type { CallClass } from '../telemetry/events.ts'
import { CLASSES } from './classes.ts'
import type { Waiting } from './ledger.ts'

export interface Ticket {
  readonly callClass: CallClass
  readonly caller: string
  /** The time that the call got when it was refused before; null where it was not. */
  readonly reservedAtMs: number | null
}

/**
 * `turns` holds when callers had their last slot, by any number that grows; a caller that is not in it had none lately.
 * Tickets come in order of arrival, and keep that order where nothing else decides.
 */
export function inOrder<Some extends Ticket>(
  tickets: readonly Some[],
  turns: ReadonlyMap<string, number>,
): readonly Some[] {
  if (tickets.length < 2) return tickets
  return CLASSES.flatMap((callClass) =>
    inTurn(
      tickets.filter((ticket) => ticket.callClass === callClass),
      turns,
    ),
  )
}

/** The first ticket in that order. */
export function findFirst<Some extends Ticket>(
  tickets: readonly Some[],
  turns: ReadonlyMap<string, number>,
): Some | undefined {
  let first: Some | undefined
  for (const ticket of tickets) if (first === undefined || goesBefore(ticket, first, turns)) first = ticket
  return first
}

function goesBefore(ticket: Ticket, other: Ticket, turns: ReadonlyMap<string, number>): boolean {
  const byClass = CLASSES.indexOf(ticket.callClass) - CLASSES.indexOf(other.callClass)
  if (byClass !== 0) return byClass < 0
  if (ticket.caller === other.caller) return reservedAt(ticket) < reservedAt(other)
  return (turns.get(ticket.caller) ?? 0) < (turns.get(other.caller) ?? 0)
}

/** The first call of each caller, then the second of each, and so on. The caller whose last slot is oldest is first. */
function inTurn<Some extends Ticket>(tickets: readonly Some[], turns: ReadonlyMap<string, number>): Some[] {
  const callers = new Map<string, Some[]>()
  for (const ticket of tickets) {
    const known = callers.get(ticket.caller)
    if (known) known.push(ticket)
    else callers.set(ticket.caller, [ticket])
  }
  const queues = [...callers.entries()]
    .sort(([left], [right]) => (turns.get(left) ?? 0) - (turns.get(right) ?? 0))
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
