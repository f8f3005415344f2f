// Shares counts and plans among equal requests: a thousand phones that open the same screen at once cost one plan.
import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Counted, Operation, Planner } from './plan.ts'

export interface SharedCounts {
  /** `terms` names everything else that the count depends on: the scope of the caller, and how old an answer may be. */
  share(planner: Planner, terms: string): Planner
}

/** The cache changes with every answer; for a decision about hundreds of calls, one second makes no difference. */
const COUNT_MS = 1000
/**
 * The plan of a rejected operation takes three times the work, and a client in a loop would need it again and again.
 */
const PLAN_MS = 10_000
/** Only a few screens are opened by many clients at once. */
const MAX_SHARED = 200

interface Made<Value> {
  readonly atMs: number
  readonly value: Promise<Value>
}

export function createSharedCounts(clock: Clock): SharedCounts {
  const counts = createRecent<Counted>(COUNT_MS, clock)
  const plans = createRecent<Awaited<ReturnType<Planner['plan']>>>(PLAN_MS, clock)
  /** The parser caches documents by their text, so that equal texts give the same object. */
  const numbers = new WeakMap<Operation['document'], number>()
  let lastNumber = 0

  /** A hash, because variables may be large and may contain secrets. */
  function nameOf({ document, variables, operationName }: Operation, terms: string): string {
    const number = numbers.get(document) ?? (lastNumber += 1)
    numbers.set(document, number)
    const asked = JSON.stringify([number, terms, operationName ?? null, variables ?? null])
    return createHash('sha256').update(asked).digest('base64')
  }

  return {
    share: (planner, terms) => ({
      plan: (operation) => plans.take(nameOf(operation, terms), () => planner.plan(operation)),
      count: (operation, outlook, enough) =>
        counts.take(nameOf(operation, `${outlook} ${enough} ${terms}`), () =>
          planner.count(operation, outlook, enough),
        ),
    }),
  }
}

/** The first entry is the oldest, because new entries go to the end. */
function createRecent<Value>(keptMs: number, clock: Clock) {
  const recent = new Map<string, Made<Value>>()

  function deleteOld(nowMs: number): void {
    for (const [name, { atMs }] of recent) {
      if (nowMs - atMs < keptMs && recent.size < MAX_SHARED) return
      recent.delete(name)
    }
  }

  return {
    take(name: string, make: () => Promise<Value>): Promise<Value> {
      const nowMs = clock.monotonicMs()
      deleteOld(nowMs)
      const shared = recent.get(name)
      if (shared) return shared.value
      const value = make()
      recent.set(name, { atMs: nowMs, value })
      // A failure is shared only with the requests that were already waiting for it.
      value.catch(() => recent.delete(name))
      return value
    },
  }
}
