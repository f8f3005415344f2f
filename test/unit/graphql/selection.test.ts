import { buildSchema, execute, parse, validate } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import { describe, expect, it } from 'vitest'
import { neededMembers } from '../../../src/graphql/selection.ts'

const schema = buildSchema(/* GraphQL */ `
  interface Node {
    id: ID!
  }
  interface Named {
    name: String
  }
  type Project implements Node & Named {
    id: ID!
    name: String
    location: Location
    customer: Customer
    owner: User
    designs: [Design]
  }
  type Location {
    address: String
  }
  type Customer {
    email: String
  }
  type User implements Node {
    id: ID!
    name: String
  }
  type Design implements Node {
    id: ID!
    name: String
    secret: String
  }
  union Anything = Project | User
  type Query {
    project: Project
    node: Node
    anything: Anything
  }
`)

/** The members that each field declares as needed, in the way of the gateway's types. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'Project.name': ['name'],
  'Project.location': ['location'],
  'Project.customer': ['customer_email', 'customer_phone'],
  'Project.owner': ['owner_id'],
  'User.name': ['first_name', 'last_name'],
  'Design.secret': ['secret'],
}
for (const [field, needs] of Object.entries(NEEDS)) {
  const [typeName = '', name = ''] = field.split('.')
  const type = schema.getType(typeName)
  const definition = type && 'getFields' in type ? type.getFields()[name] : undefined
  if (definition) definition.extensions = { needs }
}

/** The members that the query's only root field needs of `typeName`, sorted. */
function needsOf(
  query: string,
  typeName = 'Project',
  variableValues: Record<string, unknown> = {},
): readonly string[] {
  const document = parse(query)
  expect(validate(schema, document)).toEqual([])
  let found: readonly string[] | undefined
  const look = (_args: object, _context: unknown, info: GraphQLResolveInfo) => {
    found = neededMembers(info, typeName)
    return null
  }
  void execute({ schema, document, variableValues, rootValue: { project: look, node: look, anything: look } })
  if (found === undefined) throw new Error('nothing was resolved')
  return found.toSorted()
}

describe('the members that a selection needs', () => {
  it.each<[what: string, query: string, needs: string[]]>([
    ['are those of its fields', '{ project { name owner { id } } }', ['name', 'owner_id']],
    ['are none where only ids and relations are asked for', '{ project { id designs { id } } }', []],
    ['do not come from __typename', '{ project { __typename } }', []],
    [
      'may be several for one field',
      '{ project { customer { email } } }',
      ['customer_email', 'customer_phone'],
    ],
    ['are named once, however often they are asked for', '{ project { name again: name } }', ['name']],
    ['are those of the field, not of its alias', '{ project { id: name name: id } }', ['name']],
    [
      'do not come from deeper levels',
      '{ project { designs { secret name } owner { name } } }',
      ['owner_id'],
    ],
    [
      'come through inline fragments',
      '{ project { ... { name } ... on Project { location { address } } } }',
      ['location', 'name'],
    ],
    [
      'come through fragments',
      'query { project { ...a } } fragment a on Project { name ...b } fragment b on Project { owner { id } }',
      ['name', 'owner_id'],
    ],
    [
      'come through conditions on interfaces',
      '{ project { ... on Named { name } ... on Node { id } } }',
      ['name'],
    ],
    ['come through nested conditions', '{ project { ... on Node { ... on Named { name } } } }', ['name']],
    [
      'are gathered from all places where the field is asked for',
      '{ project { name } project { location { address } } }',
      ['location', 'name'],
    ],
    [
      'leave out what is skipped',
      '{ project { name @skip(if: true) location @skip(if: false) { address } } }',
      ['location'],
    ],
    [
      'leave out what is not included',
      '{ project { name @include(if: false) location @include(if: true) { address } } }',
      ['location'],
    ],
    ['leave out what is included and skipped', '{ project { name @include(if: true) @skip(if: true) } }', []],
    [
      'leave out fragments that are skipped',
      '{ project { ... @skip(if: true) { name } ...a @include(if: false) } } fragment a on Project { name }',
      [],
    ],
  ])('%s', (_what, query, needs) => {
    expect(needsOf(query)).toEqual(needs)
  })

  it.each([
    [{ on: true }, ['name']],
    [{ on: false }, ['location']],
    [{}, ['location']],
  ])('follow the variables %j', (variables, needs) => {
    const query =
      'query ($on: Boolean! = false) { project { name @include(if: $on) location @skip(if: $on) { address } } }'

    expect(needsOf(query, 'Project', variables)).toEqual(needs)
  })

  it.each<[typeName: string, needs: string[]]>([
    ['Project', ['location', 'name']],
    ['User', ['first_name', 'last_name']],
    ['Design', []],
    ['Unknown', []],
    ['Node', []],
  ])('of an interface are those of the type %s alone', (typeName, needs) => {
    const query = '{ node { id ... on Project { name location { address } } ... on User { name } } }'

    expect(needsOf(query, typeName)).toEqual(needs)
  })

  it('of a union are those of the type alone', () => {
    const query = '{ anything { ... on Named { name } ... on Anything { ... on User { name } } } }'

    expect(needsOf(query, 'Project')).toEqual(['name'])
    expect(needsOf(query, 'User')).toEqual(['first_name', 'last_name'])
  })

  it('are found quickly in fragments that spread each other twice, thirty levels deep', () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const next = level === 29 ? 'name' : `...f${level + 1} ... on Project { ...f${level + 1} }`
      return `fragment f${level} on Project { ${next} }`
    })
    const startMs = performance.now()

    const document = parse(`{ project { ...f0 } } ${levels.join(' ')}`)
    let elapsedMs = Infinity
    const look = (_args: object, _context: unknown, info: GraphQLResolveInfo) => {
      expect(neededMembers(info, 'Project')).toEqual(['name'])
      elapsedMs = performance.now() - startMs
      return null
    }
    void execute({ schema, document, rootValue: { project: look } })

    // To follow each of the 2^30 ways would take minutes.
    expect(elapsedMs).toBeLessThan(2_000)
  })
})
