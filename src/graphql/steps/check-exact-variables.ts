// Rejects variables with numbers that lost digits when the request was parsed. An id that lost digits could be the id of another object.
import { GraphQLError } from 'graphql'
import type { TypeNode, VariableDefinitionNode } from 'graphql'
import { GatewayError } from '../../errors/errors.ts'
import { holdsRounded } from '../json.ts'
import type { ExecutionStep } from './step.ts'

/** A Float may be rounded (IEEE 754), and an Int has 32 bits. */
const MAY_BE_ROUNDED: ReadonlySet<string> = new Set(['Float', 'Int'])

/** A literal in the document keeps its digits, so only variables are checked. */
export const checkExactVariables: ExecutionStep = ({ operation, variables }) => {
  const definitions = operation?.variableDefinitions ?? []
  if (definitions.length === 0 || !variables) return null
  const errors = definitions
    .filter(({ type }) => !MAY_BE_ROUNDED.has(nameOf(type)))
    .filter(({ variable }) => holdsRounded(variables[variable.name.value]))
    .map(toError)
  return errors.length > 0 ? errors : null
}

const nameOf = (type: TypeNode): string => (type.kind === 'NamedType' ? type.name.value : nameOf(type.type))

function toError(definition: VariableDefinitionNode): GraphQLError {
  const message = `Variable "$${definition.variable.name.value}" has a number beyond 2^53, which loses digits: give it as a text.`
  const originalError = new GatewayError('BAD_USER_INPUT', message)
  return new GraphQLError(message, { nodes: definition, originalError })
}
