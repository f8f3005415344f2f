// Fields that lead from one object to others: up by a foreign key, which alone costs nothing, and down to children.
import type { GraphQLResolveInfo } from 'graphql'
import { allThere, whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { readAuroraId } from '../aurora/body.ts'
import type { KeyedKind, Kind } from '../aurora/kinds.ts'
import { READS, repeatingPartOf } from '../aurora/reads.ts'
import type { ReadOf } from '../aurora/reads.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { ByKey } from '../loaders/by-key.ts'
import { toSnakeCase, WITHOUT_INFO } from './fields.ts'
import type { Row } from './fields.ts'
import { identifier } from './member.ts'
import { refOf, typeNameOf } from './refs.ts'
import { neededMembers } from './selection.ts'
import { unreadable } from './read-value.ts'
import { readWish } from './wish.ts'
import type { Wish } from './wish.ts'

/** The cost of following a foreign key, for kinds where it is not just 1 call for the object. */
const COSTS: Partial<Readonly<Record<Kind, string>>> = {
  project: 'other members cost 1 call unless a list has shown the project',
  design: 'other members cost 1 call unless a list has shown the design',
  ahj: 'other members cost 1 call for each authority',
  proposalTemplate: 'other members cost 1 call for each template',
  user: 'names cost one call for all users of the tenant',
  team: 'names cost one call for all teams',
  partner: 'names cost one call for all partners',
}

const costOf = (kind: Kind): string => `\`id\` is free; ${COSTS[kind] ?? 'other members cost 1 call'}.`

interface Details {
  /** Replaces the usual words about the cost. */
  readonly cost?: string
  /** The member with the foreign key, if it is not `project_id` for the field `project`. */
  readonly member?: string
}

export const relation =
  (kind: KeyedKind, what: string, { cost = costOf(kind), member }: Details = {}): Row<AuroraObject> =>
  (t, name) => {
    const key = member ?? `${toSnakeCase(name)}_id`
    return t.field({
      type: refOf(kind),
      description: `${what} ${cost}`,
      extensions: { needs: [key] },
      resolve: (object, _args, { loaders }, info) =>
        whenThere(object.get(key), (value) => {
          const id = readId(value)
          return id === null ? null : reach(loaders.object(kind), id, wishOf(info, kind, id))
        }),
    })
  }

/** The foreign key beside a relation: `projectId` beside `project`. */
export const foreignId = (): Row<AuroraObject> => (t, name) => {
  const related = name.replace(/Id$/, '')
  return identifier(`Aurora's id of the ${related}; as free as \`${related} { auroraId }\`.`)(t, name)
}

/**
 * Follows a member that is a list of ids. An object that cannot be read keeps its place and its id, so that one bad id does
 * not fail the other objects.
 */
export const relations =
  (kind: KeyedKind, member: string, description: string): Row<AuroraObject> =>
  (t) =>
    t.field({
      type: [refOf(kind)],
      nullable: { list: true, items: false },
      description,
      extensions: { needs: [member] },
      resolve: (object, _args, { loaders }, info) =>
        whenThere(object.get(member), (ids) => {
          if (ids === undefined || ids === null) return null
          if (!Array.isArray(ids)) throw unreadable('a list of ids')
          const objects = loaders.object(kind)
          const reachOrKeep = (id: string): Soon<AuroraObject> =>
            whenThere(
              reach(objects, id, wishOf(info, kind, id)),
              (reached) => reached,
              (error) => unread(objects.refer(id), error),
            )
          return allThere(ids.flatMap((id: unknown) => readId(id) ?? []).map(reachOrKeep)) as Soon<
            AuroraObject[]
          >
        }),
    })

/** Leads from an object to its parent if each parent has one such object; the key of the object is the parent's id. */
export const parent =
  (kind: KeyedKind, what: string): Row<AuroraObject> =>
  (t) =>
    t.field({
      type: refOf(kind),
      description: `${what} ${costOf(kind)}`,
      resolve: ({ key }, _args, { loaders }, info) =>
        reach(loaders.object(kind), key, wishOf(info, kind, key)),
    })

/** Leads to an object that Aurora has once per parent, or not at all. */
export const sole =
  (operation: ReadOf<'sole'>, description: string): Row<AuroraObject> =>
  (t) =>
    t.field({
      type: refOf(READS[operation].kind),
      description,
      extensions: { operation, ...WITHOUT_INFO },
      resolve: ({ key }, _args, { loaders }) => loaders.read(operation)(key),
    })

/** A list below a parent; it is short, so it is always read whole. */
export const children =
  (operation: ReadOf<'children'>, description: string): Row<AuroraObject> =>
  (t) =>
    t.field({
      type: [refOf(READS[operation].kind)],
      nullable: { list: true, items: false },
      description,
      extensions: { operation, ...WITHOUT_INFO },
      resolve: ({ key }, _args, { loaders }) => shown(loaders.read(operation)(key)),
    })

/** A list of the tenant that always comes whole. */
export const wholeList =
  (operation: ReadOf<'whole'>, description: string): Row<object> =>
  (t) =>
    t.field({
      type: [refOf(READS[operation].kind)],
      nullable: { list: true, items: false },
      description,
      extensions: { operation },
      resolve: (_root, _args, { loaders }) => shown(loaders.read(operation)()),
    })

/** The types of Pothos demand a list that may be changed; no executor changes it. */
const shown = (objects: Soon<readonly AuroraObject[]>) => objects as Soon<AuroraObject[]>

function readId(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  const id = readAuroraId(value)
  if (id === null) throw unreadable('an id')
  return id
}

/** Most relations lead to kinds without such a part, and some of them from each object of a long list. */
const wishOf = (info: GraphQLResolveInfo, kind: Kind, key: string): Wish =>
  repeatingPartOf(kind)
    ? readWish(info, { kind, key })
    : { members: neededMembers(info, typeNameOf(kind)), parts: [] }

function reach(objects: ByKey, id: string, { members, parts }: Wish): Soon<AuroraObject> {
  return members.length === 0 ? objects.refer(id) : objects.load(id, members, parts)
}

/** Each member asked for fails with the error of the read. */
const unread = ({ kind, key }: AuroraObject, error: unknown): AuroraObject => ({
  kind,
  key,
  get: () => Promise.reject(error),
  raw: () => Promise.reject(error),
})
