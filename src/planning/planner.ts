// Plans an operation: executes it with the same resolvers and loaders as a real request, but over an imagined Aurora.
import type { Bounds } from './bounds.ts'
import type { DryRun } from './dry-run.ts'
import type { Outlook } from './outlook.ts'
import { countCalls, mergeRuns } from './merge-runs.ts'
import type { Run } from './merge-runs.ts'
import type { Operation, Planner } from './plan.ts'
import { NOTHING_PLANNED } from './request-plan.ts'
import type { RequestPlan } from './request-plan.ts'

/** What one imagined execution passes to the resolvers. */
export interface ImaginedExecution extends Pick<DryRun, 'loaders' | 'write' | 'tally'> {
  readonly pace: Bounds['pace']
  readonly gather: DryRun['gather']
  /** Whether the calls are recorded with the paths of their fields. */
  readonly isTraced: boolean
  /** The plan of the imagined request; it counts nothing. */
  readonly plan: RequestPlan
}

/**
 * Executes an operation with the schema; the GraphQL room provides it (graphql/execute-imagined.ts). Rejects with a
 * GatewayError if the operation could not be executed at all; errors of single fields do not matter to a plan.
 */
export type ExecuteImagined = (operation: Operation, execution: ImaginedExecution) => Promise<void>

export interface PlannerOptions {
  readonly execute: ExecuteImagined
  readonly createDryRun: (outlook: Outlook, isGathering: boolean, enough?: number) => DryRun
}

export function createPlanner({ execute, createDryRun }: PlannerOptions): Planner {
  async function runOnce(operation: Operation, dryRun: DryRun, isTraced: boolean): Promise<Run> {
    const { bounds, write, tally, gather } = dryRun
    const execution: ImaginedExecution = {
      loaders: dryRun.loaders,
      write,
      tally,
      pace: bounds.pace,
      gather,
      isTraced,
      plan: NOTHING_PLANNED,
    }
    await Promise.race([execute(operation, execution), bounds.passed])
    return { calls: dryRun.calls, isComplete: !bounds.isPassed() }
  }

  async function run(operation: Operation, outlook: Outlook, counting?: Counting): Promise<Run> {
    const isTraced = counting === undefined
    const gathering = createDryRun(outlook, true, counting?.enough)
    const gathered = await runOnce(operation, gathering, isTraced)
    if (!gathering.hasGivenUp()) return gathered
    return runOnce(operation, createDryRun(outlook, false, counting?.enough), isTraced)
  }

  return {
    async plan(operation) {
      const expected = await run(operation, 'expected')
      const max = await run(operation, 'max')
      const min = await run(operation, 'min')
      return mergeRuns({ min, expected, max })
    },
    async count(operation, outlook, enough) {
      const { calls, isComplete } = await run(operation, outlook, { enough })
      return { calls: countCalls(calls), isComplete }
    },
  }
}

interface Counting {
  readonly enough: number | undefined
}
