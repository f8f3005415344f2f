import { setImmediate } from 'node:timers/promises'
import { buildSchema, execute, parse } from 'graphql'
import type { GraphQLObjectType, GraphQLSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { currentPath, traceResolvers } from '../../../src/graphql/paths.ts'

/** Every field `path` returns the current path after a turn of the event loop. */
function buildTracedSchema(): GraphQLSchema {
  const schema = buildSchema('type Query { items: [Item!]! } type Item { path: String, inner: Item }')
  const item = schema.getType('Item') as GraphQLObjectType
  Object.assign(item.getFields()['path'] ?? {}, {
    resolve: async () => {
      await setImmediate()
      return currentPath()?.join('.')
    },
  })
  traceResolvers(schema)
  return schema
}

const ask = async (schema: GraphQLSchema, { isTraced }: { isTraced: boolean }): Promise<unknown> => {
  const { data } = await execute({
    schema,
    document: parse('{ items { path deep: inner { path } } }'),
    rootValue: { items: [{ inner: {} }, { inner: {} }] },
    contextValue: { isTraced },
  })
  return data
}

describe('paths', () => {
  it('are available in everything that a resolver waits for, and each field has its own', async () => {
    expect(await ask(buildTracedSchema(), { isTraced: true })).toEqual({
      items: [
        { path: 'items.0.path', deep: { path: 'items.0.deep.path' } },
        { path: 'items.1.path', deep: { path: 'items.1.deep.path' } },
      ],
    })
  })

  it('are not recorded in a request that is not traced', async () => {
    expect(await ask(buildTracedSchema(), { isTraced: false })).toMatchObject({
      items: [{ path: null }, { path: null }],
    })
  })

  it('are null outside a resolver', () => {
    expect(currentPath()).toBeNull()
  })

  it('wrap a schema only once', () => {
    const schema = buildTracedSchema()
    const item = schema.getType('Item') as GraphQLObjectType
    const before = item.getFields()['path']?.resolve
    traceResolvers(schema)
    expect(item.getFields()['path']?.resolve).toBe(before)
  })
})
