// The path of the field whose resolver is running, so that a call can be attributed to its field in traced requests.
import { AsyncLocalStorage } from 'node:async_hooks'
import { responsePathAsArray } from 'graphql'
import type { RunResolver } from '../execution/position.ts'

/** The path of a field in the answer. */
export type Path = NonNullable<Parameters<typeof responsePathAsArray>[0]>
const running = new AsyncLocalStorage<Path | undefined>()
/**
 * Runs a resolver, so that `currentPath` finds its field. Only for requests that are traced: to carry the path through every
 * promise costs about as much as the resolvers do.
 */
export const resolveAt: RunResolver = (path, resolve) => running.run(path, resolve)

/**
 * Returns the path of the field for which this code runs, with the aliases and indexes of the answer. Work that several
 * fields share has the path of the first field that asked. Null outside a resolver, and in requests that are not traced.
 */
export function currentPath(): readonly (string | number)[] | null {
  const path = running.getStore()
  return path === undefined ? null : responsePathAsArray(path)
}

/** Runs work so that its calls are attributed to another field than the one whose resolver is running. */
export const runAt = <Result>(path: Path, work: () => Result): Result =>
  running.getStore() === undefined ? work() : running.run(path, work)
