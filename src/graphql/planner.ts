// What an operation would cost: it is executed as it stands, by the resolvers and loaders that execute it in earnest, over
// an Aurora that is only imagined.
import { NO_PARTS } from '../answers/parts.ts'
import { execute } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import type { DryRun } from '../planning/dry-run.ts'
import type { ImaginedCall } from '../planning/imagined-aurora.ts'
import type { Outlook } from '../planning/imagined-replies.ts'
import type { GraphQLContext } from './context.ts'
import { fromRequestError } from './present-error.ts'
import { NOTHING_PLANNED } from './request-plan.ts'
import { NOTHING_STALE } from './stale-report.ts'
import { createRequestRecord } from '../telemetry/request-record.ts'

export interface Operation {
  readonly document: DocumentNode
  /** As they came. */
  readonly variables: Readonly<Record<string, unknown>> | null | undefined
  readonly operationName: string | null | undefined
}

export interface CallCount {
  /** Where every list is empty and every link leads nowhere. */
  readonly min: number
  /** Where lists are as long as those seen before, on average. */
  readonly expected: number
  /** Where lists are as long as any seen before. */
  readonly max: number
}

export interface PlanStep {
  /** Names in the answer with points between them, without the places in lists: `projects.nodes.designs`. */
  readonly path: string
  /** Aurora's operationId. */
  readonly operation: string
  /** Its verb and path template. */
  readonly route: string
  readonly calls: CallCount
  /** Further calls of the same that the cache answers. */
  readonly cached: number
}

export interface Plan {
  readonly calls: CallCount
  /** One for each field and operation of Aurora's, in the order in which they are first asked. */
  readonly steps: readonly PlanStep[]
}

export interface Planner {
  /** Throws a GatewayError where the operation could not be executed at all. */
  plan(operation: Operation): Promise<Plan>
  /** The calls alone, in a third of the time. */
  count(operation: Operation, outlook: 'known' | 'expected'): Promise<number>
}

export interface PlannerOptions {
  readonly schema: GraphQLSchema
  readonly createDryRun: (outlook: Outlook) => DryRun
}

export function createPlanner({ schema, createDryRun }: PlannerOptions): Planner {
  async function run(
    { document, variables, operationName }: Operation,
    { outlook, isTraced }: { outlook: Outlook; isTraced: boolean },
  ): Promise<readonly ImaginedCall[]> {
    const dryRun = createDryRun(outlook)
    const executing = execute({
      schema,
      document,
      contextValue: contextOf(dryRun, isTraced),
      ...(variables && { variableValues: variables }),
      ...(operationName && { operationName }),
    })
    const result = await Promise.race([executing, dryRun.full])
    // Without data nothing was executed: what failed is the request. Of fields only those fail that would in earnest.
    const [error] = result?.errors ?? []
    if (error && result?.data === undefined) throw fromRequestError(error, 'BAD_USER_INPUT')
    return dryRun.calls
  }

  return {
    async plan(operation) {
      const expected = await run(operation, { outlook: 'expected', isTraced: true })
      const max = await run(operation, { outlook: 'max', isTraced: true })
      const min = await run(operation, { outlook: 'min', isTraced: true })
      return merge({ min, expected, max })
    },
    count: async (operation, outlook) => countCalls(await run(operation, { outlook, isTraced: false })),
  }
}

/** Nothing that a resolver can reach from here is seen outside. */
const contextOf = (dryRun: DryRun, isTraced: boolean): GraphQLContext => ({
  record: createRequestRecord('imagined'),
  get loaders() {
    return dryRun.loaders
  },
  write: dryRun.write,
  describe: ({ code, message }) => ({ message, extensions: { code } }),
  isReadOnly: false,
  parts: NO_PARTS,
  tally: dryRun.tally,
  preferredWaitMs: null,
  staleReport: NOTHING_STALE,
  budget: {
    windowMs: 0,
    state: () => ({ limit: 0, remaining: 0, resetAtMs: null }),
    forecast: () => 0,
    comeBackAt: () => 0,
  },
  isTraced,
  plan: NOTHING_PLANNED,
})

type Runs = Readonly<Record<'min' | 'expected' | 'max', readonly ImaginedCall[]>>

const countCalls = (calls: readonly ImaginedCall[]): number =>
  calls.filter(({ isCached }) => !isCached).length

function merge(runs: Runs): Plan {
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
  return { calls, steps: steps.flatMap((step) => step ?? []) }
}

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

/** What several fields share goes by the first that asks, and where lists are empty another may be the first. */
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
