// Names the variable, and the place in it, whose value does not fit: graphql-js does so only beside a quote of the whole value.
import { Kind } from 'graphql'
import type { GraphQLError } from 'graphql'

/** The place of the value in a message of graphql 16: at the end of the text before the inner message. */
const PLACE = / at "(\w[\w.[\]]*)"$/

/**
 * `inner` is the message without the quote, which may be a secret; it is returned unchanged if no variable is at fault.
 */
export function nameVariable({ message, nodes, originalError }: GraphQLError, inner: string): string {
  const [node] = nodes ?? []
  if (node?.kind !== Kind.VARIABLE_DEFINITION || inner.startsWith('Variable "')) return inner
  const before = originalError ? message.slice(0, -`; ${originalError.message}`.length) : message
  const place = PLACE.exec(before)?.[1]
  return `Variable "$${place ?? node.variable.name.value}": ${inner}`
}
