// The bound on the text of a document. It is checked before the text is parsed, so that a huge text costs no parsing.
import { GatewayError } from '../../errors/errors.ts'

/** The documents of the largest screens have 4 KB; the introspection query has 2 KB. */
export const MAX_DOCUMENT_BYTES = 16 * 1024

/** Throws QUERY_REJECTED for a text that is too long. */
export function assertDocumentSize(query: string): void {
  const actual = Buffer.byteLength(query)
  if (actual <= MAX_DOCUMENT_BYTES) return
  const message = `A document may have ${MAX_DOCUMENT_BYTES} bytes.`
  throw new GatewayError('QUERY_REJECTED', message, { limit: MAX_DOCUMENT_BYTES, actual })
}
