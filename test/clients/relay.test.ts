// Relay's runtime: a screen, the next page of its connection, a node by its id, and limits, with the functions of the kit.
import { createOperationDescriptor, fetchQuery, getRequest } from 'relay-runtime'
import type { GraphQLTaggedNode, OperationType } from 'relay-runtime'
import { describe, expect, it } from 'vitest'
import { FEW_CALLS, HEADERS, openAppGateway } from './open-gateway.ts'
import type { AppGateway } from './open-gateway.ts'
import projectAgain from './compiled/project-again-query.ts'
import type { queriesProjectAgainQuery } from './compiled/project-again-query.ts'
import find from './compiled/find-query.ts'
import type { queriesFindQuery } from './compiled/find-query.ts'
import nextPage from './compiled/projects-page-query.ts'
import type { queriesProjectsPageQuery } from './compiled/projects-page-query.ts'
import screen from './compiled/screen-query.ts'
import type { queriesScreenQuery } from './compiled/screen-query.ts'
import { createQuickDevice, refused } from './quick-device.ts'
import { createRelayEnvironment } from './recipes/relay.ts'

function open(app: AppGateway) {
  const limited: string[] = []
  const environment = createRelayEnvironment({
    url: app.url,
    headers: HEADERS,
    fetch: app.createCachingFetch(),
    device: app.device,
    onLimited: (name) => limited.push(name),
  })
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
    // The hash alone, then hash and document, and from then on the hash.
    expect(app.takeAnswers()).toEqual(['GET 200', 'POST 200'])
    await read<queriesProjectAgainQuery>(projectAgain, { id })
    await read<queriesScreenQuery>(screen, { count: 3 })
    expect(app.takeAnswers()).toEqual(['GET 200', 'GET 200'])

    // From its own store, then from the cache of the device.
    await read<queriesScreenQuery>(screen, { count: 3 }, 'store-or-network')
    await read<queriesScreenQuery>(screen, { count: 3 })
    expect(app.takeAnswers()).toEqual([])
  })

  it('keeps the connections of two searches apart, and the pages of each together', async () => {
    await using app = await openAppGateway()
    const { environment, read, records } = open(app)
    const sort = { by: 'NAME', direction: 'ASC' } as const
    const connectionOf = (search: string) => {
      const key = Object.keys(records()).find(
        (name) =>
          name.includes('__Find_projects_connection') &&
          name.endsWith(`${JSON.stringify(search)}`.concat(SORTED)),
      )
      const edges = records()[key ?? '']?.['edges'] as { readonly __refs: string[] } | undefined
      const [edge] = edges?.__refs.slice(-1) ?? []
      return { count: edges?.__refs.length, cursor: String(records()[edge ?? '']?.['cursor']) }
    }
    for (const search of ['a', 'm']) {
      environment.retain(createOperationDescriptor(getRequest(find), { search, sort, count: 2 }))
      await read<queriesFindQuery>(find, { search, sort, count: 2 })
    }
    const { cursor } = connectionOf('a')
    await read<queriesFindQuery>(find, { search: 'a', sort, count: 2, cursor })
    expect([connectionOf('a').count, connectionOf('m').count]).toEqual([4, 2])
  })

  it('takes what there is, keeps the errors of the rest for @catch, and gets the rest at its time, without the app doing anything', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const { environment, records, limited } = open(app)
    const subscription = fetchQuery<queriesScreenQuery>(environment, screen, { count: 5 }).subscribe({})
    await expect.poll(() => limited).toEqual(['queriesScreenQuery'])
    const projects = () => Object.entries(records()).filter(([key]) => key.startsWith('Project:'))
    expect(projects()).toHaveLength(5)
    // Relay's store has the errors of a field beside its value.
    const refused = () => projects().filter(([, record]) => '__errors' in record)
    expect(refused().length).toBeGreaterThan(0)
    await app.until(() => refused().length === 0)
    expect(app.gateway.takeCalls().map((call) => call.split(' ')[0])).toEqual(['1', '1', '5'])
    subscription.unsubscribe()
  })

  it('gets what was refused as a whole at its time: Relay would take an answer without data for the end', async () => {
    const { path: _, ...whole } = refused()
    const answers = [
      Response.json({ errors: [whole] }, { status: 429 }),
      Response.json({ data: { node: { __typename: 'Project', id: 'Project:1', status: 'sold' } } }),
    ]
    const limited: string[] = []
    const environment = createRelayEnvironment({
      url: 'http://gateway.test',
      fetch: async () => answers.shift() ?? Response.error(),
      device: createQuickDevice().device,
      onLimited: (name) => limited.push(name),
    })
    const variables = { id: 'Project:1' }
    const shown = await fetchQuery<queriesProjectAgainQuery>(environment, projectAgain, variables).toPromise()
    expect(shown).toMatchObject({ node: { __id: 'Project:1' } })
    expect(limited).toEqual(['queriesProjectAgainQuery'])
  })
})

/** How the name of a connection goes on behind the words that are searched for. */
const SORTED = ',sort:{"by":"NAME","direction":"ASC"})'
