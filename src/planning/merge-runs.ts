// Makes a plan of the calls of three dry runs: the fewest, the expected and the most.
import type { ImaginedCall } from './imagined-aurora.ts'
import type { CallCount, Plan, PlanStep } from './plan.ts'

export interface Run {
  readonly calls: readonly ImaginedCall[]
  /** False if it ended at its bounds. */
  readonly isComplete: boolean
}

type Runs<Value = readonly ImaginedCall[]> = Readonly<Record<'min' | 'expected' | 'max', Value>>

export function mergeRuns(merged: Runs<Run>): Plan {
  const runs = { min: merged.min.calls, expected: merged.expected.calls, max: merged.max.calls }
  const calls = countEach(runs)
  const names = new Set([runs.expected, runs.max, runs.min].flat().map(nameOf))
  const grouped = { min: group(runs.min), expected: group(runs.expected), max: group(runs.max) }
  const steps = [...names].map((name) => {
    const step = {
      min: grouped.min.get(name) ?? [],
      expected: grouped.expected.get(name) ?? [],
      max: grouped.max.get(name) ?? [],
    }
    return toStep(step)
  })
  return {
    calls,
    isComplete: Object.values(merged).every(({ isComplete }) => isComplete),
    steps: steps.flatMap((step) => step ?? []),
  }
}

export const countCalls = (calls: readonly ImaginedCall[]): number =>
  calls.reduce((sum, { isCached, count }) => sum + (isCached ? 0 : count), 0)

function toStep(runs: Runs): PlanStep | null {
  const [first] = [runs.expected, runs.max, runs.min].flat()
  if (!first) return null
  const { operation, method, route } = first.endpoint
  return {
    path: placeOf(first),
    operation,
    route: `${method} ${route}`,
    calls: countEach(runs),
    cached: runs.expected.filter(({ isCached }) => isCached).length,
  }
}

/**
 * A call that several fields share counts for the field that needs it first. With empty lists that may be another
 * field, so the three counts of a step can be out of order: the expected count bounds the other two.
 */
function countEach(runs: Runs): CallCount {
  const expected = countCalls(runs.expected)
  const min = Math.min(countCalls(runs.min), expected)
  return { min, expected, max: Math.max(countCalls(runs.max), expected) }
}

const placeOf = ({ path }: ImaginedCall): string =>
  (path ?? []).filter((key) => typeof key === 'string').join('.')

const nameOf = (call: ImaginedCall): string => `${placeOf(call)} ${call.endpoint.operation}`

function group(calls: readonly ImaginedCall[]): ReadonlyMap<string, readonly ImaginedCall[]> {
  const groups = new Map<string, ImaginedCall[]>()
  for (const call of calls) {
    const name = nameOf(call)
    const known = groups.get(name)
    if (known) known.push(call)
    else groups.set(name, [call])
  }
  return groups
}
