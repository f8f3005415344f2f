// Rejects a request that is too large before any work is done on it: its text, its tokens, its fields, its variables.
import { GraphQLError } from 'graphql'
import type { DocumentNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors/errors.ts'
import type { GraphQLContext } from '../context.ts'
import { assertDocumentSize } from '../limits/document-size.ts'
import { countTokens, measureDocument } from '../limits/measure-document.ts'
import { measureValues } from '../limits/measure-values.ts'
import { findExcess } from '../limits/query-limits.ts'
import type { Excess, Measured, QueryLimits } from '../limits/query-limits.ts'

/**
 * `onParams` checks the request in every form in which it can come. A text inside a request (the argument of `explain`)
 * passes the same parser and the same validation.
 */
export function useQueryLimits(limits: QueryLimits): Plugin<object, GraphQLContext> {
  const find = (measured: Measured): Excess | null => findExcess(measured, limits)
  return {
    onParams({ params: { query, variables, extensions } }) {
      if (typeof query === 'string') assertDocumentSize(query)
      // Variables and extensions are measured separately, so each begins one level below the object that holds both.
      throwIfAny(find(measureValues(variables, limits.nesting)))
      throwIfAny(find(measureValues(extensions, limits.nesting)))
    },
    // Runs only for texts that are not in the parser's cache.
    onParse({ params: { source }, parseFn, setParseFn }) {
      setParseFn((...args: Parameters<typeof parseFn>): unknown => {
        throwIfAny(find({ tokens: countTokens(source as string) }))
        return parseFn(...args) as unknown
      })
    },
    // The excess replaces the validation, because validation takes longest for documents that are too large.
    onValidate({ params: { documentAST }, setResult }) {
      const excess = find(measureDocument(documentAST as DocumentNode))
      if (excess) setResult([toGraphQLError(excess)])
    },
  }
}

function throwIfAny(excess: Excess | null): void {
  if (excess) throw toGraphQLError(excess)
}

function toGraphQLError({ message, limit, actual }: Excess): GraphQLError {
  return new GraphQLError(message, {
    originalError: new GatewayError('QUERY_REJECTED', message, { limit, actual }),
  })
}
