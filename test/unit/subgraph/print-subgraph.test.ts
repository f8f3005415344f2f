// The SDL for composers: its bytes, its keys, and what is left out of it.
import { readFileSync } from 'node:fs'
import { buildSchema, isObjectType, Kind, parse } from 'graphql'
import type { ObjectTypeDefinitionNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { kindRow } from '../../../src/aurora/kinds.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { entityOf } from '../../../src/subgraph/keys.ts'
import { printSubgraph } from '../../../src/subgraph/print-subgraph.ts'

const FULL = { version: '2.12', hidesAdmin: false } as const
const read = (name: string): string =>
  readFileSync(new URL(`../../../schema/${name}`, import.meta.url), 'utf8')
const full = printSubgraph(schema, FULL)

/** Each text is parsed once: a test looks at some hundred fields, and each parse takes some milliseconds. */
const parsed = new Map<string, readonly ObjectTypeDefinitionNode[]>()

function typesIn(sdl: string): readonly ObjectTypeDefinitionNode[] {
  const known = parsed.get(sdl)
  if (known) return known
  const types = parse(sdl).definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION)
  parsed.set(sdl, types)
  return types
}

/** The directives of a type, or of one of its fields, as `@key(auroraId)`: with the values of their arguments. */
function directivesOf(sdl: string, typeName: string, fieldName?: string): string[] {
  const type = typesIn(sdl).find(({ name }) => name.value === typeName)
  const node = fieldName === undefined ? type : type?.fields?.find(({ name }) => name.value === fieldName)
  return (node?.directives ?? []).map(({ name, arguments: args = [] }) => {
    const values = args.map(({ value }) => ('value' in value ? String(value.value) : value.kind))
    return `@${name.value}(${values.join(', ')})`
  })
}

describe('schema/', () => {
  it.each([
    ['subgraph.graphql', '2.12'],
    ['subgraph-2.9.graphql', '2.9'],
  ] as const)('%s is what the code prints', (name, version) => {
    expect(printSubgraph(schema, { ...FULL, version })).toBe(read(name))
  })

  it('the two differ in the version that is linked, and in @cacheTag', () => {
    const older = printSubgraph(schema, { ...FULL, version: '2.9' })
    const without = full
      .replace('/federation/v2.12"', '/federation/v2.9"')
      .replace('"@cacheTag", ', '')
      .replaceAll(/ @cacheTag\(format: "[^"]*"\)/g, '')
    expect(older).toBe(without)
  })
})

describe('types', () => {
  it('with an id have it as their key, and Aurora’s own one where it alone names an object', () => {
    const keysOf = (name: string): string[] =>
      directivesOf(full, name).filter((directive) => directive.startsWith('@key'))
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Node')) continue
      const entity = entityOf(type.name, type.getFields())
      if (!entity) throw new Error(`${type.name} has no key`)
      const isAlone = ['id', 'tenant'].includes(kindRow(entity.kind).keyedBy)
      const hasOwn = isAlone && 'auroraId' in type.getFields()
      expect([type.name, ...keysOf(type.name)]).toEqual([
        type.name,
        ...(hasOwn ? ['@key(auroraId)', '@key(id)'] : ['@key(id)']),
      ])
    }
    expect(keysOf('Project')).toEqual(['@key(auroraId)', '@key(id)'])
    expect(keysOf('Financing')).toEqual(['@key(id)'])
    expect(keysOf('Proposal')).toEqual(['@key(id)'])
  })

  it('without a key are shareable, but for the roots', () => {
    const roots = ['Query', 'Mutation', 'Subscription']
    for (const { name } of typesIn(full)) {
      const directives = directivesOf(full, name.value)
      if (roots.includes(name.value)) expect(directives).toEqual([])
      else if (!directives.some((directive) => directive.startsWith('@key')))
        expect([name.value, ...directives]).toContain('@shareable()')
    }
    expect(directivesOf(full, 'PageInfo')).toContain('@shareable()')
  })

  it('and fields that other subgraphs may have for themselves are left out', () => {
    const names = typesIn(full).map(({ name }) => name.value)
    const query = typesIn(full).find(({ name }) => name.value === 'Query')
    const fields = query?.fields?.map(({ name }) => name.value) ?? []
    expect(names).not.toContain('NodeResult')
    expect(fields.filter((name) => /^node|^_/.test(name))).toEqual([])
    const others = Object.keys(schema.getQueryType()?.getFields() ?? {}).filter(
      (name) => !name.startsWith('node'),
    )
    expect(fields).toEqual(others)
    expect(full).not.toContain('directive @')
  })
})

describe('costs', () => {
  it('count calls, in hundredths: a page, a list of few, a list that serves all look-ups, and objects that came along', () => {
    expect(directivesOf(full, 'Query', 'projects')[0]).toBe('@cost(100)')
    expect(directivesOf(full, 'Project')).toContain('@cost(100)')
    expect(directivesOf(full, 'User')).toContain('@cost(2)')
    expect(directivesOf(full, 'Project', 'designs')).toEqual(['@cost(50)', '@listSize(2)'])
    expect(directivesOf(full, 'Mutation', 'createProject')).toEqual(['@cost(100)'])
    for (const field of ['edges', 'nodes', 'pageInfo'])
      expect(directivesOf(full, 'ProjectConnection', field).join()).toMatch(/^(@cost\(0\))?$/)
    expect(directivesOf(full, 'ProjectEdge', 'node')).toEqual(['@cost(0)'])
    expect(directivesOf(full, 'ProjectPayload', 'project')).toEqual(['@cost(0)'])
    expect(directivesOf(full, 'Customer')).toContain('@cost(0)')
  })

  it('know the size of a slice by its arguments', () => {
    expect(full).toContain(
      'ProjectConnection @cost(weight: 100) @listSize(assumedSize: 20, slicingArguments: ["first", "last"], ' +
        'sizedFields: ["edges", "nodes"], requireOneSlicingArgument: false)',
    )
  })
})

describe('tags', () => {
  it('are kinds and ids; a type with two keys has no id that both of them contain', () => {
    expect(directivesOf(full, 'Project')).toContain('@cacheTag(Project)')
    expect(full).not.toMatch(/@key\(fields: "auroraId"\).*\{\$key/)
    expect(directivesOf(full, 'Financing')).toContain('@cacheTag({$key.id})')
    expect(directivesOf(full, 'Query', 'design')).toEqual([
      '@cacheTag(Design)',
      '@cacheTag(Design:{$args.id})',
    ])
    expect(directivesOf(full, 'Query', 'projects')).toContain('@cacheTag(Project)')
  })
})

describe('admin fields', () => {
  it('are inaccessible where that is set, and otherwise the SDL is the same', () => {
    const hidden = printSubgraph(schema, { ...FULL, hidesAdmin: true })
    const of = (type: string): string[] =>
      (typesIn(hidden).find(({ name }) => name.value === type)?.fields ?? [])
        .filter(({ directives }) => directives?.some(({ name }) => name.value === 'inaccessible'))
        .map(({ name }) => name.value)
    expect(of('Query')).toEqual(['apiVersions', 'explain', 'roles', 'ssoProvider', 'webhook', 'webhooks'])
    expect(of('Mutation')).toEqual(
      expect.arrayContaining([
        'createUser',
        'updateUser',
        'createWebhook',
        'deleteWebhook',
        'createSsoProvider',
      ]),
    )
    expect(of('Mutation')).not.toContain('createProject')
    expect(hidden.replaceAll(' @inaccessible', '').replace('"@inaccessible", ', '')).toBe(full)
    expect(full).not.toContain('inaccessible')
  })
})

describe('directives of the schema itself', () => {
  it('@specifiedBy and @deprecated stay, and @oneOf, which composers refuse or drop, does not', () => {
    const own = buildSchema(`
      scalar Moment @specifiedBy(url: "https://moment.test")
      input By @oneOf { id: ID name: String }
      type Thing { old: Moment @deprecated(reason: "new") }
      type Query { thing(by: By): Thing }
    `)
    const printed = printSubgraph(own, FULL)
    expect(printed).toContain('@specifiedBy(url: "https://moment.test")')
    expect(printed).toContain('@deprecated(reason: "new")')
    expect(printed).not.toContain('oneOf')
    expect(printed).toContain('import: ["@cost", "@shareable"]')
  })
})
