// Writes the schema for composers with everything that other subgraphs and routers need, with the directives of Apollo
// Federation 2. https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/directives
import {
  GraphQLObjectType,
  GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind as NodeKind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
  specifiedDirectives,
  visit,
} from 'graphql'
import type { ConstDirectiveNode, DocumentNode, GraphQLField, GraphQLNamedType } from 'graphql'
import { isAdminField } from './admin-fields.ts'
import { tagsOfField, tagsOfType } from './cache-tags.ts'
import { costOfField, costOfType, listSizeOf } from './costs.ts'
import { entityOf } from './keys.ts'

export interface SubgraphOptions {
  /**
   * The version of Apollo Federation that is linked: 2.9 is the first with `@cost` and `@listSize`, 2.12 the first with `@cacheTag`,
   * which not every composer and router accepts.
   */
  readonly version: '2.9' | '2.12'
  /** Whether routers hide the fields that administer the account from their clients. */
  readonly hidesAdmin: boolean
}

/**
 * Every subgraph of a company may have fields of these names, and a composer refuses them unless their types are the same everywhere;
 * a router finds an object of this subgraph by its own fields.
 */
const LEFT_OUT: readonly string[] = ['node', 'nodes', 'nodeResult']

/** Replaces the descriptions of types that mention left-out fields. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  Node: 'Whatever has a global id, which is a key of its type.',
}

const ROOTS: readonly string[] = ['Query', 'Mutation', 'Subscription']

/** Prints the same bytes for the same types and options. */
export function printSubgraph(schema: GraphQLSchema, options: SubgraphOptions): string {
  const sdl = parse(printSchema(lexicographicSortSchema(forRouters(schema))), { noLocation: true })
  const { text, used } = withDirectives(sdl, schema, options)
  const imported = [...used].sort().map((name) => `"@${name}"`)
  const url = `https://specs.apollo.dev/federation/v${options.version}`
  return `extend schema @link(url: "${url}", import: [${imported.join(', ')}])\n\n${text}\n`
}

/** Removes fields that only this subgraph's own clients use, and types that no other field leads to. */
function forRouters(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig()
  const own = config.query?.toConfig()
  if (!own) throw new TypeError('a subgraph needs a query type')
  const fields = Object.fromEntries(Object.entries(own.fields).filter(([name]) => !LEFT_OUT.includes(name)))
  return new GraphQLSchema({
    ...config,
    query: new GraphQLObjectType({ ...own, fields }),
    types: config.types.filter((type) => isObjectType(type) && type.getInterfaces().length > 0),
    // A composer keeps an executable directive only if all subgraphs have it.
    directives: specifiedDirectives,
    assumeValid: true,
  })
}

/** `used`: the names of the directives, which have to be imported. */
function withDirectives(
  sdl: DocumentNode,
  schema: GraphQLSchema,
  options: SubgraphOptions,
): { readonly text: string; readonly used: ReadonlySet<string> } {
  const read = createReadDirectives()
  const annotated = visit(sdl, {
    InterfaceTypeDefinition({ description, ...node }) {
      const value = DESCRIPTIONS[node.name.value]
      return value && description ? { ...node, description: { ...description, value } } : undefined
    },
    InputObjectTypeDefinition: ({ directives = [], ...node }) => ({
      ...node,
      // Composers refuse it, or drop it silently.
      directives: directives.filter(({ name }) => name.value !== 'oneOf'),
    }),
    ObjectTypeDefinition({ directives = [], fields = [], ...node }) {
      const type = schema.getType(node.name.value)
      if (!isObjectType(type)) return undefined
      const ofFields = type.getFields()
      return {
        ...node,
        directives: [...directives, ...read(directivesOfType(type, options))],
        fields: fields.map((field) => {
          const own = ofFields[field.name.value]
          const added = own ? read(directivesOfField(type, own, options)) : []
          return { ...field, directives: [...(field.directives ?? []), ...added] }
        }),
      }
    },
  })
  return { text: print(annotated), used: read.used }
}

function directivesOfType(type: GraphQLObjectType, { version }: SubgraphOptions): string[] {
  if (ROOTS.includes(type.name)) return []
  const keys = (entityOf(type.name, type.getFields())?.keys ?? []).map((field) => `@key(fields: "${field}")`)
  return [
    ...(keys.length > 0 ? keys : ['@shareable']),
    ...present(costOfType(type)),
    ...(version === '2.12' ? tagsOfType(type) : []),
  ]
}

function directivesOfField(
  type: GraphQLNamedType,
  field: GraphQLField<unknown, unknown>,
  { version, hidesAdmin }: SubgraphOptions,
): string[] {
  if (isInterfaceType(type)) return []
  return [
    ...(hidesAdmin && isAdminField(type, field) ? ['@inaccessible'] : []),
    ...present(costOfField(type, field)),
    ...present(listSizeOf(field)),
    ...(version === '2.12' ? tagsOfField(type, field) : []),
  ]
}

const present = (directive: string | null): string[] => (directive === null ? [] : [directive])

/** Directives repeat a few texts a thousand times, so each text is parsed once. */
function createReadDirectives() {
  const known = new Map<string, readonly ConstDirectiveNode[]>()
  const used = new Set<string>()
  function parseOne(text: string): readonly ConstDirectiveNode[] {
    const [definition] = parse(`scalar Any ${text}`, { noLocation: true }).definitions
    const directives =
      definition?.kind === NodeKind.SCALAR_TYPE_DEFINITION ? (definition.directives ?? []) : []
    for (const { name } of directives) used.add(name.value)
    known.set(text, directives)
    return directives
  }
  const read = (texts: readonly string[]): ConstDirectiveNode[] =>
    texts.flatMap((text) => known.get(text) ?? parseOne(text))
  return Object.assign(read, { used })
}
