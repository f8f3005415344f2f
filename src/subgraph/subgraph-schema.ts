// The schema as a subgraph executes it: all of its own types, with `_service` and `_entities` for routers.
// https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
import {
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  isObjectType,
} from 'graphql'
import type { GraphQLFieldConfig, GraphQLResolveInfo } from 'graphql'
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { GatewayError } from '../errors/errors.ts'
import type { GraphQLContext } from '../graphql/context.ts'
import { findOfKind } from '../graphql/node.ts'
import { typeNameOf } from '../graphql/refs.ts'
import { sortSchema } from '../graphql/sort-schema.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import { entityOf } from './keys.ts'
import type { Entity } from './keys.ts'
import { printSubgraph } from './print-subgraph.ts'
import type { SubgraphOptions } from './print-subgraph.ts'
import { readRepresentation } from './representation.ts'
import type { Entities } from './representation.ts'

/** A router sends all objects of one step together: four for each of the 250 objects of the longest slice. */
const MAX_REPRESENTATIONS = 1000

type RootField = GraphQLFieldConfig<unknown, GraphQLContext>

/** Only the root type differs; all other types are shared. */
export function createSubgraphSchema(schema: GraphQLSchema, options: SubgraphOptions): GraphQLSchema {
  const config = schema.toConfig()
  const own = config.query?.toConfig()
  if (!own) throw new TypeError('a subgraph needs a query type')
  const query = new GraphQLObjectType({
    ...own,
    fields: { ...own.fields, _service: serviceField(schema, options), _entities: entitiesField(schema) },
  })
  const types = config.types.filter((type) => type !== config.query)
  const made = new GraphQLSchema({ ...config, query, types, assumeValid: true })
  sortSchema(made)
  return made
}

function serviceField(schema: GraphQLSchema, options: SubgraphOptions): RootField {
  let sdl: string | null = null
  const service = new GraphQLObjectType<unknown, GraphQLContext>({
    name: '_Service',
    description: 'What composers read of a subgraph.',
    fields: {
      sdl: {
        type: new GraphQLNonNull(GraphQLString),
        description: 'The schema with the directives of Apollo Federation. Costs no call.',
        // Printed at the first request for it: most processes get none.
        resolve: () => (sdl ??= printSubgraph(schema, options)),
      },
    },
  })
  return {
    type: new GraphQLNonNull(service),
    description: 'For composers, which make the schema of a router of it. Costs no call.',
    resolve: () => ({}),
  }
}

function entitiesField(schema: GraphQLSchema): RootField {
  const entities = entitiesOf(schema)
  const any = new GraphQLScalarType({
    name: '_Any',
    description: 'The `__typename` of an object and one of its keys, such as `auroraId` or `id`.',
  })
  const entity = new GraphQLUnionType({
    name: '_Entity',
    description: 'Whatever another subgraph can refer to.',
    types: [...entities.keys()]
      .sort()
      .map((name) => schema.getType(name))
      .filter(isObjectType),
    resolveType: ({ kind }: AuroraObject) => typeNameOf(kind),
  })
  return {
    type: new GraphQLNonNull(new GraphQLList(entity)),
    description:
      `For routers: objects by their keys, in the order asked, at most ${MAX_REPRESENTATIONS}; one that fails is null with its own ` +
      'error. Costs what `nodes` costs.',
    args: {
      representations: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(any))),
        description: 'The `__typename` and a key of each.',
      },
    },
    resolve: (_root, { representations }, context, info) =>
      findEach(representations as readonly unknown[], { entities, context, info }),
  }
}

interface Asked {
  readonly entities: Entities
  readonly context: GraphQLContext
  readonly info: GraphQLResolveInfo
}

function findEach(
  representations: readonly unknown[],
  { entities, context, info }: Asked,
): readonly Soon<AuroraObject | null>[] {
  if (representations.length > MAX_REPRESENTATIONS)
    throw new GatewayError(
      'BAD_USER_INPUT',
      `At most ${MAX_REPRESENTATIONS} objects can be asked for at once.`,
    )
  // Other subgraphs may refer to one object many times.
  const found = new Map<string, Soon<AuroraObject | null>>()
  return representations.map((representation, index) =>
    // A malformed representation fails alone.
    whenThere(representation, (value) => {
      const reference = readRepresentation(value, entities)
      const name = `${reference.kind} ${reference.key}`
      const known = found.get(name)
      if (known !== undefined) return known
      const path = { prev: info.path, key: index, typename: undefined }
      const object = findOfKind({ path, ...reference }, context, info)
      found.set(name, object)
      return object
    }),
  )
}

const entitiesOf = (schema: GraphQLSchema): Entities =>
  new Map(
    Object.values(schema.getTypeMap()).flatMap((type): [string, Entity][] => {
      const entity = isObjectType(type) ? entityOf(type.name, type.getFields()) : null
      return entity ? [[type.name, entity]] : []
    }),
  )
