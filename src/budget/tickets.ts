// Who is next: classes in order, within a class one call of each caller in turn, of one caller what was promised first.
import type { CallClass } from '../rest/terms.ts'
import { CLASSES } from './classes.ts'
import type { Waiting } from './ledger.ts'

export interface Ticket {
  readonly callClass: CallClass
  readonly caller: string
  /** When it was promised a slot, having been refused before; null where nothing was. */
  readonly promisedAtMs: number | null
}

/**
 * `turns` says when callers had their last slot, by any number that grows; who is not in it has had none of late.
 * Tickets come in order of arrival, and keep it where nothing else decides.
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

/** The first of them in that order. */
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
  if (ticket.caller === other.caller) return promiseOf(ticket) < promiseOf(other)
  return (turns.get(ticket.caller) ?? 0) < (turns.get(other.caller) ?? 0)
}

/** The first of each caller, then the second of each, and so on; who had no slot for the longest time is first. */
function inTurn<Some extends Ticket>(tickets: readonly Some[], turns: ReadonlyMap<string, number>): Some[] {
  const callers = new Map<string, Some[]>()
  for (const ticket of tickets) {
    const known = callers.get(ticket.caller)
    if (known) known.push(ticket)
    else callers.set(ticket.caller, [ticket])
  }
  const queues = [...callers.entries()]
    .sort(([left], [right]) => (turns.get(left) ?? 0) - (turns.get(right) ?? 0))
    .map(([, queue]) => queue.sort((left, right) => promiseOf(left) - promiseOf(right)))
  const longest = Math.max(0, ...queues.map(({ length }) => length))
  return Array.from({ length: longest }, (_, round) => queues.flatMap((queue) => queue[round] ?? [])).flat()
}

const promiseOf = ({ promisedAtMs }: Ticket): number => promisedAtMs ?? Infinity

export const countWaiting = (tickets: readonly Ticket[]): Waiting => {
  const counts: Record<CallClass, number> = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 }
  for (const { callClass } of tickets) counts[callClass] += 1
  return counts
}
