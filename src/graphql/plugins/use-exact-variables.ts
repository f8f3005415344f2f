// Rejects variables with numbers that lost digits when the request was parsed: such an id could be that of another object.
import { getOperationAST, GraphQLError } from 'graphql'
import type { ExecutionArgs, TypeNode, VariableDefinitionNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors/errors.ts'
import type { GraphQLContext } from '../context.ts'
import { holdsRounded } from '../json.ts'

/** A Float may be rounded (IEEE 754), and an Int has 32 bits. */
const MAY_BE_ROUNDED: ReadonlySet<string> = new Set(['Float', 'Int'])

/** A literal in the document keeps its digits, so only variables are checked. */
export const useExactVariables: Plugin<object, GraphQLContext> = {
  onExecute({ args, setResultAndStopExecution }) {
    const { document, operationName, variableValues = {} } = args as ExecutionArgs
    const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? []
    const errors = definitions
      .filter(({ type }) => !MAY_BE_ROUNDED.has(nameOf(type)))
      .filter(({ variable }) => holdsRounded(variableValues?.[variable.name.value]))
      .map(toError)
    if (errors.length > 0) setResultAndStopExecution({ errors })
  },
}

const nameOf = (type: TypeNode): string => (type.kind === 'NamedType' ? type.name.value : nameOf(type.type))

function toError(definition: VariableDefinitionNode): GraphQLError {
  const message = `Variable "$${definition.variable.name.value}" has a number beyond 2^53, which loses digits: give it as a text.`
  const originalError = new GatewayError('BAD_USER_INPUT', message)
  return new GraphQLError(message, { nodes: definition, originalError })
}
