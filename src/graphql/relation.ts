// Fields that lead from one object to others: up to a parent by a foreign key, and down to children. A selection of only the
// parent's id costs nothing, because the foreign key is that id.
import type { ObjectRef } from '@pothos/core'
import { getNamedType } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { ByKey } from '../loaders/by-key.ts'
import type { Loaders } from '../loaders/loaders.ts'
import type { Children, Sole } from '../loaders/reads.ts'
import type { SchemaTypes } from './builder.ts'
import type { GraphQLContext } from './context.ts'
import { unreadable } from './member.ts'
import { neededMembers } from './selection.ts'

/** Returns the loader of the objects that the member points to. */
type Loads = (loaders: Loaders) => ByKey

export const relation = (
  member: string,
  type: ObjectRef<SchemaTypes, AuroraObject>,
  loads: Loads,
  description: string,
) => ({
  type,
  nullable: true as const,
  description,
  extensions: { needs: [member] },
  async resolve(object: AuroraObject, _args: object, { loaders }: GraphQLContext, info: GraphQLResolveInfo) {
    const id = readId(await object.get(member))
    return id === null ? null : reach(loads(loaders), id, neededBelow(info))
  },
})

/**
 * Follows a member that is a list of ids. An object that cannot be read keeps its place and its id, so that one bad id does
 * not fail the other objects.
 */
export const relations = (
  member: string,
  type: ObjectRef<SchemaTypes, AuroraObject>,
  loads: Loads,
  description: string,
) => ({
  type: [type] as [ObjectRef<SchemaTypes, AuroraObject>],
  nullable: { list: true, items: false } as const,
  description,
  extensions: { needs: [member] },
  async resolve(object: AuroraObject, _args: object, { loaders }: GraphQLContext, info: GraphQLResolveInfo) {
    const ids = await object.get(member)
    if (ids === undefined || ids === null) return null
    if (!Array.isArray(ids)) throw unreadable('a list of ids')
    const objects = loads(loaders)
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
export const parent = (type: ObjectRef<SchemaTypes, AuroraObject>, loads: Loads, description: string) => ({
  type,
  nullable: true as const,
  description,
  resolve: ({ key }: AuroraObject, _args: object, { loaders }: GraphQLContext, info: GraphQLResolveInfo) =>
    reach(loads(loaders), key, neededBelow(info)),
})

/** Leads to an object that Aurora has once per parent, or not at all. */
export const sole = (
  type: ObjectRef<SchemaTypes, AuroraObject>,
  loads: (loaders: Loaders) => Sole,
  description: string,
) => ({
  type,
  nullable: true as const,
  description,
  resolve: ({ key }: AuroraObject, _args: object, { loaders }: GraphQLContext) => loads(loaders)(key),
})

/** A list below a parent; it is short, so it is always read whole. */
export const children = (
  type: ObjectRef<SchemaTypes, AuroraObject>,
  loads: (loaders: Loaders) => Children,
  description: string,
) => ({
  type: [type] as [ObjectRef<SchemaTypes, AuroraObject>],
  nullable: { list: true, items: false } as const,
  description,
  resolve: async ({ key }: AuroraObject, _args: object, { loaders }: GraphQLContext) => [
    ...(await loads(loaders)(key)),
  ],
})

/** Ids are texts today; Aurora reserves the right to change their form. */
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

/** An object whose members all fail with the error of its read. */
const unread = ({ kind, key }: AuroraObject, error: unknown): AuroraObject => ({
  kind,
  key,
  get: () => Promise.reject(error),
  raw: () => Promise.reject(error),
})
