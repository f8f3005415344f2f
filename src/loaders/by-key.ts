// Loads objects by key from the cheapest source: earlier lists, a short list, pages of a long one, the own read.
import { atOnce, there, whenThere } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import type { GatewayError } from '../errors/errors.ts'
import { isAbsence, isServedStale } from '../errors/errors.ts'
import type { Members } from '../aurora/body.ts'
import { merge } from '../merge.ts'
import { assertSafeId, assertUsableId } from '../rest/ids.ts'
import { covers, createObject } from './aurora-object.ts'
import type { Ids } from '../rest/call.ts'
import type { AuroraObject, ObjectSource } from './aurora-object.ts'
import { decideExistence } from './existence.ts'
import type { Part, PartSource } from './existence.ts'
import type { Many } from './many.ts'
import { createOnce } from './once.ts'
import { createOwnReads } from './own-reads.ts'
import type { OwnReads, OwnReadSource } from './own-reads.ts'
import { carriesAll, findOnShort } from './short-list.ts'

export interface ByKey {
  /**
   * Resolves once `members` are known and it is known that the object exists; rejects with the error of the read that
   * was needed for it. Each key is read once in a request. `parts` are given if the request needs nothing else of the
   * object; each of the `members` is then repeated by one of them. The parts show whether the object exists, so its own
   * read is made only if they leave that in doubt. If each part failed in another way, its own field reports that, and
   * the object is not read either.
   */
  load(key: string, members: readonly string[], parts?: readonly Part[]): Soon<AuroraObject>
  /** The same by a key that a client sent: rejects with BAD_USER_INPUT before any call is made if it is no key. */
  find(key: string, members: readonly string[], parts?: readonly Part[]): Soon<AuroraObject>
  /** The object as a list or a foreign key shows it, unread: costs nothing until an unknown member is read. */
  refer(key: string, known?: Members, above?: Members): AuroraObject
  /** The whole body of the object's own read with a query that changes it: a call of its own, once in a request. */
  readWith(key: string, query: Ids): Soon<Members>
  /** The key of an object that was found under a parent. */
  keyUnder(parentKey: string, id: string): string
}

/** A part that repeats members of its object. */
export interface Repeating {
  readonly members: readonly string[]
  /** Members that the object's own read carries too. */
  readonly shared: ReadonlySet<string>
  /** Whether its read has begun, so that its call is spent. */
  readonly hasBegun: (key: string) => boolean
  /** Rejects with the error of the read. */
  readonly read: (key: string, member: string) => Soon<unknown>
}

export interface ByKeySource extends OwnReadSource {
  /** Whether Aurora has it only under its parent, so that its key is `parent key/id`. */
  readonly isUnderParent?: boolean
  /** The members that lists have shown of it, if any; `members` are those that are needed. */
  readonly readListed: (key: string, members: readonly string[]) => Members | null
  /** The same, of any age that may be served after the object's own read has failed; left out if nothing is kept. */
  readonly readKept?: (key: string, members: readonly string[], error: GatewayError) => Members | null
  /** Pages of a longer list, if many are wanted at once. */
  readonly many?: Many | undefined
  readonly repeating?: Repeating | undefined
  /** The reads below it; left out if Aurora has none. */
  readonly parts?: PartSource | undefined
  /** Whether earlier answers to its own read say that the object exists; null if they say nothing. */
  readonly isKnown?: (key: string) => boolean | null
}

const NOTHING: Members = {}
const NO_PARTS: readonly Part[] = []

export function createByKey(source: ByKeySource): ByKey {
  const { kind, retrieve, isUnderParent } = source
  const own = createOwnReads(source)
  const complete = createComplete(source, own)
  const once = createOnce()

  const unread: ObjectSource = { kind, complete, readRaw: own.read }
  // An object without a read of its own is shown by a list completely.
  const shown: ObjectSource = {
    kind,
    complete,
    readRaw: retrieve === null ? null : own.read,
    isReferred: true,
  }
  const refer: ByKey['refer'] = (key, known, above) =>
    known ? createObject(shown, key, known, above) : createObject(unread, key, NOTHING, above)

  const assertAll = (key: string, assertId: (id: string) => void): void =>
    isUnderParent ? splitKey(key, 2).forEach(assertId) : assertId(key)

  /** Null if the own read is needed, or costs nothing. */
  function findByParts({ key, members }: Wanted, parts: readonly Part[]): Soon<AuroraObject | null> {
    if (!source.parts || parts.length === 0 || own.hasBegun(key)) return null
    const listed = source.readListed(key, members)
    if (listed) return refer(key, listed)
    if (source.isKnown?.(key) !== null) return null
    return whenThere(decideExistence(parts, source.parts), (existence) =>
      existence === 'doubtful' ? null : refer(key),
    )
  }

  const load: ByKey['load'] = (key, members, parts = NO_PARTS) => {
    try {
      // The short list would be read even for a key that is no id.
      assertAll(key, assertUsableId)
    } catch (error) {
      return Promise.reject(error)
    }
    const read = () => whenThere(readCheapest(source, own, { key, members }), (all) => refer(key, all))
    return parts.length === 0
      ? read()
      : whenThere(findByParts({ key, members }, parts), (found) => found ?? read())
  }

  return {
    refer,
    readWith: (key, query) =>
      once(`${key} ${JSON.stringify(query)}`, () => {
        if (retrieve === null) return Promise.reject(new Error(`a ${kind} has no read of its own`))
        return retrieve(key, query)
      }),
    keyUnder: (parentKey, id) => (isUnderParent ? `${parentKey}/${id}` : id),
    load,
    find: (key, members, parts) =>
      whenThere(key, () => {
        assertAll(key, assertSafeId)
        return load(key, members, parts)
      }),
  }
}

/** Reads a member that is not known yet. */
function createComplete(
  { repeating, isKnown }: ByKeySource,
  own: OwnReads,
): (key: string, member: string) => Soon<unknown> {
  async function completeFrom(other: Repeating, key: string, member: string): Promise<unknown> {
    if ((await isCheaper(other, own, { key, member })) && isKnown?.(key) !== true) {
      const value = await readRepeated(other, key, member)
      if (value !== undefined) return value
    }
    const members = await own.read(key)
    return Object.hasOwn(members, member) ? members[member] : other.read(key, member)
  }

  return (key, member) => {
    const other = repeating?.members.includes(member) ? repeating : null
    // If the own read costs nothing, no call is spent on another read.
    if (other && isKnown?.(key) !== true) return completeFrom(other, key, member)
    return whenThere(own.read(key), (members) =>
      Object.hasOwn(members, member) ? members[member] : other?.read(key, member),
    )
  }
}

interface Wanted {
  readonly key: string
  readonly members: readonly string[]
}

/** Whether the part needs fewer calls for the member than the own read. */
async function isCheaper(
  { shared, hasBegun }: Repeating,
  own: OwnReads,
  { key, member }: { key: string; member: string },
): Promise<boolean> {
  // The fields of one object are executed in a row. After the last of them, all reads that they need have begun.
  await Promise.resolve()
  return !own.hasBegun(key) && (!shared.has(member) || hasBegun(key))
}

/** Undefined if the own read has to be made for the member. */
async function readRepeated({ shared, read }: Repeating, key: string, member: string): Promise<unknown> {
  try {
    return await read(key, member)
  } catch (error) {
    if (shared.has(member) || isAbsence(error)) return undefined
    throw error
  }
}

/** The members from the sources; if none of them can be read, those of an older copy in a list. */
function readCheapest(source: ByKeySource, own: OwnReads, wanted: Wanted): Soon<Members> {
  const { key, members } = wanted
  const listed = source.readListed(key, members)
  if (listed && covers(listed, members)) return listed
  return whenThere(
    atOnce(() => readAnew(source, own, { key, members, listed })),
    (anew) => anew,
    (error) => {
      const kept = isServedStale(error) ? source.readKept?.(key, members, error) : null
      if (kept) return kept
      throw error
    },
  )
}

/** Reads the cheapest source first, and makes the own read if the others lack one of `members`. */
function* readAnew(
  source: ByKeySource,
  own: OwnReads,
  { key, members, listed }: Wanted & { readonly listed: Members | null },
): Steps<Members> {
  const { retrieve, shortList } = source
  const isShort = retrieve !== null && listed === null && carriesAll(shortList, members)
  const item = isShort ? yield* findOnShort(shortList, key) : undefined
  if (item && covers(item, members)) return item
  const isSought = listed === null && !own.hasBegun(key) && own.readAtOnce(key) === undefined
  const shown = listed ?? (isSought ? yield* lookOnPages(source, { key, members }) : null)
  if (shown && covers(shown, members)) return shown
  const read = yield* there(own.read(key))
  // Lists may carry what the own read does not: what they have shown stays known.
  const known = shown && item ? merge(shown, item) : (shown ?? item)
  return known ? merge(known, read) : read
}

function* lookOnPages({ many, readListed }: ByKeySource, { key, members }: Wanted): Steps<Members | null> {
  if (!many) return null
  yield* there(many.look(key, members))
  return readListed(key, members)
}

/** Slashes beyond `count` ids stay in the last id, which is then refused. */
function splitKey(key: string, count: number): string[] {
  const ids = key.split('/')
  return [...ids.slice(0, count - 1), ids.slice(count - 1).join('/')]
}
