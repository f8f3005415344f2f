// A schema whose resolvers do everything that a resolver may do. What each one does follows from a seed and its path alone, so that
// two executors get the same.
import { setImmediate } from 'node:timers/promises'
import {
  buildSchema,
  GraphQLError,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
} from 'graphql'
import type {
  GraphQLAbstractType,
  GraphQLField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from 'graphql'

const SDL = `
  interface Node { id: ID! name: String next: Node must: Node! list: [Node] mustList: [Node!]! told(x: Int, y: [Int!], z: In, w: Color = RED): String }
  union Any = A | B | C
  type A implements Node { id: ID! name: String next: Node must: Node! list: [Node] mustList: [Node!]! told(x: Int, y: [Int!], z: In, w: Color = RED): String
    int: Int intMust: Int! texts: [String!] matrix: [[Int!]] any: Any anys: [Any!] a: A aMust: A! b: B odd: Odd color: Color info: String }
  type B implements Node { id: ID! name: String next: Node must: Node! list: [Node] mustList: [Node!]! told(x: Int, y: [Int!], z: In, w: Color = RED): String
    int: Float any: Any! a: A c: C cs: [C]! required(id: ID!): String }
  type C { int: Int intMust: Int! texts: [String]! any: Any a: A! odd: Odd! odds: [Odd] }
  type Query { a: A c: C node: Node any: Any list: [Node] listOfMust: [A!] anys: [Any!] told(x: Int, y: [Int!], z: In, w: Color = RED): String }
  type Mutation { a: A c: C b: B aMust: A! told(x: Int, y: [Int!], z: In, w: Color = RED): String any: Any list: [A!] }
  enum Color { RED GREEN }
  input In { a: Int = 3 b: [String!] c: In d: Color! = GREEN }
  scalar Odd
`

/** Decides by the seed of a run and the place of the decision. */
interface Run {
  readonly seed: number
  /** Whether some values are promises. */
  readonly isAsync: boolean
  /** Promises that are not settled yet, with the number by which they are. */
  readonly open: { readonly order: number; readonly settle: () => void }[]
}

export function createRun(seed: number, { isAsync }: { readonly isAsync: boolean }): Run {
  return { seed, isAsync, open: [] }
}

/** Settles one promise after the other, in an order that follows from the seed, until the result is there. */
export async function settleInOrder<Result>(run: Run, result: Promise<Result> | Result): Promise<Result> {
  let isSettled = false
  const settled = Promise.resolve(result).finally(() => void (isSettled = true))
  for (;;) {
    await setImmediate()
    if (isSettled) {
      // A rejection without a handler is reported after the last microtask.
      await setImmediate()
      return settled
    }
    run.open.sort((one, other) => one.order - other.order)
    const next = run.open.shift()
    if (!next) throw new Error('the execution waits for nothing')
    next.settle()
  }
}

/** 0 to 1. */
function chance({ seed }: Run, place: string): number {
  let hash = seed | 0
  for (let index = 0; index < place.length; index += 1)
    hash = Math.imul(hash ^ place.charCodeAt(index), 0x5bd1e995)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  hash ^= hash >>> 13
  return (hash >>> 0) / 2 ** 32
}

const pick = <Item>(run: Run, place: string, items: readonly Item[]): Item =>
  items[Math.floor(chance(run, place) * items.length)] as Item

export function buildHardSchema(): GraphQLSchema {
  const schema = buildSchema(SDL)
  for (const type of Object.values(schema.getTypeMap()))
    if (!type.name.startsWith('__')) makeHard(type, schema)
  return schema
}

function makeHard(type: GraphQLNamedType, schema: GraphQLSchema): void {
  if (type.name === 'Odd' && isLeafType(type)) type.serialize = serializeOdd
  if (type.name === 'Any' && isAbstractType(type))
    type.resolveType = (value, run, info) =>
      hardTypeName(type, value as Made, { run: run as Run, info, schema })
  // Node has no resolveType: its types are found by __typename or isTypeOf.
  if (!isObjectType(type)) return
  if (type.name === 'B')
    type.isTypeOf = (value, run) => {
      const { at, name } = value as Made
      if (name !== undefined) return chance(run as Run, `${at} isB`) > 0.05
      return later(run as Run, `${at} isB`, () => chance(run as Run, `${at} b`) > 0.1) as boolean
    }
  for (const field of Object.values(type.getFields()))
    if (WITHOUT_INFO.has(field.name)) makeWithoutInfo(field)
    else
      field.resolve = (_source, args: object, run, info) =>
        hardValue(run as Run, { type: field.type, at: whereIs(info), args, info })
}

/** These decide by their object and their name. */
const WITHOUT_INFO: ReadonlySet<string> = new Set(['int', 'intMust', 'name', 'odd', 'b'])

function makeWithoutInfo(field: GraphQLField<unknown, unknown>): void {
  field.extensions = { needsInfo: false }
  field.resolve = (source, args: object, run) => {
    const at = `${(source as Partial<Made>).at ?? 'root'} ${field.name}`
    return hardValue(run as Run, { type: field.type, at, args, info: null })
  }
}

interface Made {
  readonly at: string
  readonly name?: string
  readonly __typename?: string
}

const whereIs = ({ path, fieldName }: GraphQLResolveInfo): string =>
  `${responsePathAsArray(path).join('.')} ${fieldName}`

interface Wanted {
  readonly type: GraphQLOutputType
  readonly at: string
  readonly args: object
  /** Null where the resolver needs none. */
  readonly info: GraphQLResolveInfo | null
}

function hardValue(run: Run, wanted: Wanted): unknown {
  const what = chance(run, `${wanted.at} what`)
  return later(run, wanted.at, () => {
    if (what < 0.03) throw new Error(`thrown at ${wanted.at}`)
    if (what < 0.04) throw new GraphQLError(`refused at ${wanted.at}`, { extensions: { code: 'X' } })
    // eslint-disable-next-line typescript/only-throw-error
    if (what < 0.05) throw `text at ${wanted.at}`
    if (what < 0.06) return new Error(`returned at ${wanted.at}`)
    if (what < 0.1) return null
    if (what < 0.12) return undefined
    return made(run, wanted)
  })
}

/** The value itself, a promise, or an object that only has a `then`. */
function later(run: Run, at: string, make: () => unknown): unknown {
  const how = run.isAsync ? chance(run, `${at} how`) : 1
  if (how >= 0.3) return make()
  const promise = new Promise((resolve, reject) => {
    run.open.push({
      order: chance(run, `${at} order`),
      settle() {
        try {
          resolve(make())
        } catch (error) {
          reject(error)
        }
      },
    })
  })
  return how < 0.04 ? thenOf(promise) : promise
}

/** An object with a `then` that is no promise. */
// eslint-disable-next-line unicorn/no-thenable
const thenOf = (promise: Promise<unknown>): object => ({ then: promise.then.bind(promise) })

function made(run: Run, { type, at, args, info }: Wanted): unknown {
  if (isNonNullType(type)) return made(run, { type: type.ofType as GraphQLOutputType, at, args, info })
  if (isListType(type)) return madeList(run, { type: type.ofType, at, args, info })
  if (isLeafType(type)) return madeLeaf(run, type.name, { type, at, args, info })
  const name = isObjectType(type)
    ? type.name
    : pick(run, `${at} name`, ['A', 'B', 'A', 'B', 'C', 'Nobody', 'Query'])
  const isTold = chance(run, `${at} told`) < 0.7
  return isTold ? { at, name, __typename: name } : { at }
}

function madeList(run: Run, wanted: Wanted): unknown {
  const { at } = wanted
  if (chance(run, `${at} shape`) < 0.04) return pick(run, `${at} odd`, ['text', 7, {}, { length: 2 }])
  const items = Array.from({ length: Math.floor(chance(run, `${at} length`) * 4) }, (_, index) => {
    try {
      return hardValue(run, { ...wanted, at: `${at}/${index}` })
    } catch (error) {
      return error instanceof Error ? error : null
    }
  })
  return !run.isAsync && chance(run, `${at} set`) < 0.1 ? new Set(items) : items
}

function madeLeaf(run: Run, name: string, { at, args, info }: Wanted): unknown {
  if (info?.fieldName === 'told') return JSON.stringify([args, info.variableValues])
  if (info?.fieldName === 'info') return describeInfo(info)
  const odd = chance(run, `${at} leaf`)
  switch (name) {
    case 'Int':
      return odd < 0.1 ? 'no number' : odd < 0.2 ? 2 ** 40 : Math.floor(odd * 100)
    case 'Float':
      return odd < 0.1 ? Number.NaN : odd * 10
    case 'Color':
      return odd < 0.1 ? 'BLUE' : odd < 0.5 ? 'RED' : 'GREEN'
    case 'Odd':
      return pick(run, `${at} odd`, ['null', 'throw', 'deep', 'then', 'fine', 'fine'])
    default:
      return odd < 0.05 ? { no: 'text' } : odd < 0.1 ? 12 : `text ${Math.floor(odd * 1000)}`
  }
}

function serializeOdd(value: unknown): unknown {
  if (value === 'null') return null
  if (value === 'throw') throw new GraphQLError('an Odd that cannot be shown')
  if (value === 'then') return thenOf(Promise.resolve('shown later'))
  // eslint-disable-next-line unicorn/no-thenable
  return value === 'deep' ? { a: [1, { then: 'no function' }] } : value
}

function hardTypeName(
  type: GraphQLAbstractType,
  { at, name = '' }: Made,
  { run, info, schema }: { run: Run; info: GraphQLResolveInfo; schema: GraphQLSchema },
): Promise<string> {
  const what = chance(run, `${at} type`)
  return later(run, `${at} type`, () => {
    if (what < 0.04) throw new Error(`no type at ${whereIs(info)}`)
    if (what < 0.06) return undefined
    if (what < 0.08) return schema.getType('A') as GraphQLObjectType
    return name === '' ? (schema.getPossibleTypes(type)[0]?.name ?? '') : name
  }) as Promise<string>
}

const describeInfo = (info: GraphQLResolveInfo): string =>
  JSON.stringify([
    info.fieldName,
    info.fieldNodes.map(({ name, alias, loc }) => [name.value, alias?.value, loc?.start]),
    String(info.returnType),
    info.parentType.name,
    responsePathAsArray(info.path),
    info.path.typename,
    info.path.prev?.typename,
    Object.keys(info.fragments),
    info.operation.name?.value,
    info.variableValues,
    info.rootValue,
    info.schema.getQueryType()?.name,
  ])
