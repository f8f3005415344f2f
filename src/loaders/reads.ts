// The kinds of reads that loaders are made of: by id, whole lists, slices, children of a parent, the one of a parent.
import type { CacheReads } from '../cache/cache.ts'
import type { Members, Terms, Upstream } from '../rest/call.ts'
import type { Endpoint } from '../rest/endpoint.ts'
import type { Emit } from '../telemetry/events.ts'
import { createAsk } from './ask.ts'
import { covers, createObject } from './aurora-object.ts'
import type { AuroraObject } from './aurora-object.ts'
import { createByKey } from './by-key.ts'
import type { ByKey, ByKeySource } from './by-key.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Position } from './cursor.ts'
import { isReadable, readSlice, readWhole } from './listing.ts'
import { createMany } from './many.ts'
import type { Many } from './many.ts'
import { createOnce } from './once.ts'
import type { PageShares } from './page-shares.ts'

/** An object of which Aurora has one per parent, by the parent's id; null where it has none. */
export type Sole = (parentKey: string) => Promise<AuroraObject | null>
/** The objects under a parent, by the parent's id. */
export type Children = (parentKey: string) => Promise<readonly AuroraObject[]>
/** Every object of the tenant. */
export type Whole = () => Promise<readonly AuroraObject[]>
/** A part of a list without a known end. */
export type Sliced = (slice: { first: number; after: string | null }) => Promise<ListSlice>

export interface ListSlice {
  readonly edges: readonly { readonly cursor: string; readonly node: AuroraObject }[]
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

export interface LoadersOptions {
  readonly terms: Terms
  readonly upstream: Upstream
  readonly cache: CacheReads
  /** Of every paged list: one size for all, so that slices share pages. */
  readonly pageSize: number
  /** Hears of calls that were spared; left out where nothing is really asked. */
  readonly emit?: Emit
  /** What was learned about where objects are that are asked for by id. */
  readonly pageShares: PageShares
  /** Hears where a slice begins, before the page is read. */
  readonly onPosition?: (endpoint: Endpoint, position: Position) => void
}

interface ById extends Pick<ByKeySource, 'elsewhere'> {
  readonly shortList?: { readonly endpoint: Endpoint; readonly carries: readonly string[] }
  /** Of the whole tenant: pages of it stand in for reads of many, where they cost fewer calls. */
  readonly longList?: Endpoint
}

export interface Reads {
  readonly terms: Terms
  /** By the object's own read, or a list that has shown it. */
  byId(endpoint: Endpoint, details?: ById): ByKey
  /** Of what Aurora shows in a list only: what the list carries is all there is. */
  fromList(endpoint: Endpoint): ByKey
  whole(endpoint: Endpoint, objects: ByKey): Whole
  sliced(endpoint: Endpoint, objects: ByKey): Sliced
  children(endpoint: Endpoint, objects: ByKey): Children
  sole(endpoint: Endpoint): Sole
  /** By the id of its parent and its own. */
  job(endpoint: Endpoint): ByKey
  /** Items without an id, as they came. */
  values(endpoint: Endpoint): (parentKey: string) => Promise<readonly Members[]>
}

export function createReads(options: LoadersOptions): Reads {
  const { terms, upstream, cache, pageSize, emit, pageShares, onPosition } = options
  const ask = createAsk(terms, { upstream, cache, emit })
  const once = createOnce()

  const pageQuery = (page: number) => ({ page: String(page + 1), per_page: String(pageSize) })
  const readPage = (endpoint: Endpoint, key: string, page: number) =>
    ask.list(endpoint, pathOf(endpoint, key), pageQuery(page))

  /** Read once per request, however many fields want it. */
  const readAll = (endpoint: Endpoint, key = '') =>
    once(`${endpoint.operation} ${key}`, () =>
      endpoint.isPaged
        ? readWhole((page) => readPage(endpoint, key, page), pageSize)
        : ask.list(endpoint, pathOf(endpoint, key)).then((items) => items.filter(isReadable)),
    )

  /** The ids of the parents are known from the key, whether or not the body repeats them. */
  async function readOne(endpoint: Endpoint, key: string): Promise<Members> {
    const path = pathOf(endpoint, key)
    const [parent, own] = endpoint.parameters
    const known = own === undefined || parent === undefined ? {} : { [parent]: path[parent] }
    return { ...known, ...(await ask.object(endpoint, path)) }
  }

  function manyOf(endpoint: Endpoint, longList: Endpoint): Many {
    const { kind, isPaged } = longList
    const query = (page: number) => (isPaged ? pageQuery(page) : {})
    const nameOf = (page: number) => ({ scope: terms.scope.key, kind, page })
    return createMany({
      shows(id, members) {
        const shown = ask.readListed(kind, id, members)
        if (shown === null) return 'nothing'
        return covers(shown, members) ? 'all' : 'some'
      },
      copyOf: (id) => ask.copyOf(endpoint, pathOf(endpoint, id)),
      owe: (count) => void (terms.tally.refused += count),
      list: {
        pageSize: isPaged ? pageSize : null,
        peek: (page) => ask.peekList(longList, query(page)),
        read: (page) => ask.tryList(longList, query(page)),
        expect: (page) => pageShares.expect(nameOf(page)),
        learn: (page, counts) => pageShares.learn(nameOf(page), counts),
        passOver: (page, count) => pageShares.passOver(nameOf(page), count),
      },
    })
  }

  return {
    terms,
    byId: (endpoint, { shortList, longList, elsewhere } = {}) =>
      createByKey({
        kind: endpoint.kind,
        readListed: (key, members) => ask.readListed(endpoint.kind, key, members),
        isUnderParent: endpoint.parameters.length > 1,
        retrieve: (key) => readOne(endpoint, key),
        ...(shortList && {
          shortList: { carries: shortList.carries, read: () => readAll(shortList.endpoint) },
        }),
        ...(longList && { many: manyOf(endpoint, longList) }),
        ...(elsewhere && { elsewhere }),
      }),
    fromList: (endpoint) =>
      createByKey({
        kind: endpoint.kind,
        readListed: (key, members) => ask.readListed(endpoint.kind, key, members),
        retrieve: null,
        shortList: { carries: [], read: () => readAll(endpoint) },
      }),
    whole: (endpoint, objects) => async () =>
      (await readAll(endpoint)).map((item) => objects.refer(String(item['id']), item)),
    sliced:
      (endpoint, objects) =>
      async ({ first, after }) => {
        const list = { scope: terms.scope.key, operation: endpoint.operation }
        const position = after === null ? null : decodeCursor(list, after)
        if (position) onPosition?.(endpoint, position)
        const page = (number: number) => readPage(endpoint, '', number)
        const { items, hasNext } = await readSlice({ first, after: position }, page, pageSize)
        const edges = items.map(({ members, position: at }) => ({
          cursor: encodeCursor(list, at),
          node: objects.refer(at.id, members),
        }))
        return { edges, hasNext, hasPrevious: position !== null }
      },
    children: (endpoint, objects) => async (parentKey) => {
      const [parent = ''] = endpoint.parameters
      const items = await readAll(endpoint, parentKey)
      return items.map((item) =>
        objects.refer(objects.keyUnder(parentKey, String(item['id'])), { [parent]: parentKey, ...item }),
      )
    },
    sole: (endpoint) => (key) =>
      once(`${endpoint.operation} ${key}`, async () => {
        const read = () =>
          once(`whole ${endpoint.operation} ${key}`, () => ask.object(endpoint, pathOf(endpoint, key)))
        const shown = ask.readListed(endpoint.kind, key, [])
        if (shown) return toObject(endpoint, { key, shown, read })
        const known = await read()
        return known && createObject({ kind: endpoint.kind, key, known, complete: null })
      }),
    job: (endpoint) =>
      createByKey({
        kind: endpoint.kind,
        isUnderParent: true,
        readListed: (key, members) => ask.readListed(endpoint.kind, key, members),
        async retrieve(key) {
          const [parentId = '', ...jobId] = key.split('/')
          const [parent = ''] = endpoint.parameters
          const job = await ask.object(endpoint, { [parent]: parentId }, { job_id: jobId.join('/') })
          return { [parent]: parentId, ...job }
        },
      }),
    values: (endpoint) => (parentKey) => readAll(endpoint, parentKey),
  }
}

/** What a write was answered with may not be all there is: what it left out is read. */
const toObject = (
  { kind }: Endpoint,
  { key, shown, read }: { key: string; shown: Members; read: () => Promise<Members | null> },
): AuroraObject =>
  createObject({
    kind,
    key,
    known: shown,
    complete: async (member) => (await read())?.[member],
    readRaw: async () => (await read()) ?? shown,
  })

/** A key holds the ids of the route in order, separated by slashes; what is too many stays, and is refused as no id. */
function pathOf(endpoint: Endpoint, key: string): Readonly<Record<string, string>> {
  const names = endpoint.parameters
  const ids = key.split('/')
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      index === names.length - 1 ? ids.slice(index).join('/') : (ids[index] ?? ''),
    ]),
  )
}
