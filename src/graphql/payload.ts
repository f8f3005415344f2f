// The types that mutations return: the result of the change, or the reason of its failure as data.
import type { ObjectRef, TypeParam } from '@pothos/core'
import type { Soon } from '../turns/at-once.ts'
import { holdsSecrets, kindRow } from '../aurora/kinds.ts'
import type { KeyedKind, Kind } from '../aurora/kinds.ts'
import { isGatewayError } from '../errors/errors.ts'
import type { GatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'
import { refOf, typeNameOf } from './refs.ts'
import { ErrorInterface } from './types/error.ts'

/** The value of a payload: the result of the change, or the reason of its failure. */
export interface Result<Value> {
  /** Null if Aurora's answer contains no result. */
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
    /** For a `member` that is only one part of the result. */
    read?: (value: Value) => unknown
  },
): Payload<Value> {
  return builder.objectRef<Result<Value>>(name).implement({
    description: `The result of a change: \`${member}\`, or the \`errors\` with the reasons why there is none.`,
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
        description: 'Why it failed; `outcome` shows if it was done all the same. Empty otherwise.',
        resolve: ({ failure }, _args, { describe }) => (failure ? [describe(failure)] : []),
      }),
    }),
  })
}

/** Makes the payload of writes that show an object of the catalogue, with the name of its kind as the member. */
export function createObjectPayload(
  kind: Kind,
  what: string,
  { absent, cost }: { readonly absent?: string; readonly cost?: string } = {},
): Payload<AuroraObject> {
  const ofAll = isKeyed(kind) ? '' : ' for all of them'
  const orElse = isReadAfterSilence(kind) ? '' : ', or if the answer lacks it'
  return createPayload<AuroraObject>(`${typeNameOf(kind)}Payload`, kind, {
    type: refOf(kind),
    description:
      `${what}; null if ${absent ?? `it could not be done${orElse}`}. ` +
      `Members of the answer cost nothing more, ${cost ?? `other members cost 1 call${ofAll}`}.`,
  })
}

/** Makes the type `DeleteProjectPayload` with the member `deletedProjectId`. */
export const createDeletedPayload = (noun: string): Payload<string> =>
  createPayload<string>(`Delete${noun}Payload`, `deleted${noun}Id`, {
    type: 'ID',
    description: `Aurora's id of the deleted ${noun.toLowerCase()}.`,
  })

/** Whether an object of the kind can be referred to by its key, without a read. */
export const isKeyed = (kind: Kind): kind is KeyedKind => ['id', 'parent/id'].includes(kindRow(kind).keyedBy)

/**
 * Whether the object is read if Aurora acknowledged the write with an empty answer. An object with a secret, such as
 * the SSO provider, is not read: a key that may set it often may not read it, and the client has what it sent.
 */
export const isReadAfterSilence = (kind: Kind): boolean => isKeyed(kind) || !holdsSecrets(kind)

/** Only errors of the table become data; a fault of the gateway, or the abort by a client that left, stays an error. */
export async function settle<Value>(run: () => Soon<Value | null>): Promise<Result<Value>> {
  try {
    return { value: await run(), failure: null }
  } catch (error) {
    if (isGatewayError(error)) return { value: null, failure: error }
    throw error
  }
}
