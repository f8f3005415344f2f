// The Pothos builder: the types of the context and of the scalars, and the scalars themselves.
import SchemaBuilder from '@pothos/core'
import { GatewayError } from '../errors/errors.ts'
import { formatDateTime } from './date-time.ts'
import { FormFile } from './form-file.ts'
import { readJson } from './json.ts'
import type { GraphQLContext } from './context.ts'

interface Terms {
  Context: GraphQLContext
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: string; Output: string }
    JSON: { Input: unknown; Output: unknown }
    File: { Input: FormFile; Output: never }
  }
}

export type SchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<Terms>

/** Fields are nullable unless they are declared otherwise, because a field that costs a call must be able to fail alone. */
export const builder = new SchemaBuilder<Terms>({})

builder.queryType({
  description:
    'Every field here is answered from data that the gateway already has, if possible. The description of a field has ' +
    'its cost in calls to Aurora if nothing is cached; `extensions.upstream` of the answer contains the calls that were made.',
})

builder.scalarType('DateTime', {
  description: 'A moment in ISO 8601, UTC, such as `2026-03-04T17:25:09.000Z`, whichever form Aurora wrote.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: formatDateTime,
})

builder.scalarType('JSON', {
  description:
    'Any JSON value, passed on as Aurora sent it, or as it is given: its inner shape is not publicly documented. A number ' +
    'of Aurora that JavaScript would round, such as one beyond 2^53, comes as a text with all its digits. What is given may ' +
    'have 500 levels, and no number beyond 2^53.',
  serialize: (value) => value,
  parseValue: readJson,
})

builder.scalarType('File', {
  description:
    'A file, sent as the GraphQL multipart request specification says, with the header `GraphQL-Require-Preflight: true`; ' +
    'the request has at most 10 MB.',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  parseValue(value) {
    if (value instanceof FormFile) return value
    throw new GatewayError('BAD_USER_INPUT', 'A File comes as a part of a multipart request.')
  },
  parseLiteral() {
    throw new GatewayError('BAD_USER_INPUT', 'A File comes as a variable, by a part of a multipart request.')
  },
  serialize() {
    throw new TypeError('a File is never answered')
  },
})
