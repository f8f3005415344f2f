// Makes valid documents over a schema: fragments, aliases, directives with variables, and an id for each argument that has to be given.
import { getNamedType, isAbstractType, isCompositeType, isNonNullType } from 'graphql'
import type { GraphQLCompositeType, GraphQLField, GraphQLSchema } from 'graphql'
import { createRandom } from './seeded-random.ts'

const DIRECTIVES = [
  '@include(if: $yes)',
  '@skip(if: $yes)',
  '@skip(if: $no)',
  '@include(if: $no)',
  '@skip(if: false)',
]

/** `leaveOut` names root fields that do not appear. */
export function makeDocument(seed: number, schema: GraphQLSchema, leaveOut: readonly string[]): string {
  const random = createRandom(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  let names = 0

  function select(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type)
    const args = field.args
      .filter((arg) => isNonNullType(arg.type))
      .map((arg) => `${arg.name}: "${pick(['Project', 'Design', 'User'])}:${Math.floor(random() * 3)}"`)
    const below = isCompositeType(type) ? ` { ${selectAll(type, depth - 1)} }` : ''
    const directive = random() < 0.1 ? ` ${pick(DIRECTIVES)}` : ''
    // Each name is its own, so that no two fields of one place differ.
    return `f${(names += 1)}: ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${directive}${below}`
  }

  function selectAll(type: GraphQLCompositeType, depth: number): string {
    const fields =
      'getFields' in type
        ? Object.values(type.getFields()).filter(({ name }) => !leaveOut.includes(name))
        : []
    const usable = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)))
    const chosen = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(usable)).filter(
      (field) => field !== undefined,
    )
    const inFragments = isAbstractType(type) && depth > 0
    const parts = chosen.map((field) => {
      const text = select(field, depth)
      return random() < 0.15
        ? `... on ${type.name} ${random() < 0.3 ? pick(DIRECTIVES) : ''} { ${text} }`
        : text
    })
    if (inFragments)
      for (const one of [pick(schema.getPossibleTypes(type)), pick(schema.getPossibleTypes(type))])
        parts.push(`... on ${one.name} { ${selectAll(one, depth - 1)} }`)
    return ['__typename', ...parts].join(' ')
  }

  const query = schema.getQueryType()
  if (!query) throw new Error('the schema has no queries')
  return `query ($yes: Boolean = true, $no: Boolean = false) { yes: __typename @include(if: $yes) no: __typename @skip(if: $no) ${selectAll(query, 5)} }`
}
