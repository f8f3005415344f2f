// The schema: every type module is imported for what it adds to the builder.
import { lexicographicSortSchema, printSchema } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { builder } from './builder.ts'
import './node.ts'
import './types/consumption-profile.ts'
import './types/design.ts'
import './types/design-summary.ts'
import './types/financing.ts'
import './types/partner.ts'
import './types/pricing.ts'
import './types/project.ts'
import './types/team.ts'
import './types/tenant.ts'
import './types/user.ts'

export const schema: GraphQLSchema = builder.toSchema()

/** The same bytes for the same types, in whichever order their modules were imported. */
export const printSdl = (printed: GraphQLSchema): string =>
  `${printSchema(lexicographicSortSchema(printed)).trim()}\n`
