// Where in the answer a call was asked for: the path of the field whose resolver is running, for requests that are traced.
import { AsyncLocalStorage } from 'node:async_hooks'
import { defaultFieldResolver, isObjectType, responsePathAsArray } from 'graphql'
import type { GraphQLField, GraphQLSchema } from 'graphql'
import type { GraphQLContext } from './context.ts'

type Path = Parameters<typeof responsePathAsArray>[0]
type Field = GraphQLField<unknown, GraphQLContext>

const running = new AsyncLocalStorage<Path>()
const traced = new WeakSet<GraphQLSchema>()

/**
 * Wraps every resolver of the schema in place, once however often it is called. A context that is not traced pays one
 * look at `isTraced` for each field: remembering the path through every promise costs about as much as resolving.
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
 * The path in the answer, aliases and indexes as they stand there, of the field on whose behalf this code runs. What
 * several fields share goes by the first that asked. Null outside a resolver, and in requests that are not traced.
 */
export function currentPath(): readonly (string | number)[] | null {
  const path = running.getStore()
  return path === undefined ? null : responsePathAsArray(path)
}
