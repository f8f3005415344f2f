// Loaders of single objects: by id, from a list only, the progress of a job, and the only one of a parent.
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Ids } from '../rest/call.ts'
import type { ReadEndpoint } from '../aurora/reads.ts'
import { covers, createObject } from './aurora-object.ts'
import type { AuroraObject, ObjectSource } from './aurora-object.ts'
import { createByKey } from './by-key.ts'
import type { ByKey, ByKeySource, Repeating } from './by-key.ts'
import { createMany } from './many.ts'
import type { Many } from './many.ts'
import { pathOf } from './path-of.ts'
import { listOf } from './page-reads.ts'
import type { RequestReads } from './request-reads.ts'

const NOTHING: readonly string[] = []

/** The only object of a parent, by the parent's id; without an id, that of the tenant. Null if there is none. */
export interface Sole {
  (parentKey?: string): Soon<AuroraObject | null>
  /** The same without a read, if only its id is needed after a write: costs nothing until a member is read. */
  refer(parentKey?: string): AuroraObject
}
/** The same for an object that always exists. */
export type Always = (parentKey?: string) => Soon<AuroraObject>

export interface ByIdSources extends Pick<ByKeySource, 'parts' | 'repeating'> {
  readonly shortList?: { readonly endpoint: Endpoint; readonly carries: readonly string[] } | undefined
  /** The list of the tenant: its pages replace many reads, if they cost fewer calls. */
  readonly longList?: Endpoint | undefined
}

export const createById = (
  reads: RequestReads,
  endpoint: Endpoint,
  { shortList, longList, ...others }: ByIdSources = {},
): ByKey =>
  createByKey({
    kind: endpoint.kind,
    once: reads.once(`own read of ${endpoint.operation}`),
    readListed: (key, members) => reads.ask.readListed(endpoint.kind, key, members),
    readKept: (key, members, error) => reads.ask.readKept(endpoint.kind, key, members, error),
    isUnderParent: endpoint.parameters.length > 1,
    retrieve: (key, query) => readOne(reads, endpoint, key, query),
    retrieveAtOnce(key) {
      const known = reads.ask.objectAtOnce(endpoint, key)
      return known === undefined
        ? undefined
        : whenThere(known, (object) => withParent(endpoint, pathOf(endpoint, key), object))
    },
    shortList: shortList && { carries: shortList.carries, ...wholeOf(reads, shortList.endpoint) },
    many: longList && createManyOf(reads, endpoint, longList),
    isKnown: (key) => reads.ask.isKnown(endpoint, pathOf(endpoint, key)),
    ...others,
  })

/** For a kind that Aurora shows in a list only. */
export const createFromList = (reads: RequestReads, endpoint: Endpoint): ByKey =>
  createByKey({
    kind: endpoint.kind,
    readListed: (key, members) => reads.ask.readListed(endpoint.kind, key, members),
    retrieve: null,
    shortList: { carries: [], ...wholeOf(reads, endpoint) },
  })

const wholeOf = ({ readFirst, readAll, readToEnd }: RequestReads, list: Endpoint) => ({
  first: () => readFirst(list),
  read: () => readAll(list),
  readToEnd: () => readToEnd(list),
})

export const createJob = ({ ask }: RequestReads, endpoint: Endpoint): ByKey =>
  createByKey({
    kind: endpoint.kind,
    isUnderParent: true,
    readListed: (key, members) => ask.readListed(endpoint.kind, key, members),
    retrieve(key) {
      const [parentId = '', ...jobId] = key.split('/')
      const [parent = ''] = endpoint.parameters
      return whenThere(ask.object(endpoint, { [parent]: parentId }, { job_id: jobId.join('/') }), (job) => ({
        [parent]: parentId,
        ...job,
      }))
    },
  })

export function createSole({ terms, ask, once, onceHere }: RequestReads, endpoint: Endpoint): Sole {
  const { tenantId } = terms.scope
  const { kind } = endpoint
  const loaded = onceHere(endpoint.operation)
  const ownRead = once(`own read of ${endpoint.operation}`)
  const readOne = (key: string) => ask.objectAt(endpoint, key)
  const read = (key: string): Soon<Members | null> => ownRead(key, readOne)
  const whole: ObjectSource = { kind, complete: null, readRaw: null }
  /** The answer to a write may lack members; they are read when they are needed. */
  const shownByWrite: ObjectSource = {
    kind,
    complete: (key, member) => whenThere(read(key), (known) => known?.[member]),
    readRaw: (key, shown) => whenThere(read(key), (known) => known ?? shown),
  }

  function loadOne(key: string): Soon<AuroraObject | null> {
    const shown = ask.readListed(kind, key, NOTHING)
    if (shown) return createObject(shownByWrite, key, shown)
    const known = read(key)
    if (known instanceof Promise) return known.then((late) => late && createObject(whole, key, late))
    return known && createObject(whole, key, known)
  }

  const load = (key = tenantId): Soon<AuroraObject | null> => loaded(key, loadOne)
  return Object.assign(load, { refer: (key = tenantId) => createObject(shownByWrite, key, {}) })
}

/** The only object of a parent, as a source of the parent's members that it repeats. */
export function createRepeating(
  reads: RequestReads,
  part: ReadEndpoint,
  ownCarries: readonly string[],
): Repeating {
  const { repeats: members = [] } = part
  const { hasBegun: isLoaded } = reads.onceHere(part.operation)
  const { hasBegun: isRead } = reads.once(`own read of ${part.operation}`)
  const sole = createSole(reads, part)
  return {
    members,
    shared: new Set(members.filter((member) => ownCarries.includes(member))),
    hasBegun: (key) => isLoaded(key) || isRead(key),
    read: (key, member) => whenThere(sole(key), (object) => object?.get(member)),
  }
}

export function createAlways(reads: RequestReads, endpoint: Endpoint): Always {
  const sole = createSole(reads, endpoint)
  return (key = reads.terms.scope.tenantId) =>
    whenThere(
      sole(key),
      (object) => object ?? createObject({ kind: endpoint.kind, complete: null, readRaw: null }, key, {}),
    )
}

function readOne({ ask }: RequestReads, endpoint: Endpoint, key: string, query?: Ids): Soon<Members> {
  const path = pathOf(endpoint, key)
  return whenThere(ask.object(endpoint, path, query), (object) => withParent(endpoint, path, object))
}

/** The key contains the ids of the parents, whether or not the body repeats them. */
function withParent({ parameters: [parent, own] }: Endpoint, path: Ids, object: Members | null): Members {
  if (own === undefined || parent === undefined) return object ?? {}
  return { [parent]: path[parent], ...object }
}

/** Made when it is needed, because objects in memory need none. */
function createManyOf(reads: RequestReads, endpoint: Endpoint, longList: Endpoint): Many {
  let many: Many | null = null
  return {
    look(id, members) {
      many ??= makeManyOf(reads, endpoint, longList)
      return many.look(id, members)
    },
  }
}

function makeManyOf(reads: RequestReads, endpoint: Endpoint, longList: Endpoint): Many {
  const { ask, pageShares, listEnds, pace, terms } = reads
  const { kind } = longList
  const query = (page: number) => reads.pageQuery(longList, page)
  const pageName = (page: number) => ({ scope: terms.scope.key, kind, page })
  const list = listOf(longList, reads)
  return createMany({
    pace,
    shows(id, members) {
      const shown = ask.readListed(kind, id, members)
      if (shown === null) return 'nothing'
      return covers(shown, members) ? 'all' : 'some'
    },
    copyOf: (id) => ask.copyOf(endpoint, pathOf(endpoint, id)),
    list: {
      hasMore: (page, items) => listEnds.decide(list, { page, items }) === 'more',
      peek: (page) => ask.peekList(longList, query(page)),
      read: (page) => ask.tryList(longList, query(page)),
      expect: (page) => pageShares.expect(pageName(page)),
      learn: (page, counts) => pageShares.learn(pageName(page), counts),
      passOver: (page, count) => pageShares.passOver(pageName(page), count),
    },
  })
}
