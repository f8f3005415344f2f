// Makes the loaders of one request: one for each read of aurora/reads.ts, when it is first used.
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { carriedMembers } from '../aurora/members.ts'
import type { KeyedKind } from '../aurora/kinds.ts'
import {
  isPresentAlways,
  mayBeNothing,
  ownReadOf,
  partsOf,
  READS,
  repeatingPartOf,
  tenantListOf,
} from '../aurora/reads.ts'
import type { PresentRead, ReadEndpoint, ReadOf, ReadOperation } from '../aurora/reads.ts'
import type { ByKey } from './by-key.ts'
import { createFind } from './find-in-list.ts'
import type { Find } from './find-in-list.ts'
import { createFindOne } from './find-one.ts'
import type { FindOne } from './find-one.ts'
import { createChildren, createSliced, createValues, createWhole } from './list-reads.ts'
import type { Children, Sliced, Values, Whole } from './list-reads.ts'
import type { IndexedList } from '../list-index/list-specs.ts'
import type { Part, PartSource } from './existence.ts'
import {
  createAlways,
  createById,
  createFromList,
  createJob,
  createRepeating,
  createSole,
} from './object-reads.ts'
import type { Always, Sole } from './object-reads.ts'
import { pathOf } from './path-of.ts'
import { takeOver } from './reads-made.ts'
import type { ReadsMade, TakingOver } from './reads-made.ts'
import { createReadChanges, withHistory } from './read-changes.ts'
import type { ReadChanges } from './read-changes.ts'
import { createRequestReads } from './request-reads.ts'
import type { LoadersOptions } from './loaders-options.ts'
import type { RequestReads } from './request-reads.ts'

/** Reads of something other than one object by its key. */
export type ListRead = Exclude<ReadOperation, ReadOf<'one' | 'job'>>

/** The loader of a read; a `PresentRead` is for an object that always exists. */
export type Loader<Name extends ListRead> = Name extends PresentRead
  ? Always
  : Name extends ReadOf<'sole'>
    ? Sole
    : Name extends ReadOf<'whole'>
      ? Whole
      : Name extends ReadOf<'sliced'>
        ? Sliced
        : Name extends ReadOf<'values'>
          ? Values
          : Children

export interface Loaders {
  /** Objects of a kind by their key: Aurora's id, or `parent id/id` if Aurora has the object under its parent only. */
  object(kind: KeyedKind): ByKey
  /** Lists, and the only object of a parent. */
  read<Name extends ListRead>(operation: Name): Loader<Name>
  /** Whether Aurora's answers are imagined: such an object may exist, and nothing else of it is known. */
  readonly isDryRun: boolean
  /** Questions about a whole list. */
  find(operation: IndexedList): Find
  /** Finds one object by a value that only a list shows. */
  findOne(operation: IndexedList): FindOne
  /** The changes in the list of projects. */
  readonly changes: ReadChanges
}

/** The loaders of one request, which can take over the reads of an earlier one. */
export interface OwnLoaders extends Loaders {
  takeOver(made: ReadsMade, onSaved: TakingOver['onSaved']): boolean
}

export function createLoaders(options: LoadersOptions): OwnLoaders {
  const reads = createRequestReads(options)
  const read: (operation: ListRead) => AnyLoader = memoized((operation: ListRead) =>
    createReadLoader(READS[operation], reads, object),
  )
  const object: Loaders['object'] = memoized((kind: KeyedKind) => createObjectLoader(kind, reads, object))
  const { once, ask } = reads
  const find: Loaders['find'] = (operation) => {
    const found = createFind({ options, operation, objects: object(READS[operation].kind) })
    return operation === 'listProjects' ? withHistory(found, options) : found
  }
  return {
    object,
    isDryRun: options.imagineThere !== undefined,
    read: <Name extends ListRead>(operation: Name) => read(operation) as Loader<Name>,
    takeOver: (made, onSaved) => takeOver(made, { once, listed: ask.listed, onSaved }),
    find,
    findOne: (operation) => createFindOne({ options, operation, objects: object(READS[operation].kind) }),
    changes: (question) =>
      createReadChanges({
        options,
        find: find('listProjects'),
        objects: object('project'),
        readListed: (id) => ask.readListed('project', id, []),
      })(question),
  }
}

type AnyLoader = Loader<ListRead>

function createReadLoader(endpoint: ReadEndpoint, reads: RequestReads, object: Loaders['object']): AnyLoader {
  const objects = () => object(endpoint.kind as KeyedKind)
  switch (endpoint.form) {
    case 'whole':
      return createWhole(reads, endpoint, objects())
    case 'sliced':
      return createSliced(reads, endpoint, objects())
    case 'children':
      return createChildren(reads, endpoint, objects())
    case 'values':
      return createValues(reads, endpoint)
    default:
      return isPresentAlways(endpoint) ? createAlways(reads, endpoint) : createSole(reads, endpoint)
  }
}

/** The sources of an object by the catalogue: its own read, and the list of the tenant. */
function createObjectLoader(kind: KeyedKind, reads: RequestReads, object: Loaders['object']): ByKey {
  const own = ownReadOf(kind)
  const list = tenantListOf(kind)
  if (!own) {
    if (list) return createFromList(reads, list)
    throw new Error(`nothing in the catalogue reads a ${kind}`)
  }
  if (own.form === 'job') return createJob(reads, own)
  const repeating = repeatingPartOf(kind)
  return createById(reads, own, {
    shortList: list?.servesLookups ? { endpoint: list, carries: carriedMembers(list.operation) } : undefined,
    longList: list?.servesLookups ? undefined : (list ?? undefined),
    repeating: repeating && createRepeating(reads, repeating, carriedMembers(own.operation)),
    parts: partsOf(kind).length > 0 ? createPartSource(reads, object) : undefined,
  })
}

/** Reads the parts of an object by the same loaders as their fields, so that each is read once in a request. */
const createPartSource = (reads: RequestReads, object: Loaders['object']): PartSource => ({
  read({ operation, key, members }) {
    const endpoint: ReadEndpoint = READS[operation]
    return whenThere(
      bringsAnything(endpoint, { key, members }, { reads, object }),
      (isThere) => reads.imagineThere?.(endpoint, pathOf(endpoint, key)) ?? isThere,
    )
  },
  mayBeNothing: ({ operation }) => mayBeNothing(READS[operation]),
})

function bringsAnything(
  endpoint: ReadEndpoint,
  { key, members }: Pick<Part, 'key' | 'members'>,
  { reads, object }: { reads: RequestReads; object: Loaders['object'] },
): Soon<boolean> {
  switch (endpoint.form) {
    case 'job':
      return whenThere(object(endpoint.kind as KeyedKind).load(key, members), () => true)
    case 'sole':
      return whenThere(createSole(reads, endpoint)(key), (found) => found !== null)
    default:
      return whenThere(reads.readAll(endpoint, key), ({ length }) => length > 0)
  }
}

/** Makes each loader when it is first used: most requests use a few. */
function memoized<Name extends string, Value>(make: (name: Name) => Value): (name: Name) => Value {
  const made = new Map<Name, Value>()
  return (name) => {
    const known = made.get(name) ?? make(name)
    made.set(name, known)
    return known
  }
}
