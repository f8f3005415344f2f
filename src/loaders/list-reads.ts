// Loaders of lists: whole, in slices, below a parent, and lists of items without an id.
import { atOnce, there, whenThere } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Ids } from '../rest/call.ts'
import type { AuroraObject } from './aurora-object.ts'
import type { ByKey } from './by-key.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Position } from './cursor.ts'
import { readSlice } from './listing.ts'
import type { SliceItem } from './listing.ts'
import type { RequestReads } from './request-reads.ts'

/** Reads every object of the tenant. */
export type Whole = () => Soon<readonly AuroraObject[]>
/** A part of a list without a known end. */
export type Sliced = (slice: { first: number; after: string | null }) => Soon<ListSlice>
/** The objects under a parent, by the parent's id. */
export type Children = (parentKey: string) => Soon<readonly AuroraObject[]>
/** Items without an id, unchanged, by the parent's id; `query` changes Aurora's answer. */
export type Values = (parentKey: string, query?: Ids) => Soon<readonly Members[]>

export interface ListSlice {
  readonly edges: readonly { readonly cursor: string; readonly node: AuroraObject }[]
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

class Edge {
  readonly node: AuroraObject
  readonly #list: Parameters<typeof encodeCursor>[0]
  readonly #position: Position

  constructor(list: Parameters<typeof encodeCursor>[0], position: Position, node: AuroraObject) {
    this.#list = list
    this.#position = position
    this.node = node
  }

  /** Made when it is read, because most clients use one cursor of a slice. */
  get cursor(): string {
    return encodeCursor(this.#list, this.#position)
  }
}

export const createWhole =
  ({ readAll }: RequestReads, endpoint: Endpoint, objects: ByKey): Whole =>
  () =>
    whenThere(readAll(endpoint), (items) => items.map((item) => objects.refer(String(item['id']), item)))

export function createSliced(reads: RequestReads, endpoint: Endpoint, objects: ByKey): Sliced {
  const { terms, pageSize } = reads
  const list = { scope: terms.scope.key, operation: endpoint.operation, pageSize }
  return (slice) => atOnce(() => readingEdges(slice, { reads, endpoint, objects, list }))
}

interface SlicedList {
  readonly reads: Pick<RequestReads, 'openPages' | 'onPosition'>
  readonly endpoint: Endpoint
  readonly objects: ByKey
  readonly list: Parameters<typeof encodeCursor>[0]
}

function* readingEdges(
  { first, after }: Parameters<Sliced>[0],
  { reads, endpoint, objects, list }: SlicedList,
): Steps<ListSlice> {
  const position = after === null ? null : decodeCursor(list, after)
  if (position) reads.onPosition?.(endpoint, position)
  const slice = yield* there(readSlice({ first, after: position }, reads.openPages(endpoint)))
  const toEdge = ({ members, position: at }: SliceItem) => new Edge(list, at, objects.refer(at.id, members))
  return { edges: slice.items.map(toEdge), hasNext: slice.hasNext, hasPrevious: position !== null }
}

export const createChildren =
  ({ readAll }: RequestReads, endpoint: Endpoint, objects: ByKey): Children =>
  (parentKey) => {
    const [parent = ''] = endpoint.parameters
    const above = { [parent]: parentKey }
    return whenThere(readAll(endpoint, parentKey), (items) =>
      items.map((item) => objects.refer(objects.keyUnder(parentKey, String(item['id'])), item, above)),
    )
  }

export const createValues =
  ({ readAll }: RequestReads, endpoint: Endpoint): Values =>
  (parentKey, query) =>
    readAll(endpoint, parentKey, query)
