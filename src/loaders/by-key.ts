// Objects by id, the cheapest source first: what lists have shown, a list for all or many of them, the own read.
import DataLoader from 'dataloader'
import { GatewayError, isForbidden } from '../errors/errors.ts'
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { assertSafeId, assertUsableId } from '../rest/ids.ts'
import { covers, createObject } from './aurora-object.ts'
import type { AuroraObject } from './aurora-object.ts'
import type { Many } from './many.ts'

export interface ByKey {
  /**
   * Resolves once `members` are known and the object is known to be; rejects with the error of the read that
   * was needed for it. Keys of one tick and of one request are read once.
   */
  load(key: string, members: readonly string[]): Promise<AuroraObject>
  /** The same by a key that a client gave: rejects with BAD_USER_INPUT where it is none, before anything is spent. */
  find(key: string, members: readonly string[]): Promise<AuroraObject>
  /** The object as a list or a foreign key shows it, unread: costs nothing until an unknown member is asked for. */
  refer(key: string, known?: Members): AuroraObject
  /** The key of an object that was found under a parent. */
  keyUnder(parentKey: string, id: string): string
}

export interface ByKeySource {
  readonly kind: Kind
  /** Aurora has it under its parent only, so its key is `parent key/id`. */
  readonly isUnderParent?: boolean
  /** What lists have shown of it, if anything; `members` are those that it is wanted for. */
  readonly readListed: (key: string, members: readonly string[]) => Members | null
  /** The object's own read; null where Aurora has none, and what the short list carries is all there is. */
  readonly retrieve: ((key: string) => Promise<Members>) | null
  /** A list short enough to serve every look-up of the members it carries. */
  readonly shortList?: { readonly carries: readonly string[]; read(): Promise<readonly Members[]> }
  /** Pages of a longer list, where many are wanted at once. */
  readonly many?: Many
  /** Where a member is found that the object's own read does not carry. */
  readonly elsewhere?: (key: string, member: string) => Promise<unknown>
}

export function createByKey(source: ByKeySource): ByKey {
  const { kind, retrieve, shortList, many, elsewhere } = source
  /** Of which the own read has begun: it has cost what it costs. */
  const begun = new Set<string>()
  // No read of Aurora takes several ids, and a batch lands with its slowest key: each is one of its own.
  const own = new DataLoader<string, Members>(
    (keys) => Promise.all(keys.map((key) => retrieveOne(key).catch((error: unknown) => asError(error)))),
    { batch: false },
  )

  async function retrieveOne(key: string): Promise<Members> {
    begun.add(key)
    if (retrieve) return retrieve(key)
    const item = shortList && (await findIn(shortList, key))
    if (item) return item
    throw new GatewayError('NOT_FOUND', `There is no ${kind} with this id for this credential.`)
  }

  async function complete(key: string, member: string): Promise<unknown> {
    const members = await own.load(key)
    return Object.hasOwn(members, member) ? members[member] : elsewhere?.(key, member)
  }

  const refer = (key: string, known?: Members): AuroraObject =>
    createObject({
      kind,
      key,
      known: known ?? {},
      complete: (member) => complete(key, member),
      // Without a read of its own, what a list has shown of an object is all of it.
      readRaw: retrieve === null && known ? null : () => own.load(key),
    })

  const idsOf = (key: string): string[] => splitKey(key, source.isUnderParent ? 2 : 1)

  async function load(key: string, members: readonly string[]): Promise<AuroraObject> {
    // Before anything is spent: the short list would be asked even for what is no id.
    idsOf(key).forEach(assertUsableId)
    const listed = source.readListed(key, members)
    if (listed && covers(listed, members)) return refer(key, listed)
    const isShort = retrieve !== null && listed === null && carriesAll(shortList, members)
    const item = isShort ? await findIn(shortList, key).catch(unlessForbidden) : undefined
    if (item && covers(item, members)) return refer(key, item)
    const shown = listed ?? (await lookAmongMany(key, members))
    if (shown && covers(shown, members)) return refer(key, shown)
    // Lists may carry what the own read does not: what they have shown stays known.
    return refer(key, { ...shown, ...item, ...(await own.load(key)) })
  }

  async function lookAmongMany(key: string, members: readonly string[]): Promise<Members | null> {
    if (!many || begun.has(key)) return null
    await many.look(key, members)
    return source.readListed(key, members)
  }

  return {
    refer,
    keyUnder: (parentKey, id) => (source.isUnderParent ? `${parentKey}/${id}` : id),
    load,
    async find(key, members) {
      idsOf(key).forEach(assertSafeId)
      return load(key, members)
    },
  }
}

/** What is too many stays with the last, where it is no id. */
function splitKey(key: string, count: number): string[] {
  const ids = key.split('/')
  return [...ids.slice(0, count - 1), ids.slice(count - 1).join('/')]
}

type ShortList = NonNullable<ByKeySource['shortList']>

const carriesAll = (shortList: ShortList | undefined, members: readonly string[]): shortList is ShortList =>
  shortList !== undefined && members.every((member) => shortList.carries.includes(member))

const findIn = async (shortList: ShortList, key: string): Promise<Members | undefined> =>
  (await shortList.read()).find((item) => String(item['id']) === key)

/** A key that may not list may still read one by one; any other failure is that of the look-up. */
function unlessForbidden(error: unknown): undefined {
  if (!isForbidden(error)) throw error
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
