// Fields that change something: the input is checked before a call is spent, the write is sent once, and a failure comes as
// data.
import type { InputFieldMap, InputShapeFromFields } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { GatewayError, isGatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { ByKey } from '../loaders/by-key.ts'
import type { Loaders } from '../loaders/loaders.ts'
import type { WriteInput } from '../loaders/writes.ts'
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { PresentRead, ReadOf } from '../aurora/reads.ts'
import { writeEndpoint } from '../aurora/writes.ts'
import type { WriteOperation } from '../aurora/writes.ts'
import { builder } from './builder.ts'
import { isKeyed, isReadAfterSilence, settle } from './payload.ts'
import type { Payload } from './payload.ts'
import { typeNameOf } from './refs.ts'
import { declaredNeeds, selectedFields } from './selection.ts'

builder.mutationType({
  description:
    'Every field here changes something at Aurora, for 1 call, which is sent once and never repeated. Input is checked ' +
    'before the call is spent. A failure comes as data, in `errors` of the payload; several fields in one document are ' +
    'carried out one after the other. The next request gets the changed data fresh.',
})

/** What a write has sent, and what came back. */
export interface Written {
  readonly path: Readonly<Record<string, string>>
  readonly members: Members
  readonly answer: Members | null
}

type Show<Value> = (
  written: Written,
  loaders: Loaders,
  info: GraphQLResolveInfo,
) => Promise<Value | null> | Value | null

export interface Mutation<Value, Args extends InputFieldMap> {
  readonly payload: Payload<Value>
  /** The name of the field, if it is not the name of Aurora's operation. */
  readonly name?: string
  readonly description: string
  readonly args: (t: ArgBuilder) => Args
  /** Makes what is sent. Throws a GatewayError for wrong input. */
  readonly read: (args: InputShapeFromFields<Args>) => WriteInput | Promise<WriteInput>
  /** Makes the value of the payload; left out, the value is the object, or the id of the deleted object. */
  readonly show?: Show<Value>
  /** Members that were sent. A new object shows them if Aurora's answer lacks them. */
  readonly keeps?: readonly string[]
}

type ArgBuilder = Parameters<Parameters<typeof builder.args>[0]>[0]

/** Adds the field that carries out an operation of Aurora. */
export function addMutation<Value, Args extends InputFieldMap>(
  operation: WriteOperation,
  mutation: Mutation<Value, Args>,
): void {
  const { payload, name = operation, description, args, read, keeps = [] } = mutation
  const show = mutation.show ?? (showObject(operation, keeps) as Show<Value>)
  builder.mutationField(name, (t) =>
    t.field({
      type: payload,
      nullable: false,
      description,
      args: builder.args(args),
      extensions: { operation },
      resolve: (_root, given, context, info) =>
        settle(async () => {
          const input = await read(given)
          const answer = await context.write(operation, input)
          return afterWrite(() => show({ path: {}, members: {}, ...input, answer }, context.loaders, info))
        }),
    }),
  )
}

/** Shows the object that the write has made or changed, or the id of the object that it has deleted. */
function showObject(operation: WriteOperation, keeps: readonly string[]): Show<AuroraObject | string> {
  const { kind, answers, makes, changes, parameters } = writeEndpoint(operation)
  return ({ path, members, answer }, loaders, info) => {
    const ids = parameters.map((parameter) => path[parameter])
    const key = ids.join('/')
    if (answers === 'nothing') return key
    // The parent is the tenant if the route has no id.
    if (!isKeyed(kind)) {
      const read = loaders.read(changes as Exclude<ReadOf<'sole'>, PresentRead>)
      if (answer) return read(ids[0])
      if (!isReadAfterSilence(kind)) return null
      const fields = selectedFields(info, typeNameOf(kind), kind).map(({ field }) => field)
      const isAsked = fields.some((field) => (declaredNeeds(field) ?? []).length > 0)
      return isAsked ? read(ids[0]) : read.refer(ids[0])
    }
    const objects = loaders.object(kind)
    if (makes) return made(answer && { ...pick(members, keeps), ...answer }, objects)
    return objects.refer(key, { ...pick(path, parameters.slice(0, -1)), ...answer })
  }
}

const pick = (members: Members, names: readonly string[]): Members =>
  Object.fromEntries(names.map((name) => [name, members[name]]))

/**
 * Some mutations read the changed object again to show it. If that read fails, the write is still done; with the outcome
 * NOT_DONE a client would send the write a second time.
 */
async function afterWrite<Value>(show: () => Promise<Value> | Value): Promise<Value> {
  try {
    return await show()
  } catch (error) {
    if (!isGatewayError(error)) throw error
    const message = `The change was carried out, but what came of it could not be read. ${error.message}`
    throw new GatewayError(error.code, message, { ...error.details, outcome: 'DONE' }, error)
  }
}

/** Makes an object from an answer with its id. Without one, a client that is told nothing would make the object again. */
function made(members: Members | null, objects: ByKey): AuroraObject {
  const id = readAuroraId(members?.['id'])
  if (id === null) throw new GatewayError('UPSTREAM_INVALID', UNNAMED)
  return objects.refer(id, members ?? {})
}

const UNNAMED = 'Aurora does not say what was made: look for it, and do not send the change again.'
