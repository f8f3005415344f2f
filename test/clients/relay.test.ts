// Relay's runtime: a screen, the next page of its connection, a node by its id, and limits, as docs/clients.md has them.
import {
  createOperationDescriptor,
  Environment,
  fetchQuery,
  getRequest,
  Network,
  RecordSource,
  Store,
} from 'relay-runtime'
import type {
  GraphQLResponse,
  GraphQLTaggedNode,
  OperationType,
  RequestParameters,
  Variables,
} from 'relay-runtime'
import { describe, expect, it } from 'vitest'
import { FEW_CALLS, HEADERS, openAppGateway } from './open-gateway.ts'
import type { AppGateway, Limited } from './open-gateway.ts'
import projectAgain from './compiled/project-again-query.ts'
import type { queriesProjectAgainQuery } from './compiled/project-again-query.ts'
import nextPage from './compiled/projects-page-query.ts'
import type { queriesProjectsPageQuery } from './compiled/projects-page-query.ts'
import screen from './compiled/screen-query.ts'
import type { queriesScreenQuery } from './compiled/screen-query.ts'

interface Answer {
  readonly data?: unknown
  readonly errors?: readonly { readonly path?: readonly (string | number)[]; readonly extensions: unknown }[]
}

/** What was refused is told beside the data, of which Relay would otherwise take none. */
function open(app: AppGateway) {
  const limited: Limited[] = []
  const fetchCached = app.createCachingFetch()
  async function ask({ text, name }: RequestParameters, variables: Variables): Promise<GraphQLResponse> {
    const search = new URLSearchParams({
      query: text ?? '',
      operationName: name,
      variables: JSON.stringify(variables),
    })
    const response = await fetchCached(`${app.url}?${search}`, { headers: HEADERS })
    const { data, errors = [] } = (await response.json()) as Answer
    limited.push(
      ...errors.map(({ extensions }) => extensions as Limited).filter(({ code }) => code === 'RATE_LIMITED'),
    )
    return { data } as GraphQLResponse
  }
  const environment = new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) })
  const read = async <Operation extends OperationType>(
    query: GraphQLTaggedNode,
    variables: Operation['variables'],
    policy: 'network-only' | 'store-or-network' = 'network-only',
  ): Promise<void> => {
    await fetchQuery<Operation>(environment, query, variables, { fetchPolicy: policy }).toPromise()
  }
  const records = () => environment.getStore().getSource().toJSON() as Record<string, Record<string, unknown>>
  return { environment, read, records, limited }
}

describe('Relay', () => {
  it('reads a screen, the next page into the same connection, a node by its id, and again for nothing', async () => {
    await using app = await openAppGateway()
    const { environment, read, records } = open(app)
    const operation = getRequest(screen)
    expect(operation.params.name).toBe('queriesScreenQuery')
    // Held, as a mounted screen holds it.
    environment.retain(createOperationDescriptor(operation, { count: 3 }))
    await read<queriesScreenQuery>(screen, { count: 3 })
    const refs = (record: string, member: string): readonly string[] => {
      const held = records()[record]?.[member] as { readonly __refs?: string[]; readonly __ref?: string }
      return held.__refs ?? [held.__ref ?? '']
    }
    const connection = 'client:root:__queries_projects_connection'
    expect(refs(connection, 'edges')).toHaveLength(3)
    const [pageInfo = ''] = refs(connection, 'pageInfo')
    const cursor = String(records()[pageInfo]?.['endCursor'])
    await read<queriesProjectsPageQuery>(nextPage, { count: 3, cursor })
    expect(refs(connection, 'edges')).toHaveLength(6)

    const id = Object.keys(records()).find((key) => key.startsWith('Project:')) ?? ''
    app.takeAnswers()
    await read<queriesProjectAgainQuery>(projectAgain, { id })
    expect(records()[id]).toMatchObject({ __typename: 'Project', status: expect.any(String) })
    expect(app.takeAnswers()).toEqual(['GET 200'])

    // From its own store, then from the cache of the device.
    await read<queriesScreenQuery>(screen, { count: 3 }, 'store-or-network')
    await read<queriesScreenQuery>(screen, { count: 3 })
    expect(app.takeAnswers()).toEqual([])
  })

  it('shows a typed RATE_LIMITED with its time beside what there is', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const { read, records, limited } = open(app)
    await read<queriesScreenQuery>(screen, { count: 5 })
    expect(Object.keys(records()).filter((key) => key.startsWith('Project:'))).toHaveLength(5)
    expect(limited.length).toBeGreaterThan(0)
    for (const { retryAfter, retryAt } of limited)
      expect([retryAfter > 0, Number.isNaN(Date.parse(retryAt))]).toEqual([true, false])
  })
})
