// Divides the work of a large answer into turns of the event loop. Objects begin in the order in which they came, so
// calls are made in the same order as without turns.
import { UNITS_PER_TURN } from '../turns/pace.ts'
import type { Pace } from '../turns/pace.ts'
import { MEMORY } from './answer-size.ts'
import { ignoreFailure, Join, Later } from './join.ts'
import type { Complete } from './join.ts'
import { ItemRun } from './position.ts'
import type { FieldRun } from './position.ts'

/** The functions that complete a value in its turn. */
export interface Completers {
  /** Whether the value was awaited. */
  readonly isLate: boolean
  readonly completeField: (run: FieldRun, value: unknown) => unknown
  readonly completeItem: Complete
}

/**
 * Whether an awaited object needs no turn of its own, because the request is small and the object was counted in
 * advance.
 */
export function isTakenAhead({ field, execution: { pace } }: FieldRun): boolean {
  if (!pace || !field.isComposite) return true
  if (field.shape.kind === 'list' || !pace.takeAhead(field.size.all)) return false
  pace.note(field.size.own)
  return true
}

/** An object that is available is executed at once: it was counted with the object that shows it. */
export function completeInTurn(run: FieldRun, value: unknown, completers: Completers): unknown {
  const { field, execution } = run
  const { pace } = execution
  const { completeField, isLate } = completers
  if (!pace || !field.isComposite || value === null || value === undefined) return completeField(run, value)
  const { own, all } = field.size
  if (Array.isArray(value)) return gatherInTurn(run, value, { pace, completers })
  pace.note(own)
  return !isLate || pace.take(all)
    ? completeField(run, value)
    : new Later(pace.wait(all), () => completeField(run, value))
}

interface Turns {
  readonly pace: Pace
  readonly completers: Completers
}

/** How many items are gathered for one unit: gathering takes a part of the time of executing. */
const ITEMS_PER_UNIT = 5

function gatherInTurn(run: FieldRun, value: readonly unknown[], turns: Turns): unknown {
  const { gather } = run.execution
  if (!gather) return completeItems(run, value, turns)
  const units = Math.ceil(value.length / ITEMS_PER_UNIT)
  const complete = (): unknown => completeItems(run, gather(value), turns)
  return units === 0 || turns.pace.take(units) ? complete() : new Later(turns.pace.wait(units), complete)
}

function completeItems(run: FieldRun, items: readonly unknown[], turns: Turns): unknown {
  const { pace, completers } = turns
  const { own, all } = run.field.size
  pace.note(own * items.length)
  return items.length === 0 || pace.take(all * items.length)
    ? completers.completeField(run, items)
    : itemsInTurns(run, items, turns)
}

function itemsInTurns(
  run: FieldRun,
  items: readonly unknown[],
  { pace, completers: { completeItem, completeField } }: Turns,
): unknown {
  const { field } = run
  // If the schema has a list and the value is none, it fails as a whole.
  if (field.shape.kind !== 'list') return completeField(run, items)
  const { item } = field.shape
  const units = field.size.all
  const size = Math.max(1, Math.floor(UNITS_PER_TURN / units))
  const join = new Join([])
  // Items may fail before their turn comes.
  items.forEach(ignoreFailure)
  const { size: counted } = run.execution
  const turns = Math.ceil(items.length / size)
  counted.add(items.length, MEMORY.list + items.length * MEMORY.item + turns * MEMORY.turn)
  for (let from = 0; from < items.length; from += size) {
    const to = Math.min(from + size, items.length)
    join.waitForTurn(pace.wait(units * (to - from)), () => {
      counted.release(MEMORY.turn)
      for (let index = from; index < to && !join.isOver; index += 1)
        join.put(new ItemRun(run, item, run, index), items[index], completeItem)
    })
  }
  return join
}
