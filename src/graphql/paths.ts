// The path of the field whose resolver is running, so that a call can be attributed to its field in traced requests.
import { AsyncLocalStorage } from 'node:async_hooks'
import { defaultFieldResolver, isObjectType, responsePathAsArray } from 'graphql'
import type { GraphQLField, GraphQLSchema } from 'graphql'

/** The part of the context that decides whether paths are recorded. */
interface Traceable {
  readonly isTraced: boolean
}

/** The path of a field in the answer. */
export type Path = NonNullable<Parameters<typeof responsePathAsArray>[0]>
type Field = GraphQLField<unknown, Traceable>

const running = new AsyncLocalStorage<Path | undefined>()
const traced = new WeakSet<GraphQLSchema>()

/**
 * Wraps every resolver of the schema in place; a second call does nothing. A request that is not traced pays for one read of
 * `isTraced` per field, because to carry the path through every promise costs about as much as the resolvers do.
 */
export function traceResolvers(schema: GraphQLSchema): void {
  if (traced.has(schema)) return
  traced.add(schema)
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      for (const field of Object.values(type.getFields())) traceField(field)
}

function traceField(field: Field): void {
  const resolve = field.resolve ?? defaultFieldResolver
  field.resolve = (source, args: object, context, info) =>
    context.isTraced
      ? running.run(info.path, resolve, source, args, context, info)
      : resolve(source, args, context, info)
}

/**
 * Returns the path of the field for which this code runs, with the aliases and indexes of the answer. Work that several
 * fields share has the path of the first field that asked. Null outside a resolver, and in requests that are not traced.
 */
export function currentPath(): readonly (string | number)[] | null {
  const path = running.getStore()
  return path === undefined ? null : responsePathAsArray(path)
}

/** Runs work in the name of another field than the one whose resolver is running. */
export const runAt = <Result>(path: Path, work: () => Result): Result =>
  running.getStore() === undefined ? work() : running.run(path, work)
