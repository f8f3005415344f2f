// Makes documents that are hard to execute: fragments in fragments, directives with and without variables, aliases that meet,
// arguments with variables in nested values. They need not be valid, but no fragment spreads itself.
import { getNamedType, isAbstractType, isCompositeType, isObjectType } from 'graphql'
import type { GraphQLCompositeType, GraphQLSchema } from 'graphql'
import { createRandom } from './seeded-random.ts'

const VARIABLES =
  '($yes: Boolean = true, $no: Boolean = false, $maybe: Boolean, $must: Boolean!, $x: Int, $y: [Int!] = [1, 2], $z: In, $color: Color! = GREEN)'

const GIVEN = [
  { must: true },
  { must: false, maybe: true, x: 3 },
  { must: true, yes: false, y: 7, z: { a: 1, c: { b: 'one' } } },
  { must: false, no: null, maybe: null, z: null, color: 'RED' },
  { must: true, no: true, x: null, z: { b: ['a'], d: 'RED' } },
] as const

const TOLD = [
  '',
  '',
  '(x: 1)',
  '(x: $x, y: $y)',
  '(y: [1, $x])',
  '(z: { a: $x, c: { d: $color } })',
  '(z: $z, w: $color)',
  '(w: GREEN, x: null)',
  '(x: "text")',
  '(z: { b: "one", d: RED })',
]
/** A variable without a value fails what it decides, so it is rare. */
const DIRECTIVES: readonly string[] = [
  ...Array<string>(40).fill(''),
  '@include(if: $yes)',
  '@skip(if: $no)',
  '@include(if: $must)',
  '@skip(if: $must)',
  '@skip(if: true)',
  '@include(if: false)',
  '@include(if: true) @skip(if: $must)',
  '@skip(if: false) @include(if: $yes)',
  '@skip(if: $maybe)',
]

export interface HardDocument {
  readonly text: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName: string
}

export function makeHardDocument(seed: number, schema: GraphQLSchema): HardDocument {
  const random = createRandom(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const types = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLCompositeType =>
      isCompositeType(type) && !type.name.startsWith('__') && !/Query|Mutation/.test(type.name),
  )
  const fragments: string[] = []

  function fieldOf(type: GraphQLCompositeType, depth: number): string {
    const fields = 'getFields' in type ? Object.values(type.getFields()) : []
    const field = pick(fields)
    if (!field || random() < 0.12) return `${pick(['', 'a: ', 'kind: '])}__typename`
    const alias = pick(['', '', '', 'x: ', 'then: ', '__proto__: ', 'name: '])
    const named = getNamedType(field.type)
    const args =
      field.name === 'told' ? pick(TOLD) : field.name === 'required' ? pick(['(id: 1)', '', '(id: $x)']) : ''
    const below = isCompositeType(named) ? ` { ${selections(named, depth - 1)} }` : ''
    return `${alias}${field.name}${args} ${pick(DIRECTIVES)}${below}`
  }

  function selections(type: GraphQLCompositeType, depth: number): string {
    const count = depth <= 0 ? 1 : 2 + Math.floor(random() * 4)
    const made = Array.from({ length: count }, () => selection(type, depth))
    return depth <= 0 ? '__typename' : made.join(' ')
  }

  function selection(type: GraphQLCompositeType, depth: number): string {
    const how = random()
    if (depth <= 0 || how < 0.6) return fieldOf(type, depth)
    const other = random() < 0.4 ? type : pick(isAbstractType(type) ? schema.getPossibleTypes(type) : types)
    if (how < 0.75) return `... on ${other.name} ${pick(DIRECTIVES)} { ${selections(other, depth - 1)} }`
    if (how < 0.8) return `... ${pick(DIRECTIVES)} { ${selections(type, depth - 1)} }`
    if (how < 0.9 && fragments.length > 0)
      return `...F${Math.floor(random() * fragments.length)} ${pick(DIRECTIVES)}`
    // What it spreads was made before it, so that none spreads itself.
    const text = `on ${other.name} { ${selections(other, depth - 1)} }`
    fragments.push(text)
    return `...F${fragments.length - 1} ${pick(DIRECTIVES)}`
  }

  const isMutation = random() < 0.2
  const root = isMutation ? schema.getMutationType() : schema.getQueryType()
  if (!isObjectType(root)) throw new Error('the schema has no such operation')
  const body = selections(root, 5)
  const operation = `${isMutation ? 'mutation' : 'query'} Op${VARIABLES} { ${body} }`
  const unused = 'query Other { __typename }'
  return {
    text: [unused, operation, ...fragments.map((text, index) => `fragment F${index} ${text}`)].join('\n'),
    variables: pick(GIVEN),
    operationName: 'Op',
  }
}
