// Fields that change something: the input is checked before a call is spent, the write is sent once, and a failure comes as
// data.
import type { InputFieldMap, InputShapeFromFields, ObjectRef, TypeParam } from '@pothos/core'
import { GatewayError, isGatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { ByKey } from '../loaders/by-key.ts'
import type { Members } from '../aurora/body.ts'
import type { WriteOperation } from '../aurora/writes.ts'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'
import type { GraphQLContext } from './context.ts'
import { ErrorInterface } from './types/error.ts'

builder.mutationType({
  description:
    'Every field here changes something at Aurora, for 1 call, which is sent once and never repeated. Input is checked ' +
    'before the call is spent. A failure comes as data, in `errors` of the payload; several fields in one document are ' +
    'carried out one after the other. What was changed is fresh for whoever asks next.',
})

/** The value of a payload: the result of the change, or the reason of its failure. */
export interface Result<Value> {
  /** Null where Aurora's answer contains no result. */
  readonly value: Value | null
  readonly failure: GatewayError | null
}

export type Payload<Value> = ObjectRef<SchemaTypes, Result<Value>>

/** Makes the type `{ project, errors }`, named `ProjectPayload`, with `project` as its member. */
export function createPayload<Value>(
  name: string,
  member: string,
  {
    type,
    description,
    read = (value) => value,
  }: {
    type: TypeParam<SchemaTypes>
    description: string
    /** For a `member` that is only a part of the result. */
    read?: (value: Value) => unknown
  },
): Payload<Value> {
  return builder.objectRef<Result<Value>>(name).implement({
    description: `What came of a change: \`${member}\`, or the \`errors\` that tell why nothing did.`,
    fields: (t) => ({
      [member]: t.field({
        type,
        nullable: true,
        description,
        resolve: ({ value }) => (value === null ? null : read(value)) as never,
      }),
      errors: t.field({
        type: [ErrorInterface],
        nullable: false,
        description: 'Why it could not be done; empty where it was done.',
        resolve: ({ failure }, _args, { describe }) => (failure ? [describe(failure)] : []),
      }),
    }),
  })
}

export interface Mutation<Value, Args extends InputFieldMap> {
  readonly payload: Payload<Value>
  /** The operation of Aurora that carries it out. */
  readonly operation: WriteOperation
  readonly description: string
  readonly args: Args
  /** Throws a GatewayError for wrong input before it writes. */
  readonly run: (args: InputShapeFromFields<Args>, context: GraphQLContext) => Promise<Value | null>
}

export const mutation = <Value, Args extends InputFieldMap>({
  payload,
  operation,
  description,
  args,
  run,
}: Mutation<Value, Args>) => ({
  type: payload,
  nullable: false as const,
  description,
  args,
  extensions: { operation },
  resolve: (_root: object, given: InputShapeFromFields<Args>, context: GraphQLContext) =>
    settle(() => carryOut((watched) => run(given, watched), context)),
})

/**
 * Some mutations read the changed object again to show it. If that read fails, the write is still done; with the outcome
 * NOT_DONE a client would send the write a second time.
 */
async function carryOut<Value>(
  run: (context: GraphQLContext) => Promise<Value>,
  context: GraphQLContext,
): Promise<Value> {
  let isDone = false
  const watched: GraphQLContext = {
    ...context,
    // A getter, because the context makes new loaders after the write.
    get loaders() {
      return context.loaders
    },
    async write(operation, input) {
      const answer = await context.write(operation, input)
      isDone = true
      return answer
    },
  }
  try {
    return await run(watched)
  } catch (error) {
    if (!isDone || !isGatewayError(error)) throw error
    const message = `The change was carried out, but what came of it could not be read. ${error.message}`
    throw new GatewayError(error.code, message, { ...error.details, outcome: 'DONE' }, error)
  }
}

/** Only errors of the table become data; a fault of the gateway, or the abort by a client that left, stays an error. */
export async function settle<Value>(run: () => Promise<Value | null>): Promise<Result<Value>> {
  try {
    return { value: await run(), failure: null }
  } catch (error) {
    if (isGatewayError(error)) return { value: null, failure: error }
    throw error
  }
}

/** Makes an object from an answer with its id; null for an answer without one. */
export function made(members: Members | null, objects: ByKey): AuroraObject | null {
  const id = members?.['id']
  return typeof id === 'string' || typeof id === 'number' ? objects.refer(String(id), members ?? {}) : null
}
