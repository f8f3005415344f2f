// Listens for `"extensions": {"freshness": true}` in a request, which asks for a report of what was stale in its answer.
import type { Plugin } from 'graphql-yoga'
import type { GraphQLContext } from './context.ts'

export const useFreshness: Plugin<object, GraphQLContext> = {
  onParams({ params: { extensions }, context }) {
    if (extensions?.['freshness'] === true) context.staleReport.want()
  },
}
