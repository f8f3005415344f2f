// Chooses the schema that a gateway executes by its settings: the plain one, or the same one as a subgraph.
import type { GraphQLSchema } from 'graphql'
import type { Config } from '../config/config.ts'
import { schema } from '../graphql/schema.ts'
import { createSubgraphSchema } from '../subgraph/subgraph-schema.ts'

export const createServedSchema = ({ subgraph }: Pick<Config, 'subgraph'>): GraphQLSchema =>
  subgraph === null ? schema : createSubgraphSchema(schema, subgraph)
