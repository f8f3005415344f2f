// Refuses what is too large before anything is made of it: the text, its tokens, what it asks for, its variables.
import { GraphQLError } from 'graphql'
import type { DocumentNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../errors/errors.ts'
import type { GraphQLContext } from './context.ts'
import { countTokens, measureDocument } from './measure-document.ts'
import { measureValues } from './measure-values.ts'
import { findExcess } from './query-limits.ts'
import type { Excess, Measured, QueryLimits } from './query-limits.ts'

/** The largest screens' documents are 4 KB; introspection is 2 KB. */
export const MAX_DOCUMENT_BYTES = 16 * 1024

/** Of a request, whatever way it came; those of a text inside it (`explain`) pass the same parser and validation. */
export function useQueryLimits(limits: QueryLimits): Plugin<object, GraphQLContext> {
  const find = (measured: Measured): Excess | null => findExcess(measured, limits)
  return {
    onParams({ params: { query, variables, extensions } }) {
      if (typeof query === 'string') assertDocumentBound(query)
      // Each begins a level below what holds both.
      throwIfAny(find(measureValues(variables, limits.nesting)))
      throwIfAny(find(measureValues(extensions, limits.nesting)))
    },
    // Only of texts that are not known yet.
    onParse({ params: { source }, parseFn, setParseFn }) {
      setParseFn((...args: Parameters<typeof parseFn>): unknown => {
        throwIfAny(find({ tokens: countTokens(source as string) }))
        return parseFn(...args) as unknown
      })
    },
    // Instead of the validation, which takes longest for what is too large.
    onValidate({ params: { documentAST }, setResult }) {
      const excess = find(measureDocument(documentAST as DocumentNode))
      if (excess) setResult([toGraphQLError(excess)])
    },
  }
}

export function assertDocumentBound(query: string): void {
  const actual = Buffer.byteLength(query)
  if (actual <= MAX_DOCUMENT_BYTES) return
  const message = `A document may have ${MAX_DOCUMENT_BYTES} bytes.`
  throw new GatewayError('QUERY_REJECTED', message, { limit: MAX_DOCUMENT_BYTES, actual })
}

function throwIfAny(excess: Excess | null): void {
  if (excess) throw toGraphQLError(excess)
}

function toGraphQLError({ message, limit, actual }: Excess): GraphQLError {
  return new GraphQLError(message, {
    originalError: new GatewayError('QUERY_REJECTED', message, { limit, actual }),
  })
}
