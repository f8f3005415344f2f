// Loaders of lists: whole, in slices, below a parent, and lists of items without an id.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Ids } from '../rest/call.ts'
import type { AuroraObject } from './aurora-object.ts'
import type { ByKey } from './by-key.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { readSlice } from './listing.ts'
import type { RequestReads } from './request-reads.ts'

/** Every object of the tenant. */
export type Whole = () => Promise<readonly AuroraObject[]>
/** A part of a list without a known end. */
export type Sliced = (slice: { first: number; after: string | null }) => Promise<ListSlice>
/** The objects under a parent, by the parent's id. */
export type Children = (parentKey: string) => Promise<readonly AuroraObject[]>
/** Items without an id, as they came, by the parent's id; `query` changes what Aurora answers. */
export type Values = (parentKey: string, query?: Ids) => Promise<readonly Members[]>

export interface ListSlice {
  readonly edges: readonly { readonly cursor: string; readonly node: AuroraObject }[]
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

export const createWhole =
  ({ readAll }: RequestReads, endpoint: Endpoint, objects: ByKey): Whole =>
  async () =>
    (await readAll(endpoint)).map((item) => objects.refer(String(item['id']), item))

export const createSliced =
  ({ terms, pageSize, openPages, onPosition }: RequestReads, endpoint: Endpoint, objects: ByKey): Sliced =>
  async ({ first, after }) => {
    const list = { scope: terms.scope.key, operation: endpoint.operation, pageSize }
    const position = after === null ? null : decodeCursor(list, after)
    if (position) onPosition?.(endpoint, position)
    const { items, hasNext } = await readSlice({ first, after: position }, openPages(endpoint))
    const edges = items.map(({ members, position: at }) => ({
      // Most clients ask for one cursor of a slice.
      get cursor() {
        return encodeCursor(list, at)
      },
      node: objects.refer(at.id, members),
    }))
    return { edges, hasNext, hasPrevious: position !== null }
  }

export const createChildren =
  ({ readAll }: RequestReads, endpoint: Endpoint, objects: ByKey): Children =>
  async (parentKey) => {
    const [parent = ''] = endpoint.parameters
    const items = await readAll(endpoint, parentKey)
    return items.map((item) =>
      objects.refer(objects.keyUnder(parentKey, String(item['id'])), { [parent]: parentKey, ...item }),
    )
  }

export const createValues =
  ({ readAll }: RequestReads, endpoint: Endpoint): Values =>
  (parentKey, query) =>
    readAll(endpoint, parentKey, query)
