// Requests the cost of an operation by the field `explain` of the schema. This is a request like any other, and spends no call to Aurora.
import { readWindow } from './spent.ts'
import type { Window } from './spent.ts'
import type { Question } from './question.ts'
import { countOf, listOf, membersOf, textOf } from './unknown.ts'

export interface Calls {
  readonly min: number
  readonly expected: number
  readonly max: number
}

export interface Step {
  readonly path: string
  readonly operation: string
  readonly route: string
  readonly calls: Calls
  readonly cached: number
}

export interface Plan {
  readonly calls: Calls
  readonly isComplete: boolean
  readonly remaining: number
  /** ISO 8601; null where no call is needed. */
  readonly readyAt: string | null
  readonly steps: readonly Step[]
}

export type Reply =
  | {
      readonly kind: 'plan'
      readonly plan: Plan
      readonly window: Window | null
      readonly response: Response
    }
  /** The gateway takes no request with these headers, or none at the moment. */
  | { readonly kind: 'refused'; readonly response: Response }
  | { readonly kind: 'fault'; readonly message: string }

const COST = `query CostOfQuery($query: String!, $variables: JSON, $operationName: String) {
  explain(query: $query, variables: $variables, operationName: $operationName) {
    calls { min expected max }
    isComplete
    remaining
    readyAt
    steps { path operation route calls { min expected max } cached }
  }
}`

export async function askCost(address: string, question: Question, signal: AbortSignal): Promise<Reply> {
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      ...question.headers,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    },
    body: JSON.stringify({ query: COST, variables: question.variables, operationName: 'CostOfQuery' }),
    signal,
  })
  if (response.status === 401 || response.status === 429) return { kind: 'refused', response }
  const answer: unknown = await response.json()
  const { data, errors, extensions } = membersOf(answer)
  const { explain } = membersOf(data)
  if (typeof explain !== 'object' || explain === null)
    return { kind: 'fault', message: messageOf(errors, response) }
  return {
    kind: 'plan',
    plan: readPlan(explain),
    window: readWindow(membersOf(extensions)['upstream']),
    response,
  }
}

function messageOf(errors: unknown, { status }: Response): string {
  const [first] = listOf(errors)
  return textOf(membersOf(first)['message']) ?? `The gateway has answered with HTTP ${status} and no plan.`
}

function readPlan(explained: unknown): Plan {
  const { calls, isComplete, remaining, readyAt, steps } = membersOf(explained)
  return {
    calls: readCalls(calls),
    isComplete: isComplete !== false,
    remaining: countOf(remaining),
    readyAt: textOf(readyAt),
    steps: listOf(steps).map(readStep),
  }
}

function readStep(step: unknown): Step {
  const { path, operation, route, calls, cached } = membersOf(step)
  return {
    path: textOf(path) ?? '',
    operation: textOf(operation) ?? '',
    route: textOf(route) ?? '',
    calls: readCalls(calls),
    cached: countOf(cached),
  }
}

function readCalls(calls: unknown): Calls {
  const { min, expected, max } = membersOf(calls)
  return { min: countOf(min), expected: countOf(expected), max: countOf(max) }
}
