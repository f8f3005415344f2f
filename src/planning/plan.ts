// The types of planning: the operation that is planned, and the plan with the calls that the operation would cost.
import type { DocumentNode } from 'graphql'

export interface Operation {
  readonly document: DocumentNode
  /** The variables as the client sent them, before the schema coerces them. */
  readonly variables: Readonly<Record<string, unknown>> | null | undefined
  readonly operationName: string | null | undefined
}

export interface CallCount {
  /** Counts every list as empty and every link as one that leads nowhere. */
  readonly min: number
  /** Counts lists as long as the lists seen before, on average. */
  readonly expected: number
  /** Counts lists as long as the longest list seen before. */
  readonly max: number
}

export interface PlanStep {
  /** Names in the answer with points between them, without the places in lists: `projects.nodes.designs`. */
  readonly path: string
  /** Aurora's operationId. */
  readonly operation: string
  readonly route: string
  readonly calls: CallCount
  /** Further calls of the same operation that the cache answers. */
  readonly cached: number
}

export interface Plan {
  readonly calls: CallCount
  /** False if counting ended at its bounds: at least this many calls are needed then. */
  readonly isComplete: boolean
  /** One step for each pair of a field and an operation of Aurora, in the order of the first calls. */
  readonly steps: readonly PlanStep[]
}

export interface Planner {
  /** Throws a GatewayError if the operation could not be executed at all. */
  plan(operation: Operation): Promise<Plan>
  /** Counts the calls only, in a third of the time. Beyond `enough` calls it goes on only as long as that is cheap. */
  count(operation: Operation, outlook: 'certain' | 'expected', enough?: number): Promise<Counted>
}

export interface Counted {
  readonly calls: number
  /** False if counting ended early: at least this many calls are needed then. */
  readonly isComplete: boolean
}
