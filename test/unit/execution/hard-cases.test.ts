// Where a compiling executor is known to differ from graphql-js (docs/decisions/0031): each difference is a case here.
import { buildSchema, execute, parse, versionInfo } from 'graphql'
import type { ExecutionResult, GraphQLSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createExecute } from '../../../src/execution/execute.ts'

const SDL = `
  interface Named { name: String }
  type Query implements Named { name: String, must: String!, me: Query, mustMe: Query!, list: [Query], mustList: [Query!], named: [Named], told(in: In): String }
  type Mutation { first: String!, second: String, third: Query }
  input In { a: Int = 1, deep: In, list: [Int] }
`

interface Case {
  readonly text: string
  readonly rootValue: unknown
  readonly variableValues?: Readonly<Record<string, unknown>>
}

/** Makes the root for each execution, as a root may note what was called. */
async function both(
  makeCase: () => Case,
  schema: GraphQLSchema = buildSchema(SDL),
): Promise<[unknown, unknown]> {
  const shown = ({ data, errors }: ExecutionResult): unknown => JSON.parse(JSON.stringify({ data, errors }))
  const { text, ...ours } = makeCase()
  const { text: _same, ...theirs } = makeCase()
  const document = parse(text)
  const executed = createExecute(schema)({ document, ...ours })
  if (executed === null) throw new Error('left to graphql-js')
  return [shown(await executed), shown(await execute({ schema, document, ...theirs }))]
}

const CASES: Readonly<Record<string, () => Case>> = {
  'a fragment that is left out shows no field, although a fragment inside it is included': () => ({
    text: '{ ... on Query @include(if: false) { ... on Query @include(if: true) { name } } me { ...F @skip(if: true) name } } fragment F on Query { ... @include(if: true) { must } }',
    rootValue: { name: 'shown', me: { name: 'me', must: 'left out' } },
  }),
  'a directive with a variable decides anew in each execution': () => ({
    text: 'query ($in: Boolean!) { name @include(if: $in) me { ...F } } fragment F on Query { must @skip(if: $in) name }',
    rootValue: { name: 'a', me: { name: 'b', must: 'c' } },
    variableValues: { in: true },
  }),
  'a fragment on the type of an object counts behind a fragment on its interface': () => ({
    text: '{ me { ... on Named { name ... on Query { must } } } named { ...F } } fragment F on Named { ... on Query { must ...F2 } } fragment F2 on Named { name }',
    rootValue: { me: { name: 'a', must: 'b' }, named: [{ __typename: 'Query', name: 'c', must: 'd' }] },
  }),
  'an item whose type cannot be found fails alone': () => ({
    text: '{ named { __typename name } }',
    rootValue: { named: [{ __typename: 'Query', name: 'a' }, { __typename: 'Nobody' }, {}, null] },
  }),
  'properties that are functions are called with the arguments, and promises are awaited': () => ({
    text: '{ told(in: { a: 2 }) me { name must } }',
    rootValue: {
      told: (args: object) => JSON.stringify(args),
      me: () => Promise.resolve({ name: Promise.resolve('late'), must: () => 'now' }),
    },
  }),
  'an async iterable is no list': () => ({
    text: '{ list { name } }',
    rootValue: {
      list: {
        async *[Symbol.asyncIterator]() {
          yield await Promise.resolve({ name: 'a' })
        },
      },
    },
  }),
  'a default in a variable, and in a nested input, is applied': () => ({
    text: 'query ($in: In = { deep: { a: null, list: 4 } }, $x: Int = 7, $none: Int) { one: told(in: $in) two: told(in: { a: $x, deep: { a: $none, list: [1, $x] } }) three: told(in: { a: $none }) }',
    rootValue: { told: (args: object) => JSON.stringify(args) },
  }),
  'an error under non-null comes in its place': () => ({
    text: '{ a: me { must } b: name c: mustMe { name must } }',
    rootValue: {
      me: { must: null },
      name: () => {
        throw new Error('no name')
      },
      mustMe: { name: new Error('no inner name'), must: 'there' },
    },
  }),
  'null climbs through a list of non-null items to the list alone': () => ({
    text: '{ list { mustList { must } name } }',
    rootValue: {
      list: [
        { name: 'a', mustList: [{ must: 'b' }, { must: null }, { must: null }] },
        { name: 'c', mustList: [] },
      ],
    },
  }),
  'one place becomes null with one error': () => ({
    text: '{ me { a: must b: must c: must } }',
    rootValue: { me: { must: () => Promise.reject(new Error('not there')) } },
  }),
  'names that objects inherit elsewhere are plain members of an answer': () => ({
    text: '{ __proto__: name constructor: must toString: me { hasOwnProperty: name } then: name }',
    rootValue: { name: 'a', must: 'b', me: { name: 'c' } },
  }),
}

describe.runIf(versionInfo.major === 16)('as graphql-js', () => {
  it.each(Object.entries(CASES))('%s', async (_title, makeCase) => {
    const [ours, theirs] = await both(makeCase)
    expect(ours).toEqual(theirs)
    expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs))
  })
})

describe('mutations', () => {
  const schema = buildSchema(SDL)
  const run = async (rootValue: object): Promise<ExecutionResult | null> =>
    createExecute(schema)({
      document: parse('mutation { a: second first third { name } b: second }'),
      rootValue,
    })

  it('begin one after the other, each when the one before it has ended', async () => {
    const seen: string[] = []
    const mutate = (name: string, value: unknown) => async () => {
      seen.push(`${name} begins`)
      await new Promise((end) => setImmediate(end))
      seen.push(`${name} ends`)
      return value
    }
    const result = await run({
      first: mutate('first', 'one'),
      second: mutate('second', null),
      third: mutate('third', { name: () => void seen.push('name of third') }),
    })
    expect(JSON.stringify(result)).toBe('{"data":{"a":null,"first":"one","third":{"name":null},"b":null}}')
    expect(seen.join(', ')).toBe(
      'second begins, second ends, first begins, first ends, third begins, third ends, name of third, second begins, second ends',
    )
  })

  it.each([
    ['at once', () => null],
    ['late', () => Promise.resolve(null)],
  ])('none begins after one that has failed %s and may not be null', async (_when, first) => {
    const seen: string[] = []
    const note = (name: string) => () => void seen.push(name)
    const result = await run({ second: note('second'), first, third: note('third') })
    expect(result).toMatchObject({ data: null, errors: [{ path: ['first'] }] })
    expect(seen).toEqual(['second'])
  })
})

describe('differs on purpose', () => {
  const schema = buildSchema(SDL)
  const failing = (message: string) => () => Promise.reject(new Error(message))
  /** Rejected, too, but only when those that are rejected already have been handled. */
  const failingNext = (message: string) => () => Promise.resolve().then(failing(message))
  const messagesOf = async (text: string, rootValue: object): Promise<unknown> => {
    const result = await createExecute(schema)({ document: parse(text), rootValue })
    return result?.errors?.map(({ message }) => message)
  }

  it('an error climbs at once, before promises that settle next: it comes before theirs', async () => {
    const rootValue = { me: { mustMe: { must: failing('deep') } }, name: failingNext('flat') }
    // graphql-js, which has promises between the levels, reports "flat" before "deep".
    expect(await messagesOf('{ me { mustMe { must } } name }', rootValue)).toEqual(['deep', 'flat'])
  })

  it('an error below a place that has become null meanwhile is not told', async () => {
    const me = { mustMe: { mustMe: { must: failing('above') } }, me: { name: failingNext('below') } }
    // graphql-js tells "below", too.
    expect(await messagesOf('{ me { mustMe { mustMe { must } } me { name } } }', { me })).toEqual(['above'])
  })

  it('nothing begins below an object that has failed, however deep it is', async () => {
    const begun: string[] = []
    let arrive = (_value: object): void => {}
    const late = new Promise<object>((resolve) => (arrive = resolve))
    const me = { must: failing('bad'), mustMe: { me: { me: late, list: [{ name: late }, late] } } }
    const executed = createExecute(schema)({
      document: parse('{ me { must mustMe { me { me { name } list { name } } } } }'),
      rootValue: { me },
    })
    expect(await executed).toMatchObject({ data: { me: null }, errors: [{ message: 'bad' }] })
    arrive({ name: () => begun.push('name') })
    await new Promise((end) => setImmediate(end))
    expect(begun).toEqual([])
  })
})

describe('what is left to graphql-js', () => {
  const schema = buildSchema(SDL)
  it.each([
    ['no operation of that name', 'query A { name }', { operationName: 'B' }],
    ['several operations and no name', 'query A { name } query B { name }', {}],
    ['variables that are not those declared', 'query ($a: Int!) { name }', { variableValues: { a: 'text' } }],
    ['parts of an answer that come later', '{ ... @defer { name } }', {}],
    ['a list that comes later', '{ list @stream { name } }', {}],
  ])('%s', (_what, text, args) => {
    expect(createExecute(schema)({ document: parse(text), ...args })).toBeNull()
  })
})

it('a subscription is executed as one event of it', () => {
  const schema = buildSchema(`${SDL} type Subscription { name: String }`)
  const executed = createExecute(schema)({
    document: parse('subscription { name }'),
    rootValue: { name: 'a' },
  })
  expect(executed).toEqual({ data: { name: 'a' } })
})

it('an answer that waits for nothing comes at once', () => {
  const result = createExecute(buildSchema(SDL))({
    document: parse('{ name list { must } }'),
    rootValue: { name: 'a', list: [{ must: 'b' }] },
  })
  expect(JSON.stringify(result)).toBe('{"data":{"name":"a","list":[{"must":"b"}]}}')
})

it('a list that comes too late to be shown leaves no failed promise behind, which would end the process', async () => {
  const unhandled: unknown[] = []
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => void unhandled.push(error))
  const nextTurn = () => new Promise((end) => setImmediate(end))
  const execute = createExecute(buildSchema('type Query { a: A } type A { must: String!, list: [[String]] }'))
  const rootValue = {
    a: {
      must: () => Promise.reject(new Error('not there')),
      list: () => nextTurn().then(() => [[Promise.reject(new Error('too late'))]]),
    },
  }

  const result = await execute({ document: parse('{ a { must list } }'), rootValue })

  for (let turn = 0; turn < 3; turn += 1) await nextTurn()
  process.removeAllListeners('unhandledRejection')
  for (const each of others) process.on('unhandledRejection', each)
  expect(result).toMatchObject({ data: { a: null }, errors: [{ message: 'not there' }] })
  expect(unhandled).toEqual([])
})
