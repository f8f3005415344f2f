// The rules by which documents are validated: those of graphql-js, and that the schema has the type of each operation.
import { GraphQLError, specifiedRules } from 'graphql'
import type { ASTVisitor, ValidationContext, ValidationRule } from 'graphql'

/**
 * The name of the same rule in graphql 17, which has it among its own; graphql 16 finds this mistake only during
 * execution.
 */
const RULE = 'KnownOperationTypesRule'

/** https://spec.graphql.org/draft/#sec-Operation-Type-Existence */
const knowOperationTypes = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return
    context.reportError(new GraphQLError(`The schema has no ${node.operation}s.`, { nodes: node }))
  },
})

/** The rules that graphql-js lacks. */
const OWN_RULES: readonly ValidationRule[] = specifiedRules.some(({ name }) => name === RULE)
  ? []
  : [knowOperationTypes]

export const ALL_RULES: readonly ValidationRule[] = [...specifiedRules, ...OWN_RULES]
