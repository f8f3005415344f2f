// The cost of one request: counted before its first call, counted again for the refused calls, explained on demand.
import type { DocumentNode } from 'graphql'
import { GatewayError } from '../errors/errors.ts'
import type { Counted, Operation, Plan, Planner } from './plan.ts'

export interface RequestPlan {
  /** Receives the operation that is about to be executed. */
  begin(operation: Operation, documents: Documents): void
  /**
   * Every call to Aurora waits for this first. The count starts when the first call is about to be made, so a request
   * that the cache answers costs no counting. Rejects with QUERY_REJECTED, for this call and every later one, if the
   * operation certainly needs more calls than allowed. Null as soon as it is certain that it does not.
   */
  checkCost(): Promise<void> | null
  /** Why the whole request is rejected; null if it is not. */
  rejection(): GatewayError | null
  /**
   * When the client should repeat the request: when Aurora could answer all refused calls and all calls that depend on
   * them, or as many of them as fit into one window. Null if no call was refused. Monotonic time.
   */
  wholeAtMs(): Promise<number | null>
  /** Throws a GatewayError for a text that is not a valid request. */
  explain(asked: Asked): Promise<Explained>
}

export interface Asked {
  readonly query: string
  readonly variables: Operation['variables']
  readonly operationName: string | null | undefined
}

export interface Explained extends Plan {
  readonly remaining: number
  /** ISO 8601; null if no call is needed. */
  readonly readyAt: string | null
}

/** What planning needs of the GraphQL room. */
export interface Documents {
  /** Parses and validates a text by the rules for requests; throws the same errors as for a request. */
  read(asked: Asked): DocumentNode
  /** Counts the fields of the largest operation, its fragments wherever they are spread. */
  countFields(document: DocumentNode): number
}

export interface RequestPlanOptions {
  readonly planner: Planner
  /** Shares its counts with recent equal requests; decides whether this request may begin. */
  readonly sharedPlanner: Planner
  /** Plans a repeat of the request, for which the answers of the calls under way will be in the cache. */
  readonly repeatPlanner: Planner
  /** 0: any number. */
  readonly maxCalls: number
  /** How many calls of this request the budget has refused. */
  readonly refused: () => number
  readonly budget: {
    state(): { readonly remaining: number }
    forecast(count: number): number
    comeBackAt(count: number): number
  }
  /** Converts a monotonic time to ISO 8601. */
  readonly toTime: (atMs: number) => string
}

/** Each explained operation is executed three times, and may be as large as a request. */
const MAX_EXPLAINED = 3

export function createRequestPlan(options: RequestPlanOptions): RequestPlan {
  const { planner, sharedPlanner, repeatPlanner, maxCalls, refused, budget, toTime } = options
  let begun: Begun | null = null
  let checking: Promise<void> | null = null
  let isAdmitted = false
  let rejection: GatewayError | null = null
  let counting: Promise<number> | null = null
  let explained = 0
  /** Plans are made one after the other: together they would hold the event loop three times as long. */
  let lastPlan: Promise<unknown> = Promise.resolve()

  async function decide(): Promise<void> {
    if (maxCalls === 0 || begun === null || isTooWide(begun)) return
    // Only calls that are certain count here. A rejected operation makes no calls, so a wrong guess about it would never
    // be corrected.
    const counted = await sharedPlanner.count(begun.operation, 'certain', maxCalls)
    if (counted.calls <= maxCalls) return
    rejection = tooCostly(await sharedPlanner.plan(begun.operation), counted, maxCalls)
    throw rejection
  }

  /** The client must not repeat a write that was carried out, so for a mutation only the refused calls are missing. */
  async function countMissing(): Promise<number> {
    if (begun === null || isMutation(begun.operation) || isTooWide(begun)) return refused()
    const { calls } = await repeatPlanner.count(begun.operation, 'expected')
    return Math.max(refused(), calls)
  }

  return {
    begin: (operation, documents) => void (begun = { operation, documents }),
    checkCost: () => (isAdmitted ? null : (checking ??= decide().then(() => void (isAdmitted = true)))),
    rejection: () => rejection,
    async wholeAtMs() {
      if (refused() === 0) return null
      // Dozens of calls are refused together; all errors that are presented at the same time share one count.
      counting ??= countMissing().finally(() => void (counting = null))
      return budget.comeBackAt(await counting)
    },
    async explain(asked) {
      if (begun === null) return NOTHING
      explained += 1
      if (explained > MAX_EXPLAINED)
        throw new GatewayError('BAD_USER_INPUT', `At most ${MAX_EXPLAINED} operations are explained at once.`)
      const { documents } = begun
      const operation = { document: documents.read(asked), ...asked }
      assertPlannable({ operation, documents })
      const planned = lastPlan.then(() => planner.plan(operation))
      lastPlan = planned.catch(() => {})
      const plan = await planned
      const { expected } = plan.calls
      return {
        remaining: budget.state().remaining,
        readyAt: expected === 0 ? null : toTime(budget.forecast(expected)),
        ...plan,
      }
    },
  }
}

interface Begun {
  readonly operation: Operation
  readonly documents: Documents
}

const NOTHING: Explained = {
  calls: { min: 0, expected: 0, max: 0 },
  isComplete: true,
  steps: [],
  remaining: 0,
  readyAt: null,
}

/** The plan of an imagined execution: an explanation inside an explanation costs nothing. */
export const NOTHING_PLANNED: RequestPlan = {
  begin: () => {},
  checkCost: () => null,
  rejection: () => null,
  wholeAtMs: () => Promise.resolve(null),
  explain: () => Promise.resolve(NOTHING),
}

const tooCostly = (plan: Plan, { calls, isComplete }: Counted, limit: number): GatewayError =>
  new GatewayError(
    'QUERY_REJECTED',
    `This needs ${isComplete ? 'about' : 'at least'} ${calls} calls to Aurora, and ${limit} are the most for one request. No call was spent.`,
    { limit, actual: calls, plan },
  )

/**
 * Imagined lists have hundreds of items, and each item has every selected field. The plan of a wider document would
 * block all other requests for seconds, so it is not made. Only the budget limits the cost of such a document.
 */
const MAX_PLANNED_FIELDS = 500

const fieldsOf = ({ operation, documents }: Begun): number => documents.countFields(operation.document)

const isTooWide = (begun: Begun): boolean => fieldsOf(begun) > MAX_PLANNED_FIELDS

function assertPlannable(begun: Begun): void {
  const actual = fieldsOf(begun)
  if (actual <= MAX_PLANNED_FIELDS) return
  throw new GatewayError('QUERY_REJECTED', `What is explained may have ${MAX_PLANNED_FIELDS} fields.`, {
    limit: MAX_PLANNED_FIELDS,
    actual,
  })
}

const isMutation = ({ document, operationName }: Operation): boolean =>
  document.definitions.some(
    (definition) =>
      definition.kind === 'OperationDefinition' &&
      definition.operation === 'mutation' &&
      (!operationName || definition.name?.value === operationName),
  )
