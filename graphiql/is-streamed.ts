// Whether an operation is answered by a stream: a subscription, and a query with @live.
import type { DocumentNode, OperationDefinitionNode } from 'graphql'

export function isStreamed({ definitions }: DocumentNode, operationName: string | null): boolean {
  const operations = definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === 'OperationDefinition',
  )
  const chosen = operations.find(({ name }) => name?.value === operationName) ?? operations[0]
  return (
    chosen?.operation === 'subscription' ||
    chosen?.directives?.some(({ name }) => name.value === 'live') === true
  )
}
