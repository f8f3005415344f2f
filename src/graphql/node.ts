// The types with a global id, and how each of them is found: by its row in the catalogue.
import type { GraphQLResolveInfo } from 'graphql'
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { KIND_OF_TYPE, kindRow } from '../aurora/kinds.ts'
import type { KeyedKind, Kind } from '../aurora/kinds.ts'
import { ownReadOf, partsOf } from '../aurora/reads.ts'
import type { ReadOf } from '../aurora/reads.ts'
import { GatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { Loaders } from '../loaders/loaders.ts'
import type { IndexedList } from '../list-index/list-specs.ts'
import { assertSafeId } from '../rest/ids.ts'
import { builder } from './builder.ts'
import type { GraphQLContext } from './context.ts'
import { fieldsOf, WITHOUT_INFO } from './fields.ts'
import type { Row, Rows } from './fields.ts'
import { assertInput } from './input.ts'
import { parseGlobalId, readId, toGlobalId } from './global-id.ts'
import { refOf, typeNameOf } from './refs.ts'
import { readWish } from './wish.ts'
import type { Place, Wish } from './wish.ts'

/** Null if absence is ordinary. Rejects with BAD_USER_INPUT for a key that is no id, before anything is spent. */
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

/** The declaration of a field that shows only the key. */
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

/** Finds the object of a kind by its key, as `node` does: with the selected members, from the cheapest source. */
export const findOfKind = (
  wanted: Place & { readonly kind: Kind; readonly key: string },
  { loaders }: GraphQLContext,
  info: GraphQLResolveInfo,
): Soon<AuroraObject | null> => find(wanted.kind, wanted.key, { loaders, wish: readWish(info, wanted) })

/** Rejects with BAD_USER_INPUT for an id without a type of this schema, before anything is spent. */
export const findNode = (
  id: string,
  context: GraphQLContext,
  info: GraphQLResolveInfo,
  place: Place = {},
): Soon<AuroraObject | null> =>
  whenThere(id, () => {
    const { typeName, key } = parseGlobalId(id) ?? { typeName: '', key: '' }
    const kind = KIND_OF_TYPE.get(typeName)
    if (kind) return findOfKind({ kind, key, ...place }, context, info)
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
  ' If only ids and fields with calls of their own are selected, it costs 1 call only if none of these finds anything.'

/** Another way to name one object: by a member that a list shows. */
export interface LookUpBy {
  readonly argument: string
  readonly operation: IndexedList
  readonly description: string
  /** Whether the index has the value in one case; left out: it is compared letter by letter. */
  readonly isCaseless?: true
}

/** A field that finds one object of a kind, by either of its ids, or by a member that a list shows. */
export function lookUp(kind: KeyedKind, cost: string, by?: LookUpBy): Row<object> {
  const typeName = typeNameOf(kind)
  const description = partsOf(kind).length > 0 ? cost + NO_CALL_OF_ITS_OWN : cost
  return (t) =>
    t.field({
      type: refOf(kind),
      description,
      args: {
        id: t.arg.id({ required: !by, description: `A global id (\`${typeName}:<id>\`) or Aurora's own.` }),
        ...(by && { [by.argument]: t.arg.string({ description: by.description }) }),
      },
      extensions: { operation: ownReadOf(kind)?.operation },
      resolve(_root, args: LookUpArgs, { loaders }, info) {
        const value = by && readValue(args, by)
        if (value) return loaders.findOne(by.operation)({ name: by.argument, value })
        const key = readId(typeName, String(args['id']))
        const { members, parts } = readWish(info, { kind, key })
        return loaders.object(kind).find(key, members, parts)
      },
    })
}

type LookUpArgs = Readonly<Record<string, string | null | undefined>>

/** Aurora's limit for every text of a project. */
const MAX_VALUE_CHARS = 255

/** Null if the object is named by its id. Throws BAD_USER_INPUT before a call is made. */
function readValue({ id, ...others }: LookUpArgs, { argument, isCaseless }: LookUpBy): string | null {
  const value = others[argument] ?? null
  assertInput((value === null) !== ((id ?? null) === null), `Give \`id\` or \`${argument}\`: one of them.`)
  assertInput(
    value === null || (value.trim() !== '' && value.length <= MAX_VALUE_CHARS),
    `\`${argument}\` has 1 to ${MAX_VALUE_CHARS} characters.`,
  )
  return value === null || !isCaseless ? value : value.toLowerCase()
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
      'Objects by global id, in the given order; one that fails is null with its own error. ' +
      'Costs at most 1 call each and 1 more, less if lists or the cache contain them: many of a kind come out of pages ' +
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
