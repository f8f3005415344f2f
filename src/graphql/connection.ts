// Relay connections (https://relay.dev/graphql/connections.htm) over the slices of lists that loaders/listing.ts makes.
import type { ObjectRef } from '@pothos/core'
import type { Kind } from '../aurora/kinds.ts'
import type { ListSlice } from '../loaders/list-reads.ts'
import { GatewayError } from '../errors/errors.ts'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'
import type { FieldBuilder, FieldMap } from './fields.ts'
import { refOf, typeNameOf } from './refs.ts'

/** One call to Aurora returns at most this many items, so a larger slice could not be cheaper. */
export const MAX_FIRST = 250

export const DEFAULT_FIRST = 20

export function assertFirst(first: number, name = 'first'): void {
  if (first >= 1 && first <= MAX_FIRST) return
  throw new GatewayError('BAD_USER_INPUT', `\`${name}\` is between 1 and ${MAX_FIRST}.`)
}

const PageInfo = builder.objectRef<ListSlice>('PageInfo').implement({
  description: 'Where a slice stands in its list.',
  fields: (t) => ({
    hasNextPage: t.boolean({
      nullable: false,
      description:
        'False if the list certainly ends here. Aurora returns no total, so it is true if nothing proves the end, ' +
        'and the next slice may be empty. A slice may have fewer items than asked though it is not the last.',
      resolve: ({ hasNext }) => hasNext,
    }),
    hasPreviousPage: t.boolean({
      nullable: false,
      description:
        'Whether this slice begins after a cursor; where a list is filtered, searched, sorted or read backwards, whether something ' +
        'is before it.',
      resolve: ({ hasPrevious }) => hasPrevious,
    }),
    startCursor: t.string({
      description: 'Cursor of the first item; null in an empty slice.',
      resolve: ({ edges }) => edges[0]?.cursor,
    }),
    endCursor: t.string({
      description: 'Give it as `after` to read on; null in an empty slice.',
      resolve: ({ edges }) => edges.at(-1)?.cursor,
    }),
  }),
})

export const SLICE_ARGS = builder.args((t) => ({
  first: t.int({ defaultValue: DEFAULT_FIRST, description: `How many at the most, 1 to ${MAX_FIRST}.` }),
  after: t.string({
    description:
      '`endCursor` or `cursor` of what was seen last; none, or an empty one, for the beginning of the list.',
  }),
}))

type Edge = ListSlice['edges'][number]

/** `addFields` adds the fields about the whole list. */
export function createConnection(
  kind: Kind,
  addFields: (t: FieldBuilder<ListSlice>) => FieldMap,
): ObjectRef<SchemaTypes, ListSlice> {
  const name = typeNameOf(kind)
  const node = refOf(kind)
  const edge = builder.objectRef<Edge>(`${name}Edge`).implement({
    description: `One ${name} and its place in the list.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        nullable: false,
        description:
          'Opaque; good for this tenant and list only. It survives items being added and deleted: if its own item is ' +
          'deleted, some items may be shown again.',
      }),
      node: t.expose('node', { type: node, nullable: false, description: `The ${name}.` }),
    }),
  })
  return builder.objectRef<ListSlice>(`${name}Connection`).implement({
    description: `A slice of a list of ${name}s.`,
    fields: (t) => ({
      edges: t.expose('edges', {
        type: [edge],
        nullable: false,
        description: 'The items with their cursors.',
      }),
      nodes: t.field({
        type: [node],
        nullable: false,
        description: 'The items without their cursors.',
        resolve: ({ edges }) => edges.map((item) => item.node),
      }),
      pageInfo: t.field({
        type: PageInfo,
        nullable: false,
        description: 'Where this slice stands in the list.',
        resolve: (slice) => slice,
      }),
      ...addFields(t),
    }),
  })
}
