// The error of one place of the answer. graphql's own function collects a stack and reads the document for each error, and an
// answer may have thousands: they would hold the event loop for more than a second.
import { GraphQLError, locatedError } from 'graphql'
import type { FieldNode } from 'graphql'

/** As `locatedError` of graphql, except that an error of a resolver gets no second stack: it has its own. */
export function locateError(
  thrown: unknown,
  nodes: readonly FieldNode[],
  path: readonly (string | number)[],
): GraphQLError {
  if (!(thrown instanceof Error) || hasOwnWords(thrown)) return locatedError(thrown, nodes, path)
  return Object.assign(Object.create(GraphQLError.prototype) as GraphQLError, placesOf(nodes), {
    name: 'GraphQLError',
    message: thrown.message,
    path,
    originalError: thrown,
    extensions: {},
  })
}

/** Whether the error has members of its own that decide its text in the answer. */
const hasOwnWords = (error: Error): boolean =>
  error instanceof GraphQLError || MEMBERS.some((member) => member in error)
const MEMBERS = ['path', 'nodes', 'source', 'positions', 'extensions'] as const

type Places = Pick<GraphQLError, 'nodes' | 'source' | 'positions' | 'locations'>

/** A field of a plan has one list of nodes for all objects. */
const places = new WeakMap<readonly FieldNode[], Places>()

function placesOf(nodes: readonly FieldNode[]): Places {
  let known = places.get(nodes)
  if (!known) {
    const { source, positions, locations, nodes: named } = new GraphQLError('', { nodes })
    places.set(nodes, (known = { nodes: named, source, positions, locations }))
  }
  return known
}
