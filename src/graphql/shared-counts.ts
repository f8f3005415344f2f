// Counts and plans that equal requests share: a thousand phones that open the same screen at once are planned for once.
import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Operation, Planner } from './planner.ts'

export interface SharedCounts {
  /** `terms` names what else the count depends on: in whose name, and how old an answer may be. */
  share(planner: Planner, terms: string): Planner
}

/** What is cached changes with every answer; for a decision about hundreds of calls, a second makes no difference. */
const COUNT_MS = 1000
/** The plan of what was refused is three times the work, and asked for again by who repeats it in a loop. */
const PLAN_MS = 10_000
/** Screens that many open at once are a few. */
const MAX_SHARED = 200

interface Made<Value> {
  readonly atMs: number
  readonly value: Promise<Value>
}

export function createSharedCounts(clock: Clock): SharedCounts {
  const counts = createShelf<number>(COUNT_MS, clock)
  const plans = createShelf<Awaited<ReturnType<Planner['plan']>>>(PLAN_MS, clock)
  /** Parsed documents are kept by their text, so that equal ones are the same. */
  const numbers = new WeakMap<Operation['document'], number>()
  let lastNumber = 0

  /** Hashed, since variables may be large and may hold secrets. */
  function nameOf({ document, variables, operationName }: Operation, terms: string): string {
    const number = numbers.get(document) ?? (lastNumber += 1)
    numbers.set(document, number)
    const asked = JSON.stringify([number, terms, operationName ?? null, variables ?? null])
    return createHash('sha256').update(asked).digest('base64')
  }

  return {
    share: (planner, terms) => ({
      plan: (operation) => plans.take(nameOf(operation, terms), () => planner.plan(operation)),
      count: (operation, outlook) =>
        counts.take(nameOf(operation, `${outlook} ${terms}`), () => planner.count(operation, outlook)),
    }),
  }
}

/** The oldest is the first, as what is made anew goes to the end. */
function createShelf<Value>(keptMs: number, clock: Clock) {
  const shelf = new Map<string, Made<Value>>()

  function forgetOld(nowMs: number): void {
    for (const [name, { atMs }] of shelf) {
      if (nowMs - atMs < keptMs && shelf.size < MAX_SHARED) return
      shelf.delete(name)
    }
  }

  return {
    take(name: string, make: () => Promise<Value>): Promise<Value> {
      const nowMs = clock.monotonicMs()
      forgetOld(nowMs)
      const known = shelf.get(name)
      if (known) return known.value
      const value = make()
      shelf.set(name, { atMs: nowMs, value })
      // What failed is not shared for longer than it takes.
      value.catch(() => shelf.delete(name))
      return value
    },
  }
}
