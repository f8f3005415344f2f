// Gets the plan of a query from a gateway, through its public door.
import type { Answer, TestGateway } from './test-gateway.ts'

export interface PlanAnswer {
  readonly calls: CallCount
  readonly remaining: number
  readonly readyAt: string | null
  readonly steps: readonly {
    readonly path: string
    readonly operation: string
    readonly route: string
    readonly calls: CallCount
    readonly cached: number
  }[]
}

interface CallCount {
  readonly min: number
  readonly expected: number
  readonly max: number
}

export const EXPLAIN = `query ($query: String!, $variables: JSON, $operationName: String) {
  explain(query: $query, variables: $variables, operationName: $operationName) {
    calls { min expected max }
    remaining
    readyAt
    steps { path operation route calls { min expected max } cached }
  }
}`

type Headers = Readonly<Record<string, string>>

export async function explain(
  gateway: TestGateway,
  query: string,
  variables: object = {},
  headers: Headers = {},
): Promise<PlanAnswer> {
  const body = { query: EXPLAIN, variables: { query, variables } }
  const { data } = await askWith<{ explain: PlanAnswer | null }>(gateway, body, headers)
  if (!data?.explain) throw new Error('nothing was explained')
  return data.explain
}

export async function askWith<Data = object>(
  gateway: TestGateway,
  body: { readonly query: string; readonly variables?: object },
  headers: Headers,
): Promise<Answer<Data>> {
  const response = await gateway.handle(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  )
  const text = await response.text()
  return { ...(JSON.parse(text) as Answer<Data>), text, httpStatus: response.status }
}
