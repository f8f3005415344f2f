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
    'Answers the query now, and again, at most once a second, whenever a reply of Aurora that its answer is made of changes, is ' +
    'dropped or has become too old, by any cause. It needs a client that takes a stream: `Accept: text/event-stream`, or ' +
    '`multipart/mixed;subscriptionSpec=1.0`; any other gets one answer. All who watch the same with one credential share each ' +
    'answer: it costs 1 call for each reply that has changed. An answer that says nothing new is not sent. docs/live.md says more.',
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
