// Refuses documents that are too large before anything reads them: a parsed document takes hundreds of times its bytes.
import type { Plugin } from 'graphql-yoga'
import type { GraphQLContext } from './context.ts'
import { GatewayError } from '../errors/errors.ts'

/** The largest screens' documents are 4 KB; introspection is 2 KB. */
const MAX_DOCUMENT_BYTES = 16 * 1024

export const useDocumentBound: Plugin<object, GraphQLContext> = {
  onParams({ params: { query } }) {
    if (typeof query === 'string') assertDocumentBound(query)
  },
}

export function assertDocumentBound(query: string): void {
  const bytes = Buffer.byteLength(query)
  if (bytes <= MAX_DOCUMENT_BYTES) return
  throw new GatewayError('QUERY_REJECTED', `A document may have ${MAX_DOCUMENT_BYTES} bytes.`, {
    limit: MAX_DOCUMENT_BYTES,
    actual: bytes,
  })
}
