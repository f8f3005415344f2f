// Executes one object by itself, with a context of its own, so that its fields depend on no other part of the request.
import { Failures } from './failures.ts'
import { Join } from './join.ts'
import type { Alone } from './known-objects.ts'
import type { SelectionPlan } from './plan.ts'
import type { Execution, Path } from './position.ts'

type ExecuteFields = (
  execution: Execution,
  selection: SelectionPlan,
  place: { readonly source: unknown; readonly path: Path | undefined },
) => unknown

interface Shown {
  readonly selection: SelectionPlan
  readonly path: Path | undefined
}

export function executeAlone(
  execution: Execution,
  { selection, path }: Shown,
  { source, contextValue, pace }: Alone,
  executeFields: ExecuteFields,
): object | null {
  const failures = new Failures()
  const args: Execution['args'] = new Map()
  const size = execution.size.beside()
  const alone: Execution = { ...execution, contextValue, pace, failures, args, size, known: null }
  try {
    const shown = executeFields(alone, selection, { source, path })
    return shown instanceof Join || failures.errors.length > 0 || args.size > 0 ? null : (shown as object)
  } catch {
    return null
  } finally {
    size.close()
  }
}
