// Equal representations of one list: the object is looked up once for all of them.
import { execute, parse } from 'graphql'
import { expect, it } from 'vitest'
import { GatewayError } from '../../../src/errors/errors.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { createSubgraphSchema } from '../../../src/subgraph/subgraph-schema.ts'

const subgraph = createSubgraphSchema(schema, { version: '2.12', hidesAdmin: false })

const document = parse(
  'query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Node { id } } }',
)

async function ask(of: readonly object[]) {
  const lookedUp: string[] = []
  const find = (kind: string) => (key: string) => {
    lookedUp.push(`${kind} ${key}`)
    return key === 'gone' ? Promise.reject(new GatewayError('NOT_FOUND', 'not there')) : { kind, key }
  }
  const loaders = { object: (kind: string) => ({ find: find(kind) }) }
  const result = await execute({
    schema: subgraph,
    document,
    variableValues: { of },
    contextValue: { loaders },
  })
  return { lookedUp, result }
}

it('1,000 equal representations are one look-up', async () => {
  const of = Array.from({ length: 1_000 }, (_, index) =>
    index % 2 ? { __typename: 'Project', auroraId: 'p1' } : { __typename: 'Project', id: 'Project:p1' },
  )
  const { lookedUp, result } = await ask(of)
  expect(lookedUp).toEqual(['project p1'])
  expect(result).toEqual({
    data: { _entities: of.map(() => ({ __typename: 'Project', id: 'Project:p1' })) },
  })
})

it('equal ids of different types are different objects', async () => {
  const of = ['Project', 'Design', 'Project'].map((name) => ({ __typename: name, auroraId: 'x' }))
  expect((await ask(of)).lookedUp).toEqual(['project x', 'design x'])
})

it('each of those that are not there has its own error', async () => {
  const { lookedUp, result } = await ask([1, 2, 3].map(() => ({ __typename: 'Project', auroraId: 'gone' })))
  expect(lookedUp).toEqual(['project gone'])
  expect(result.errors?.map(({ path }) => path)).toEqual([0, 1, 2].map((index) => ['_entities', index]))
})
