// The types with a global id, and how each of them is found: by its row in the catalogue.
import type { GraphQLResolveInfo } from 'graphql'
import { whenThere } from '../at-once.ts'
import type { Soon } from '../at-once.ts'
import { KIND_OF_TYPE, kindRow } from '../aurora/kinds.ts'
import type { KeyedKind, Kind } from '../aurora/kinds.ts'
import { ownReadOf, partsOf } from '../aurora/reads.ts'
import type { ReadOf } from '../aurora/reads.ts'
import { GatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { Loaders } from '../loaders/loaders.ts'
import { assertSafeId } from '../rest/ids.ts'
import { builder } from './builder.ts'
import type { GraphQLContext } from './context.ts'
import { fieldsOf, WITHOUT_INFO } from './fields.ts'
import type { Row, Rows } from './fields.ts'
import { parseGlobalId, readId, toGlobalId } from './global-id.ts'
import { refOf, typeNameOf } from './refs.ts'
import { readWish } from './wish.ts'
import type { Place, Wish } from './wish.ts'

/** Null where absence is ordinary. Rejects with BAD_USER_INPUT for a key that is no id, before anything is spent. */
function find(
  kind: Kind,
  key: string,
  { loaders, wish }: { loaders: Loaders; wish: Wish },
): Soon<AuroraObject | null> {
  switch (kindRow(kind).keyedBy) {
    case 'id':
    case 'parent/id':
      return loaders.object(kind as KeyedKind).find(key, wish.members, wish.parts)
    case 'tenant':
      return whenThere(soleRead(kind, loaders)(), (found) => findOfTenant(kind, key, found))
    default:
      assertSafeId(key)
      return soleRead(kind, loaders)(key)
  }
}

const soleRead = (kind: Kind, loaders: Loaders) => loaders.read(ownReadOf(kind)?.operation as ReadOf<'sole'>)

function findOfTenant(kind: Kind, key: string, found: AuroraObject | null): AuroraObject | null {
  if (found === null || found.key === key) return found
  throw notFound(kind)
}

const notFound = (kind: Kind): GatewayError =>
  new GatewayError('NOT_FOUND', `There is no ${kind} with this id for this credential.`)

/** What a field declares that shows only the key. */
const NEEDS_NOTHING = { needs: [], ...WITHOUT_INFO } as const

export const Node = builder.interfaceRef<AuroraObject>('Node').implement({
  description: 'Whatever can be asked for again by its global id, with `node` or `nodes`.',
  resolveType: ({ kind }) => typeNameOf(kind),
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global and readable: the name of the type, a colon, and the id within it. Costs nothing.',
      extensions: NEEDS_NOTHING,
      resolve: ({ kind, key }) => toGlobalId(typeNameOf(kind), key),
    }),
  }),
})

/** Rejects with BAD_USER_INPUT for an id without a type of this schema, before anything is spent. */
export const findNode = (
  id: string,
  { loaders }: GraphQLContext,
  info: GraphQLResolveInfo,
  place: Place = {},
): Soon<AuroraObject | null> =>
  whenThere(id, () => {
    const { typeName, key } = parseGlobalId(id) ?? { typeName: '', key: '' }
    const kind = KIND_OF_TYPE.get(typeName)
    if (kind) return find(kind, key, { loaders, wish: readWish(info, { ...place, kind, key }) })
    throw new GatewayError(
      'BAD_USER_INPUT',
      'A global id looks like "Project:<id>", with a type of this schema.',
    )
  })

/** Implements the type of a kind that has global ids. */
export function implementNode(
  kind: Kind,
  { description, fields }: { description: string; fields: Rows<AuroraObject> },
): void {
  refOf(kind).implement({ interfaces: [Node], description, fields: fieldsOf(fields) })
}

/** Aurora's own id of an object; the key of an object that Aurora has under its parent only begins with the parent's id. */
export const ownId =
  (description = "Aurora's own id."): Row<AuroraObject> =>
  (t) =>
    t.field({
      type: 'ID',
      nullable: false,
      description,
      extensions: NEEDS_NOTHING,
      resolve: ({ kind, key }) =>
        kindRow(kind).keyedBy === 'parent/id' ? key.slice(key.indexOf('/') + 1) : key,
    })

const NO_CALL_OF_ITS_OWN =
  ' Where only ids and fields with calls of their own are asked, it costs 1 call only if none of these finds anything.'

/** A field that finds one object of a kind, by either of its ids. */
export function lookUp(kind: KeyedKind, cost: string): Row<object> {
  const typeName = typeNameOf(kind)
  const description = partsOf(kind).length > 0 ? cost + NO_CALL_OF_ITS_OWN : cost
  return (t) =>
    t.field({
      type: refOf(kind),
      description,
      args: {
        id: t.arg.id({ required: true, description: `A global id (\`${typeName}:<id>\`) or Aurora's own.` }),
      },
      extensions: { operation: ownReadOf(kind)?.operation },
      resolve(_root, { id }, { loaders }, info) {
        const key = readId(typeName, String(id))
        const { members, parts } = readWish(info, { kind, key })
        return loaders.object(kind).find(key, members, parts)
      },
    })
}

/** As many as a screen shows; each may cost a call. */
const MAX_NODES = 100

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    description:
      'The object with this global id. Costs what the field of its type costs: at most 1 call, save for a ' +
      'SharedProject, which is looked for in the list of them.',
    args: { id: t.arg.id({ required: true, description: 'A global id, such as `Project:<aurora id>`.' }) },
    resolve: (_root, { id }, context, info) => findNode(String(id), context, info),
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description:
      'Objects by global id, in the order asked; one that fails is null with its own error. ' +
      'Costs at most 1 call each and 1 more, less where lists or the cache know them: many of a kind come out of pages ' +
      'of its list.',
    args: {
      ids: t.arg.idList({ required: true, description: `Global ids, at most ${MAX_NODES}.` }),
    },
    resolve: (_root, { ids }, context, info) => {
      const placeOf = (index: number): Place => ({
        path: { prev: info.path, key: index, typename: undefined },
      })
      if (ids.length <= MAX_NODES)
        return ids.map((id, index) => findNode(String(id), context, info, placeOf(index)))
      throw new GatewayError('BAD_USER_INPUT', `At most ${MAX_NODES} ids can be asked for at once.`)
    },
  }),
}))
