// What an execution leaves for the next one: the plan of its operation, and nothing of its request.
import { buildSchema, parse } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import { expect, it } from 'vitest'
import { createExecute } from '../../../src/execution/execute.ts'

const schema = buildSchema('type Query { at(x: Int, y: [Int]): String, me: Query, both(in: Boolean): Int }')

it('arguments are those of each request, and the same object for all objects of one request', () => {
  const execute = createExecute(schema)
  const document = parse('query ($x: Int) { at(x: $x) me { at(x: $x, y: [1, $x]) } }')
  const seen: object[] = []
  const at = (args: object): void => void seen.push(args)
  for (const x of [1, 2]) void execute({ document, rootValue: { at, me: { at } }, variableValues: { x } })
  void execute({ document, rootValue: { at, me: { at } } })
  expect(seen).toEqual([{ x: 1 }, { x: 1, y: [1, 1] }, { x: 2 }, { x: 2, y: [1, 2] }, {}, { y: [1, null] }])
})

it('the nodes of a field are the same in each execution that selects the same, and others where it does not', () => {
  const execute = createExecute(schema)
  const document = parse(
    'query ($in: Boolean!) { me { a: both ... @include(if: $in) { a: both(in: true) } } }',
  )
  const seen: unknown[] = []
  const both = (_args: object, _context: unknown, { fieldNodes }: GraphQLResolveInfo): void =>
    void seen.push(fieldNodes)
  for (const isIn of [true, false, true, false])
    void execute({ document, rootValue: { me: { both } }, variableValues: { in: isIn } })
  const [first, second] = seen as unknown[][]
  expect([first?.length, second?.length]).toEqual([2, 1])
  expect(seen[2]).toBe(first)
  expect(seen[3]).toBe(second)
})

it('operations of one document, and documents with equal text, do not meet', () => {
  const execute = createExecute(schema)
  const document = parse('query A { a: at } query B { b: at }')
  const rootValue = { at: 'here' }
  const ask = (operationName: string, of = document): string =>
    JSON.stringify(execute({ document: of, rootValue, operationName }))
  expect([ask('A'), ask('B'), ask('A'), ask('B', parse('query B { c: at }'))]).toEqual([
    '{"data":{"a":"here"}}',
    '{"data":{"b":"here"}}',
    '{"data":{"a":"here"}}',
    '{"data":{"c":"here"}}',
  ])
})
