// The directive `@live`: a query that has it is answered again whenever its answer changes.
import {
  DirectiveLocation,
  getDirectiveValues,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLNonNull,
} from 'graphql'
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { readVariables } from '../execution/variables.ts'

export const LIVE = new GraphQLDirective({
  name: 'live',
  description:
    'Answers the query now, and again, at most once a second, whenever a reply of Aurora that the answer uses changes, is ' +
    'dropped or becomes too old. The client has to accept a stream: `Accept: text/event-stream`, or ' +
    '`multipart/mixed;subscriptionSpec=1.0`; any other client gets one answer. All clients that watch the same query with one ' +
    'credential share each answer, which costs 1 call for each reply that has changed. An answer that equals the last one is not ' +
    'sent. More is in docs/live.md.',
  locations: [DirectiveLocation.QUERY],
  args: {
    if: {
      type: new GraphQLNonNull(GraphQLBoolean),
      defaultValue: true,
      description: 'False: the query is answered once.',
    },
  },
})

/** False also if the variables cannot be read: the execution of the query then reports what is wrong with them. */
export function isLive(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): boolean {
  if (!operation.directives?.some(({ name }) => name.value === LIVE.name)) return false
  const read = readVariables(schema, operation, variables ?? {})
  return read !== null && getDirectiveValues(LIVE, operation, read)?.['if'] === true
}
