// Checks whether a document could be executed: it parses, fits the schema, and is within the limits.
import { GraphQLError, parse, validate } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { MAX_DOCUMENT_BYTES } from './document-size.ts'
import { countTokens, measureDocument } from './measure-document.ts'
import { findExcess } from './query-limits.ts'
import type { QueryLimits } from './query-limits.ts'
import { ALL_RULES } from '../known-operations.ts'

/** Returns the first fault, in words for the author of the document; null if there is none. */
export function checkDocument(text: string, schema: GraphQLSchema, limits: QueryLimits): string | null {
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) return `it has more than ${MAX_DOCUMENT_BYTES} bytes`
  const tooLong = findExcess({ tokens: countTokens(text) }, limits)
  if (tooLong) return tooLong.message
  try {
    const document: DocumentNode = parse(text)
    const [fault] = validate(schema, document, ALL_RULES)
    return fault?.message ?? findExcess(measureDocument(document), limits)?.message ?? null
  } catch (error) {
    return error instanceof GraphQLError ? error.message : 'it cannot be read'
  }
}
