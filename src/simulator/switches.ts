// What can be changed while the simulator runs: the shape of its answers, forbidden operations, the time of jobs.

import { isOperationId } from './routes.ts'
import { DEFAULT_SHAPE } from './shape.ts'
import type { Shape } from './shape.ts'

export interface Switches {
  shape(): Shape
  setShape(change: Partial<Shape>): void
  isForbidden(operationId: string): boolean
  /** Replaces the earlier list. Throws for an operation that the simulator does not have. */
  setForbidden(operationIds: readonly string[]): void
  jobMs(): number
  /** For jobs that begin from now on. */
  setJobMs(jobMs: number): void
}

export interface SwitchOptions {
  readonly shape?: Partial<Shape>
  /** Operations, by their operationId, that no key may use: answered 403. */
  readonly forbidden?: readonly string[]
  /** How long a job runs; with 0 it has ended in the answer that begins it. */
  readonly jobMs?: number
}

/** Real jobs take seconds to minutes. */
const DEFAULT_JOB_MS = 2000

export function createSwitches(options: SwitchOptions): Switches {
  let shape: Shape = { ...DEFAULT_SHAPE, ...options.shape }
  let forbidden: ReadonlySet<string> = new Set()
  let { jobMs = DEFAULT_JOB_MS } = options
  const setForbidden = (operationIds: readonly string[]): void => {
    const unknown = operationIds.filter((id) => !isOperationId(id))
    // A misspelt name would forbid nothing, and the test that relies on it would prove nothing.
    if (unknown.length > 0) throw new RangeError(`no such operation: ${unknown.join(', ')}`)
    forbidden = new Set(operationIds)
  }
  setForbidden(options.forbidden ?? [])
  return {
    shape: () => shape,
    setShape: (change) => void (shape = { ...shape, ...change }),
    isForbidden: (operationId) => forbidden.has(operationId),
    setForbidden,
    jobMs: () => jobMs,
    setJobMs: (ms) => void (jobMs = ms),
  }
}
