// Reads `"extensions": {"freshness": true}` in a request: it asks for a report of the stale values in the answer.
import type { Plugin } from 'graphql-yoga'
import type { GraphQLContext } from '../context.ts'

export const useFreshness: Plugin<object, GraphQLContext> = {
  onParams({ params: { extensions }, context }) {
    if (extensions?.['freshness'] === true) context.staleReport.want()
  },
}
