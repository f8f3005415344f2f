// The own reads of objects, each made once in a request, without a promise if the answer is in memory.
import DataLoader from 'dataloader'
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import { GatewayError } from '../errors/errors.ts'
import type { Kind } from '../aurora/kinds.ts'
import type { Ids } from '../rest/call.ts'
import { createOnce } from './once.ts'
import type { Once } from './once.ts'
import { findInAll } from './short-list.ts'
import type { ShortList } from './short-list.ts'

export interface OwnReadSource {
  readonly kind: Kind
  /** The object's own read; null if Aurora has none and the short list shows everything. */
  readonly retrieve: ((key: string, query?: Ids) => Soon<Members>) | null
  /** The same without a promise, unless it is a refusal; undefined if it needs one. Left out: it always needs one. */
  readonly retrieveAtOnce?: (key: string) => Soon<Members> | undefined
  /** A list short enough to serve every look-up of the members it carries. */
  readonly shortList?: ShortList | undefined
  /** What needed no promise, or only one of a refusal. Left out: nothing else looks into it. */
  readonly once?: Once
}

export type OwnReads = ReturnType<typeof createOwnReads>

export function createOwnReads({
  kind,
  retrieve,
  retrieveAtOnce,
  shortList,
  once = createOnce(),
}: OwnReadSource) {
  /** Objects whose own read has begun with a promise, so its call is spent. */
  const begun = new Set<string>()

  async function retrieveOne(key: string): Promise<Members> {
    const item = retrieve ? await retrieve(key) : shortList && (await findInAll(shortList, key))
    if (item) return item
    throw new GatewayError('NOT_FOUND', `There is no ${kind} with this id for this credential.`)
  }

  // No read of Aurora takes several ids, and a batch resolves with its slowest key, so each key is a batch of its own.
  const createLoader = () =>
    new DataLoader<string, Members>(
      (keys) => Promise.all(keys.map((key) => retrieveOne(key).catch((error: unknown) => asError(error)))),
      { batch: false },
    )
  /** Made when it is needed, because objects in memory need none. */
  let loader: DataLoader<string, Members> | null = null

  /**
   * Undefined if it would need a promise. A read that has begun is not looked up again, because it would be counted
   * twice.
   */
  function readAtOnce(key: string): Soon<Members> | undefined {
    if (begun.has(key)) return undefined
    return retrieveAtOnce && once.attempt(key, retrieveAtOnce)
  }

  function read(key: string): Soon<Members> {
    const known = readAtOnce(key)
    if (known !== undefined) return known
    begun.add(key)
    loader ??= createLoader()
    return loader.load(key)
  }

  return {
    readAtOnce,
    read,
    hasBegun: (key: string): boolean => begun.has(key) || once.hasBegun(key),
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
