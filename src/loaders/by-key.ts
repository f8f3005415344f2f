// Objects by id, the cheapest source first: what lists have shown, a short list for all of them, the object's own read.
import DataLoader from 'dataloader'
import { GatewayError, isGatewayError } from '../errors/errors.ts'
import type { Members } from '../rest/call.ts'
import type { Kind } from '../rest/endpoints.ts'
import { covers, createObject } from './aurora-object.ts'
import type { AuroraObject } from './aurora-object.ts'

export interface ByKey {
  /**
   * Resolves once `members` are known and the object is known to be; rejects with the error of the read that
   * was needed for it. Keys of one tick and of one request are read once.
   */
  load(key: string, members: readonly string[]): Promise<AuroraObject>
  /** The object as a list or a foreign key shows it, unread: costs nothing until an unknown member is asked for. */
  refer(key: string, known?: Members): AuroraObject
}

export interface ByKeySource {
  readonly kind: Kind
  readonly readListed: (key: string) => Members | null
  /** The object's own read; null where Aurora has none. */
  readonly retrieve: ((key: string) => Promise<Members>) | null
  /** A list short enough to serve every look-up of the members it carries. */
  readonly shortList?: { readonly carries: readonly string[]; read(): Promise<readonly Members[]> }
  /** Where a member is found that the object's own read does not carry. */
  readonly elsewhere?: (key: string, member: string) => Promise<unknown>
}

export function createByKey(source: ByKeySource): ByKey {
  const { kind, retrieve, shortList, elsewhere } = source
  const own = new DataLoader<string, Members>((keys) =>
    Promise.all(keys.map((key) => retrieveOne(key).catch((error: unknown) => asError(error)))),
  )

  async function retrieveOne(key: string): Promise<Members> {
    if (retrieve) return retrieve(key)
    throw new GatewayError('NOT_FOUND', `There is no ${kind} with this id for this credential.`)
  }

  async function complete(key: string, member: string): Promise<unknown> {
    const members = await own.load(key)
    return Object.hasOwn(members, member) ? members[member] : elsewhere?.(key, member)
  }

  const refer = (key: string, known: Members = {}): AuroraObject =>
    createObject({ kind, key, known, complete: (member) => complete(key, member) })

  return {
    refer,
    async load(key, members) {
      const listed = source.readListed(key)
      if (listed && covers(listed, members)) return refer(key, listed)
      if (shortList && !listed && members.every((member) => shortList.carries.includes(member))) {
        const item = await findIn(shortList, key)
        if (item && covers(item, members)) return refer(key, item)
      }
      return refer(key, await own.load(key))
    },
  }
}

/** A key that may not list may still read one by one; any other failure is that of the look-up. */
async function findIn(
  shortList: NonNullable<ByKeySource['shortList']>,
  key: string,
): Promise<Members | undefined> {
  try {
    const items = await shortList.read()
    return items.find((item) => item['id'] === key)
  } catch (error) {
    if (isGatewayError(error) && error.code === 'FORBIDDEN') return undefined
    throw error
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
