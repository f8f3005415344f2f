// The schema that a gateway executes by its settings: its own one, or that one as a subgraph.
import type { GraphQLSchema } from 'graphql'
import type { Config } from '../config/config.ts'
import { schema } from '../graphql/schema.ts'
import { createSubgraphSchema } from '../subgraph/subgraph-schema.ts'

export const createServedSchema = ({ subgraph }: Pick<Config, 'subgraph'>): GraphQLSchema =>
  subgraph === null ? schema : createSubgraphSchema(schema, subgraph)
