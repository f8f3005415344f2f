// The variables of an operation, coerced without paths: to the values that graphql-js gives, and left to it where one is wrong.
import fc from 'fast-check'
import { buildSchema, getVariableValues, parse, versionInfo } from 'graphql'
import type { OperationDefinitionNode, VariableDefinitionNode } from 'graphql'
import { expect, it } from 'vitest'
import { coerceVariables } from '../../../src/execution/coerce-variables.ts'

const schema = buildSchema(`
  enum Color { RED GREEN }
  input Point { x: Float! y: Float = 7 color: Color = RED points: [Point!] ids: [ID] deep: [[Int!]] flag: Boolean }
  input Either @oneOf { a: Int b: String }
  type Query { a: Int }
`)
const TYPES = ['Int', 'Float', 'ID', 'String', 'Boolean', 'Color', 'Point', 'Either', 'Query', 'Nothing']
const type = fc
  .tuple(fc.constantFrom(...TYPES), fc.constantFrom('', '!'), fc.nat(2), fc.constantFrom('', '!'))
  .map(([name, inner, lists, outer]) => `${'['.repeat(lists)}${name}${inner}${`]${outer}`.repeat(lists)}`)
const RIGHT_POINT = {
  x: 1,
  ids: ['a', 2, null],
  deep: [[1], null],
  points: [{ x: 0.5, color: null }],
  flag: true,
}
/** Each is right for some of the types. */
const VALUES: readonly unknown[] = [
  [1, 2],
  [1, null],
  [[1, 2], [3]],
  [['a'], 'b'],
  { a: 1 },
  { a: 1, b: 'b' },
  { a: null },
  { x: null },
  { constructor: 1, x: 1 },
  [RIGHT_POINT, { x: 2, y: null }],
  { ...RIGHT_POINT, color: 'BLUE' },
  { ...RIGHT_POINT, points: RIGHT_POINT },
  { ...RIGHT_POINT, deep: 1 },
  { ...RIGHT_POINT, deep: [[null]] },
  { ...RIGHT_POINT, y: undefined, z: undefined },
]
const value = fc.oneof(
  fc.constantFrom<unknown>(1, 0.5, 2 ** 40, 'a', '1', 'RED', '', true, null, undefined, [], {}, RIGHT_POINT),
  fc.constantFrom(...VALUES),
)

const definitionsOf = (text: string): readonly VariableDefinitionNode[] =>
  (parse(text).definitions[0] as OperationDefinitionNode).variableDefinitions ?? []

it.skipIf(versionInfo.major >= 17)('variables are coerced as graphql-js coerces them, or left to it', () => {
  let coerced = 0
  const asGraphQLDoes = (types: readonly string[], given: Record<string, unknown>): void => {
    const definitions = definitionsOf(`query(${types.map((each, at) => `$v${at}: ${each}`).join(' ')}) { a }`)
    const expected = getVariableValues(schema, definitions, given)
    const found = coerceVariables(schema, definitions, given)
    if (found === null) return
    coerced += 1
    expect(expected).toEqual({ coerced: found })
    expect(Reflect.ownKeys(found)).toEqual(Reflect.ownKeys(expected.coerced ?? {}))
    expect(JSON.stringify(found)).toBe(JSON.stringify(expected.coerced))
  }
  fc.assert(
    fc.property(
      fc.array(type, { minLength: 1, maxLength: 2 }),
      fc.dictionary(fc.constantFrom('v0', 'v1', 'v2', 'v3'), value),
      asGraphQLDoes,
    ),
    { numRuns: 1000 },
  )
  expect(coerced).toBeGreaterThan(60)
})

it.skipIf(versionInfo.major >= 17)(
  'what is right is not left to graphql-js, but for defaults and one of several fields',
  () => {
    const coerce = (text: string, v: unknown): unknown =>
      coerceVariables(schema, definitionsOf(`query(${text}) { a }`), v === undefined ? {} : { v })
    const values = Array.from({ length: 35_136 }, () => 0.125)
    expect(coerce('$v: [Float]', values)).toEqual({ v: values })
    expect(coerce('$v: [Point!]!', { x: 1, points: [{ x: 2, y: null }] })).toEqual({
      v: [{ x: 1, y: 7, color: 'RED', points: [{ x: 2, y: null, color: 'RED' }] }],
    })
    expect(coerce('$v: Int', undefined)).toEqual({})
    expect(coerce('$v: Int = 3', undefined)).toBeNull()
    expect(coerce('$v: Either', { a: 1 })).toBeNull()
    expect(coerce('$v: [Float!]', [0.5, null])).toBeNull()
  },
)
