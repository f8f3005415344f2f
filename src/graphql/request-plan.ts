// What one request knows of its cost: counted before its first call, counted again for what was refused, told on demand.
import type { DocumentNode } from 'graphql'
import { GatewayError } from '../errors/errors.ts'
import { measureDocument } from './measure-document.ts'
import type { Operation, Plan, Planner } from './planner.ts'

export interface RequestPlan {
  /** What is executed; `read` makes a document of a text by the rules for requests, and throws as they do. */
  begin(operation: Operation, read: ReadDocument): void
  /**
   * To be waited for before each call to Aurora. Counts when the first is about to be made: what the cache answers
   * costs no counting. Rejects with QUERY_REJECTED, then and for every later call, where the operation needs more
   * calls than may be, by all that is known.
   */
  admit(): Promise<void>
  /** Why nothing of the request may be answered. */
  rejection(): GatewayError | null
  /**
   * When to ask again: when all that was refused could be answered, and all that lies below it, or as much of it as fits
   * into one window. Null where nothing was refused. Monotonic.
   */
  wholeAtMs(): Promise<number | null>
  /** Throws a GatewayError for a text that is no request. */
  explain(asked: Asked): Promise<Explained>
}

export interface Asked {
  readonly query: string
  readonly variables: Operation['variables']
  readonly operationName: string | null | undefined
}

export interface Explained extends Plan {
  readonly remaining: number
  /** ISO 8601; null where no call is needed. */
  readonly readyAt: string | null
}

export type ReadDocument = (asked: Asked) => DocumentNode

export interface RequestPlanOptions {
  readonly planner: Planner
  /** The same, shared with equal requests of late: decides whether this one may begin. */
  readonly sharedPlanner: Planner
  /** The same for a repeat of the request, to which what is under way will be known. */
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
  /** ISO 8601, of a monotonic time. */
  readonly toTime: (atMs: number) => string
}

/** Each is executed three times over, and may be as large as a request. */
const MAX_EXPLAINED = 3

export function createRequestPlan(options: RequestPlanOptions): RequestPlan {
  const { planner, sharedPlanner, repeatPlanner, maxCalls, refused, budget, toTime } = options
  let begun: { readonly operation: Operation; readonly read: ReadDocument } | null = null
  let admission: Promise<void> | null = null
  let rejection: GatewayError | null = null
  let counting: Promise<number> | null = null
  let explained = 0

  async function decide(): Promise<void> {
    if (maxCalls === 0 || begun === null || isTooWide(begun.operation)) return
    // Held against nobody is a guess: what is refused is never asked, and so the guess would never be corrected.
    const actual = await sharedPlanner.count(begun.operation, 'known')
    if (actual <= maxCalls) return
    rejection = tooCostly(await sharedPlanner.plan(begun.operation), { limit: maxCalls, actual })
    throw rejection
  }

  /** A write that was carried out is not to be repeated, so that of a mutation only what was refused is missing. */
  async function countMissing(): Promise<number> {
    if (begun === null || isMutation(begun.operation) || isTooWide(begun.operation)) return refused()
    return Math.max(refused(), await repeatPlanner.count(begun.operation, 'expected'))
  }

  return {
    begin: (operation, read) => void (begun = { operation, read }),
    admit: () => (admission ??= decide()),
    rejection: () => rejection,
    async wholeAtMs() {
      if (refused() === 0) return null
      // Refusals come by the dozen, and those that are told at once share one count.
      counting ??= countMissing().finally(() => void (counting = null))
      return budget.comeBackAt(await counting)
    },
    async explain(asked) {
      if (begun === null) return NOTHING
      explained += 1
      if (explained > MAX_EXPLAINED)
        throw new GatewayError('BAD_USER_INPUT', `At most ${MAX_EXPLAINED} operations are explained at once.`)
      const operation = { ...asked, document: begun.read(asked) }
      assertPlannable(operation)
      const plan = await planner.plan(operation)
      const { expected } = plan.calls
      return {
        ...plan,
        remaining: budget.state().remaining,
        readyAt: expected === 0 ? null : toTime(budget.forecast(expected)),
      }
    },
  }
}

const NOTHING: Explained = {
  calls: { min: 0, expected: 0, max: 0 },
  steps: [],
  remaining: 0,
  readyAt: null,
}

/** Of a run that is itself only imagined: to explain an explanation costs nothing. */
export const NOTHING_PLANNED: RequestPlan = {
  begin: () => {},
  admit: () => Promise.resolve(),
  rejection: () => null,
  wholeAtMs: () => Promise.resolve(null),
  explain: () => Promise.resolve(NOTHING),
}

const tooCostly = (plan: Plan, figures: { limit: number; actual: number }): GatewayError =>
  new GatewayError(
    'QUERY_REJECTED',
    `This needs about ${figures.actual} calls to Aurora, and ${figures.limit} are the most for one request. No call was spent.`,
    { ...figures, plan },
  )

/**
 * Imagined lists have hundreds of items, and each has every field: planning wider documents would keep all others
 * waiting for seconds. What they cost is told by what the budget lets them have.
 */
const MAX_PLANNED_FIELDS = 500

const countFields = (document: DocumentNode): number => measureDocument(document).fields ?? 0

const isTooWide = ({ document }: Operation): boolean => countFields(document) > MAX_PLANNED_FIELDS

function assertPlannable({ document }: Operation): void {
  const actual = countFields(document)
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
