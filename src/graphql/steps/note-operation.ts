// Records which operation is executed, for the access log and the traces.
import type { ExecutionStep } from './step.ts'

/** Clients choose the names of operations freely; a name longer than any that a person writes is cut. */
const MAX_NAME = 64

export const noteOperation: ExecutionStep = ({ operation, context: { record } }) => {
  if (operation)
    record.operation = {
      type: operation.operation,
      name: operation.name?.value.slice(0, MAX_NAME) ?? null,
    }
  return null
}
