// Fields that lead from one object to others: up by a foreign key, which alone costs nothing, and down to children.
import type { ObjectRef } from '@pothos/core'
import { getNamedType } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import type { KeyedKind } from '../aurora/kinds.ts'
import type { ReadOf } from '../aurora/reads.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { ByKey } from '../loaders/by-key.ts'
import type { SchemaTypes } from './builder.ts'
import type { GraphQLContext } from './context.ts'
import { unreadable } from './member.ts'
import { neededMembers } from './selection.ts'

type Type = ObjectRef<SchemaTypes, AuroraObject>

export const relation = (member: string, type: Type, kind: KeyedKind, description: string) => ({
  type,
  nullable: true as const,
  description,
  extensions: { needs: [member] },
  async resolve(object: AuroraObject, _args: object, { loaders }: GraphQLContext, info: GraphQLResolveInfo) {
    const id = readId(await object.get(member))
    return id === null ? null : reach(loaders.object(kind), id, neededBelow(info))
  },
})

/**
 * Follows a member that is a list of ids. An object that cannot be read keeps its place and its id, so that one bad id does
 * not fail the other objects.
 */
export const relations = (member: string, type: Type, kind: KeyedKind, description: string) => ({
  type: [type] as [Type],
  nullable: { list: true, items: false } as const,
  description,
  extensions: { needs: [member] },
  async resolve(object: AuroraObject, _args: object, { loaders }: GraphQLContext, info: GraphQLResolveInfo) {
    const ids = await object.get(member)
    if (ids === undefined || ids === null) return null
    if (!Array.isArray(ids)) throw unreadable('a list of ids')
    const objects = loaders.object(kind)
    const needs = neededBelow(info)
    const reachOrKeep = async (id: string): Promise<AuroraObject> => {
      try {
        return await reach(objects, id, needs)
      } catch (error) {
        return unread(objects.refer(id), error)
      }
    }
    return Promise.all(ids.flatMap((id: unknown) => readId(id) ?? []).map(reachOrKeep))
  },
})

/** Leads from an object to its parent where each parent has one such object; the key of the object is the parent's id. */
export const parent = (type: Type, kind: KeyedKind, description: string) => ({
  type,
  nullable: true as const,
  description,
  resolve: ({ key }: AuroraObject, _args: object, { loaders }: GraphQLContext, info: GraphQLResolveInfo) =>
    reach(loaders.object(kind), key, neededBelow(info)),
})

/** Leads to an object that Aurora has once per parent, or not at all. */
export const sole = (type: Type, operation: ReadOf<'sole'>, description: string) => ({
  type,
  nullable: true as const,
  description,
  extensions: { operation },
  resolve: ({ key }: AuroraObject, _args: object, { loaders }: GraphQLContext) =>
    loaders.read(operation)(key),
})

/** A list below a parent; it is short, so it is always read whole. */
export const children = (type: Type, operation: ReadOf<'children'>, description: string) => ({
  type: [type] as [Type],
  nullable: { list: true, items: false } as const,
  description,
  extensions: { operation },
  resolve: async ({ key }: AuroraObject, _args: object, { loaders }: GraphQLContext) => [
    ...(await loaders.read(operation)(key)),
  ],
})

/** A list of the tenant that always comes whole. */
export const wholeList = (type: Type, operation: ReadOf<'whole'>, description: string) => ({
  type: [type] as [Type],
  nullable: { list: true, items: false } as const,
  description,
  extensions: { operation },
  resolve: async (_root: object, _args: object, { loaders }: GraphQLContext) => [
    ...(await loaders.read(operation)()),
  ],
})

/** Texts today; Aurora reserves the right to change their form. */
function readId(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw unreadable('an id')
}

function reach(objects: ByKey, id: string, needs: readonly string[]): Promise<AuroraObject> | AuroraObject {
  return needs.length === 0 ? objects.refer(id) : objects.load(id, needs)
}

const neededBelow = (info: GraphQLResolveInfo): readonly string[] =>
  neededMembers(info, getNamedType(info.returnType).name)

/** Each member asked for fails with the error of the read. */
const unread = ({ kind, key }: AuroraObject, error: unknown): AuroraObject => ({
  kind,
  key,
  get: () => Promise.reject(error),
  raw: () => Promise.reject(error),
})
