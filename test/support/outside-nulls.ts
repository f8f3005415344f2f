// Which errors of an answer two executors have to agree on.
import type { ExecutionResult } from 'graphql'

type Path = readonly (string | number)[]

/** The path of the first null on the way to `path`, or the whole path. */
function nullOnTheWay(data: unknown, path: Path): Path {
  let value = data
  const depth = path.findIndex((step) => {
    if (value === null) return true
    value = (value as Record<string | number, unknown>)[step]
    return false
  })
  return depth === -1 ? path : path.slice(0, depth)
}

/**
 * Where an object becomes null while fields of it are still awaited, their errors may come before the answer or after it: of those
 * only the place that became null is left, once.
 */
export function outsideNulls<Shown>(
  { data, errors = [] }: ExecutionResult,
  show: (error: NonNullable<ExecutionResult['errors']>[number]) => Shown,
): { readonly shown: readonly Shown[]; readonly below: readonly string[] } {
  const shown: Shown[] = []
  const below = new Set<string>()
  for (const error of errors) {
    const { path = [] } = error
    const nulled = nullOnTheWay(data, path)
    if (nulled.length < path.length) below.add(JSON.stringify(nulled))
    else shown.push(show(error))
  }
  return { shown, below: [...below].sort() }
}
