// The Pothos builder: scalars, and the extension by which a field says what it needs of its parent.
import SchemaBuilder from '@pothos/core'
import { formatDateTime } from './date-time.ts'
import type { GraphQLContext } from './context.ts'

interface Terms {
  Context: GraphQLContext
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: never; Output: string }
    JSON: { Input: unknown; Output: unknown }
  }
}

export type SchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<Terms>

/** Fields are nullable unless they say otherwise: what costs a call must be able to fail alone. */
export const builder = new SchemaBuilder<Terms>({})

builder.queryType({
  description:
    'Every field here is answered from what the gateway knows where it can be. What a field costs in calls to ' +
    'Aurora, when nothing is known, is in its description; `extensions.upstream` of the answer says what was spent.',
})

builder.scalarType('DateTime', {
  description: 'A moment in ISO 8601, UTC, such as `2026-03-04T17:25:09.000Z`, whichever form Aurora wrote.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: formatDateTime,
})

builder.scalarType('JSON', {
  description: 'Any JSON value, passed on as Aurora sent it: its inner shape is not publicly documented.',
  serialize: (value) => value,
})
