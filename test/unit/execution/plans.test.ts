// What an execution leaves for the next one: the plan of its operation, and nothing of its request.
import { buildSchema, parse } from 'graphql'
import type { DocumentNode, GraphQLResolveInfo } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createExecute } from '../../../src/execution/execute.ts'
import type { Execute } from '../../../src/execution/execute.ts'
import { countHeldBytes } from '../../support/memory.ts'

const schema = buildSchema(`
  type Query { at(x: Int, y: [Int], z: In): String, me: Query, both(in: Boolean): Int }
  input In { deep: In, list: [Int] }
`)

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

describe('the memory of plans', () => {
  const text = (alias: string): string =>
    `{ me { ${alias}: at ${'me { '.repeat(20)} at ${'} '.repeat(20)} } }`
  const deep = { at: () => null, me: () => deep }
  /** Executes, and returns the nodes of a field: the same ones as long as the plan is remembered. */
  const nodesWith = (execute: Execute, document: DocumentNode): unknown => {
    const seen: unknown[] = []
    const at = (_args: object, _context: unknown, { fieldNodes }: GraphQLResolveInfo): void =>
      void seen.push(fieldNodes)
    void execute({ document, rootValue: { me: { at } } })
    return seen[0]
  }
  const documentBytes = text('a').length * 75

  it('counts what a plan has grown by after its first execution, and forgets others for it', () => {
    const execute = createExecute(schema, 2 * documentBytes + 20 * 1200)
    const [one, other] = [parse(text('a')), parse(text('b'))]
    const first = nodesWith(execute, one)
    const second = nodesWith(execute, other)
    expect([nodesWith(execute, one), nodesWith(execute, other)]).toEqual([first, second])
    expect(nodesWith(execute, one)).toBe(first)
    expect(nodesWith(execute, other)).toBe(second)
    // Both began without the objects below; now one has them.
    void execute({ document: other, rootValue: deep })
    expect(nodesWith(execute, one)).not.toBe(first)
  })

  it('counts literals, which each place has for itself', () => {
    const many = `{ me { at } ${'abc'.replaceAll(/./g, '$&: me { ...F } ')} } fragment F on Query { at(y: [${'1 '.repeat(300)}]) }`
    const document = parse(many)
    const me = { at: () => null }
    const isRemembered = (maxPlanBytes: number): boolean => {
      const execute = createExecute(schema, maxPlanBytes)
      void execute({ document, rootValue: { me } })
      const nodes = nodesWith(execute, document)
      return nodesWith(execute, document) === nodes
    }
    const withoutLiterals = many.length * 75 + 8 * 1300
    const literals = 3 * 600 * 20
    expect(isRemembered(withoutLiterals)).toBe(false)
    expect(isRemembered(withoutLiterals + literals)).toBe(true)
  })
})

it('a plan of what is asked once is not remembered, and no object is looked for among those known', () => {
  const execute = createExecute(schema)
  const document = parse('{ me { at } }')
  const seen: unknown[] = []
  const at = (_args: object, _context: unknown, { fieldNodes }: GraphQLResolveInfo): void =>
    void seen.push(fieldNodes)
  let looks = 0
  const known = { show: () => ((looks += 1), null) }
  for (const isOnce of [true, false, false])
    void execute({ document, rootValue: { me: { at } }, known, isOnce })
  expect(seen[1]).not.toBe(seen[0])
  expect(seen[2]).toBe(seen[1])
  expect(looks).toBe(2)
})

it('a plan ends with its document', async () => {
  const execute = createExecute(schema)
  let plan: WeakRef<object> | undefined
  const at = (_args: object, _context: unknown, { fieldNodes }: GraphQLResolveInfo): void =>
    void (plan = new WeakRef(fieldNodes))
  void execute({ document: parse('{ at }'), rootValue: { at } })
  const live = parse('{ at }')
  void execute({ document: live, rootValue: { at: 'live' } })
  for (let round = 0; round < 50 && plan?.deref(); round += 1) {
    await new Promise((end) => setImmediate(end))
    // It collects garbage.
    countHeldBytes()
  }
  expect(plan?.deref()).toBeUndefined()
  expect(execute({ document: live, rootValue: { at: 'live' } })).toEqual({ data: { at: 'live' } })
})

it('no resolver changes the literals of later requests', () => {
  const execute = createExecute(schema)
  const document = parse('{ at(y: [1, 2], z: { deep: { list: [1] } }) }')
  const seen: string[] = []
  const at = (args: { y: number[]; z: { deep: { list: number[] } } }): void => {
    seen.push(JSON.stringify(args))
    expect(() => args.y.push(3)).toThrow(TypeError)
    expect(() => args.z.deep.list.push(2)).toThrow(TypeError)
    expect(() => Object.assign(args.z.deep, { list: [] })).toThrow(TypeError)
  }
  const results = [1, 2].map(() => execute({ document, rootValue: { at } }))
  expect(seen).toEqual(Array(2).fill('{"y":[1,2],"z":{"deep":{"list":[1]}}}'))
  expect(JSON.stringify(results)).toBe('[{"data":{"at":null}},{"data":{"at":null}}]')
})

it('what a scalar makes of a literal is left as it is where it is no plain object', () => {
  class Made {
    count = 0
  }
  const withScalar = buildSchema('scalar Made type Query { at(made: Made): Int }')
  Object.assign(withScalar.getType('Made') ?? {}, { parseLiteral: () => new Made() })
  const at = ({ made }: { made: Made }): number => (made.count += 1)
  const result = createExecute(withScalar)({ document: parse('{ at(made: 1) }'), rootValue: { at } })
  expect(result).toEqual({ data: { at: 1 } })
})
