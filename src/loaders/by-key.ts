// Loads objects by key from the cheapest source: what lists have shown, a short list, pages of a long one, the own read.
import DataLoader from 'dataloader'
import { GatewayError, isAbsence, isForbidden, isServedStale } from '../errors/errors.ts'
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { assertSafeId, assertUsableId } from '../rest/ids.ts'
import { covers, createObject } from './aurora-object.ts'
import type { Ids } from '../rest/call.ts'
import type { AuroraObject } from './aurora-object.ts'
import { decideExistence } from './existence.ts'
import type { Part, PartSource } from './existence.ts'
import type { Many } from './many.ts'
import { createOnce } from './once.ts'

export interface ByKey {
  /**
   * Resolves once `members` are known and it is known that the object exists; rejects with the error of the read that was
   * needed for it. Each key is read once in a request. Parts are given if nothing else is asked of the object, so each of the
   * `members` is repeated by one of them: they show that the object exists, and its own read is made only if they leave
   * that in doubt. If each part failed in another way, its own field reports that, and the object is not read either.
   */
  load(key: string, members: readonly string[], parts?: readonly Part[]): Promise<AuroraObject>
  /** The same by a key that a client sent: rejects with BAD_USER_INPUT where it is no key, before any call is made. */
  find(key: string, members: readonly string[], parts?: readonly Part[]): Promise<AuroraObject>
  /** The object as a list or a foreign key shows it, unread: costs nothing until an unknown member is read. */
  refer(key: string, known?: Members): AuroraObject
  /** The whole body of the object's own read with a query that changes it: a call of its own, once in a request. */
  readWith(key: string, query: Ids): Promise<Members>
  /** The key of an object that was found under a parent. */
  keyUnder(parentKey: string, id: string): string
}

export interface ShortList {
  readonly carries: readonly string[]
  read(): Promise<readonly Members[]>
  /** The same, read on until nothing can follow. */
  readToEnd(): Promise<readonly Members[]>
}

/** A part that repeats members of its object. */
export interface Repeating {
  readonly members: readonly string[]
  /** Members that the object's own read carries too. */
  readonly shared: ReadonlySet<string>
  /** Its read has begun, so its call is spent. */
  readonly hasBegun: (key: string) => boolean
  /** Rejects with the error of the read. */
  readonly read: (key: string, member: string) => Promise<unknown>
}

export interface ByKeySource {
  readonly kind: Kind
  /** Aurora has it under its parent only, so its key is `parent key/id`. */
  readonly isUnderParent?: boolean
  /** What lists have shown of it, if anything; `members` are those that it is wanted for. */
  readonly readListed: (key: string, members: readonly string[]) => Members | null
  /** The same, of any age that may be served where the object's own read has failed; left out where nothing is kept. */
  readonly readKept?: (key: string, members: readonly string[], error: GatewayError) => Members | null
  /** The object's own read; null where Aurora has none, and the short list carries everything. */
  readonly retrieve: ((key: string, query?: Ids) => Promise<Members>) | null
  /** A list short enough to serve every look-up of the members it carries. */
  readonly shortList?: ShortList
  /** Pages of a longer list, where many are wanted at once. */
  readonly many?: Many
  readonly repeating?: Repeating
  /** The reads below it; left out where Aurora has none. */
  readonly parts?: PartSource
  /** Whether earlier answers to its own read say that the object exists; null where they say nothing. */
  readonly isKnown?: (key: string) => boolean | null
}

export function createByKey(source: ByKeySource): ByKey {
  const { kind, retrieve, isUnderParent, repeating } = source
  const own = createOwnReads(source)
  const once = createOnce()

  async function complete(key: string, member: string): Promise<unknown> {
    const other = repeating?.members.includes(member) ? repeating : null
    // What its own read would cost nothing for is not bought from another one.
    if (other && (await isCheaper(other, own, { key, member })) && source.isKnown?.(key) !== true) {
      const value = await readRepeated(other, key, member)
      if (value !== undefined) return value
    }
    const members = await own.read(key)
    return Object.hasOwn(members, member) ? members[member] : other?.read(key, member)
  }

  const refer = (key: string, known?: Members): AuroraObject =>
    createObject({
      kind,
      key,
      known: known ?? {},
      complete: (member) => complete(key, member),
      // Without a read of its own, what a list has shown of an object is all of it.
      readRaw: retrieve === null && known ? null : () => own.read(key),
    })

  const idsOf = (key: string): string[] => splitKey(key, isUnderParent ? 2 : 1)

  /** Null where the own read is needed, or costs nothing. */
  async function findByParts({ key, members }: Wanted, parts: readonly Part[]): Promise<AuroraObject | null> {
    if (!source.parts || parts.length === 0 || own.hasBegun(key)) return null
    const listed = source.readListed(key, members)
    if (listed) return refer(key, listed)
    if (source.isKnown?.(key) !== null) return null
    return (await decideExistence(parts, source.parts)) === 'doubtful' ? null : refer(key)
  }

  const load: ByKey['load'] = async (key, members, parts = []) => {
    // The short list would be read even for a key that is no id.
    idsOf(key).forEach(assertUsableId)
    const wanted = { key, members }
    return (await findByParts(wanted, parts)) ?? refer(key, await readCheapest(source, own, wanted))
  }

  return {
    refer,
    readWith: (key, query) =>
      once(`${key} ${JSON.stringify(query)}`, async () => {
        if (retrieve === null) throw new Error(`a ${kind} has no read of its own`)
        return retrieve(key, query)
      }),
    keyUnder: (parentKey, id) => (isUnderParent ? `${parentKey}/${id}` : id),
    load,
    async find(key, members, parts) {
      idsOf(key).forEach(assertSafeId)
      return load(key, members, parts)
    },
  }
}

interface Wanted {
  readonly key: string
  readonly members: readonly string[]
}

type OwnReads = ReturnType<typeof createOwnReads>

function createOwnReads({ kind, retrieve, shortList }: ByKeySource) {
  /** Objects whose own read has begun, so its call is spent. */
  const begun = new Set<string>()

  async function retrieveOne(key: string): Promise<Members> {
    const item = retrieve ? await retrieve(key) : shortList && (await findInAll(shortList, key))
    if (item) return item
    throw new GatewayError('NOT_FOUND', `There is no ${kind} with this id for this credential.`)
  }

  // No read of Aurora takes several ids, and a batch resolves with its slowest key, so each key is a batch of its own.
  const loader = new DataLoader<string, Members>(
    (keys) => Promise.all(keys.map((key) => retrieveOne(key).catch((error: unknown) => asError(error)))),
    { batch: false },
  )
  return {
    read(key: string): Promise<Members> {
      begun.add(key)
      return loader.load(key)
    },
    hasBegun: (key: string): boolean => begun.has(key),
  }
}

/** Whether the part brings the member for fewer calls than the own read. */
async function isCheaper(
  { shared, hasBegun }: Repeating,
  own: OwnReads,
  { key, member }: { key: string; member: string },
): Promise<boolean> {
  // The fields of one object are executed in a row. After the last of them it is known which reads they have begun.
  await Promise.resolve()
  return !own.hasBegun(key) && (!shared.has(member) || hasBegun(key))
}

/** Undefined where the own read may bring the member instead. */
async function readRepeated({ shared, read }: Repeating, key: string, member: string): Promise<unknown> {
  try {
    return await read(key, member)
  } catch (error) {
    if (shared.has(member) || isAbsence(error)) return undefined
    throw error
  }
}

/** What the sources show of the object; an older copy in a list where none of them can be asked. */
async function readCheapest(source: ByKeySource, own: OwnReads, wanted: Wanted): Promise<Members> {
  const { key, members } = wanted
  const listed = source.readListed(key, members)
  if (listed && covers(listed, members)) return listed
  try {
    return await readAnew(source, own, { ...wanted, listed })
  } catch (error) {
    const kept = isServedStale(error) ? source.readKept?.(key, members, error) : null
    if (kept) return kept
    throw error
  }
}

/** The cheapest source first; the own read where the others lack one of `members`. */
async function readAnew(
  source: ByKeySource,
  own: OwnReads,
  { listed, ...wanted }: Wanted & { readonly listed: Members | null },
): Promise<Members> {
  const { retrieve, shortList } = source
  const { key, members } = wanted
  const isShort = retrieve !== null && listed === null && carriesAll(shortList, members)
  const item = isShort ? await findIn(shortList, key).catch(unlessForbidden) : undefined
  if (item && covers(item, members)) return item
  const shown = listed ?? (own.hasBegun(key) ? null : await lookOnPages(source, wanted))
  if (shown && covers(shown, members)) return shown
  // Lists may carry what the own read does not: what they have shown stays known.
  return { ...shown, ...item, ...(await own.read(key)) }
}

async function lookOnPages(
  { many, readListed }: ByKeySource,
  { key, members }: Wanted,
): Promise<Members | null> {
  await many?.look(key, members)
  return many ? readListed(key, members) : null
}

/** Slashes beyond `count` ids stay in the last id, which is then refused. */
function splitKey(key: string, count: number): string[] {
  const ids = key.split('/')
  return [...ids.slice(0, count - 1), ids.slice(count - 1).join('/')]
}

const carriesAll = (shortList: ShortList | undefined, members: readonly string[]): shortList is ShortList =>
  shortList !== undefined && members.every((member) => shortList.carries.includes(member))

const findIn = async (shortList: ShortList, key: string): Promise<Members | undefined> =>
  findById(await shortList.read(), key)

/** For a kind without a read of its own: what is not in the list does not exist, so the list has to be whole. */
const findInAll = async (shortList: ShortList, key: string): Promise<Members | undefined> =>
  (await findIn(shortList, key)) ?? findById(await shortList.readToEnd(), key)

/** A long list of users is looked into for each object of a long list of projects. */
const indexes = new WeakMap<readonly Members[], ReadonlyMap<string, Members>>()

function findById(items: readonly Members[], key: string): Members | undefined {
  const index = indexes.get(items) ?? indexById(items)
  indexes.set(items, index)
  return index.get(key)
}

/** The first of two items with the same id counts. */
const indexById = (items: readonly Members[]): ReadonlyMap<string, Members> =>
  new Map(items.toReversed().map((item) => [String(item['id']), item]))

/** A credential that may not list may still read one by one. Any other failure fails the look-up. */
function unlessForbidden(error: unknown): undefined {
  if (!isForbidden(error)) throw error
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
