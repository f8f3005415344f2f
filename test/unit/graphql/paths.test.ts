import { setImmediate } from 'node:timers/promises'
import { buildSchema, parse } from 'graphql'
import type { GraphQLObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createExecute } from '../../../src/execution/execute.ts'
import { currentPath, resolveAt } from '../../../src/graphql/paths.ts'

/** Every field `path` returns the current path after a turn of the event loop. */
const schema = buildSchema('type Query { items: [Item!]! } type Item { path: String, inner: Item }')
const item = schema.getType('Item') as GraphQLObjectType
Object.assign(item.getFields()['path'] ?? {}, {
  resolve: async () => {
    await setImmediate()
    return currentPath()?.join('.')
  },
})
const execute = createExecute(schema)

const ask = async ({ isTraced }: { isTraced: boolean }): Promise<unknown> => {
  const result = await execute({
    document: parse('{ items { path deep: inner { path } } }'),
    rootValue: { items: [{ inner: {} }, { inner: {} }] },
    runResolver: isTraced ? resolveAt : null,
  })
  return result?.data
}

describe('paths', () => {
  it('are available in everything that a resolver waits for, and each field has its own', async () => {
    expect(await ask({ isTraced: true })).toEqual({
      items: [
        { path: 'items.0.path', deep: { path: 'items.0.deep.path' } },
        { path: 'items.1.path', deep: { path: 'items.1.deep.path' } },
      ],
    })
  })

  it('are not recorded in a request that is not traced', async () => {
    expect(await ask({ isTraced: false })).toMatchObject({ items: [{ path: null }, { path: null }] })
  })

  it('are null outside a resolver', () => {
    expect(currentPath()).toBeNull()
  })
})
