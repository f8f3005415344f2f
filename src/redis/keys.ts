// The names of all keys in Redis, made in one place: the prefix, the version of the stored form, then the name.
import { createHash } from 'node:crypto'
import { SAVED_REPLY_VERSION } from '../cache/saved-reply.ts'
import type { Call } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'

/**
 * The form of all but replies. Replicas with another one share nothing while both run during a deployment: neither the
 * budget nor notices of writes. So it changes only if an older version would take what a newer one writes for
 * something else.
 */
const FORM = '1.6'

/** Raised with every change to how `packed-reply.ts` writes a reply. */
const PACKED_FORM = 2

export interface Keys {
  /** The stream of drops: what writes have made outdated. */
  readonly drops: string
  /** The generation of that stream: it changes when Redis has lost its data. */
  readonly generation: string
  /** The replicas that read with a lease: a hash. */
  readonly readers: string
  /** A stream for each of them that writes: how far the others have applied the stream of drops. */
  confirmationsFor(replica: string): string
  /** A stream of flights that have ended. */
  readonly completions: string
  /** Gives names of this history to everything that decides (the log, its readers, pools): docs/decisions/0064. */
  turnTo(history: string): void
  /** Holds the history that has a log: the log of another history is deleted. */
  readonly history: string
  /** In a cluster: the history before that one. */
  readonly formerHistory: string
  /** The names of a log in this history. */
  logOf(history: string): readonly string[]
  /** Written and deleted by the doctor. */
  readonly trial: string
  /** Never exists: deleting it shows whether Redis takes writes. */
  readonly probe: string
  reply(digest: CallDigest): string
  flight(digest: CallDigest): string
  /** Exists while the credential of this scope counts as accepted by Aurora. */
  accepted(scope: ScopeKey): string
  /** The slots of one key, or of one operation of it. */
  pool(name: string): string
  /** The same in the previous history; null in the first history that this replica has found. */
  formerPool(name: string): string | null
}

/** The hash of a call's key, 64 hex digits: the key itself contains ids and may be long. */
export type CallDigest = string & { readonly brand: 'CallDigest' }

/** The parts that begin again in a new history. Pools and confirmations expire by themselves. */
const LOG = ['drops', 'generation', 'readers'] as const

/** In a cluster the prefix is the hash tag, so that all keys are in one slot: docs/decisions/0066. */
export function createKeys(
  prefix: string,
  isCluster = false,
  repliesForm = `${SAVED_REPLY_VERSION}.${PACKED_FORM}`,
): Keys {
  const begin = isCluster ? `{${prefix}}${FORM}:` : `${prefix}${FORM}:`
  // Replies of another form are fetched again; the budget and notices of writes are shared all the same.
  const beginOfReplies = `${begin}of-${repliesForm}:`
  const of = (history: string): string => (history === '' ? begin : `${begin}${history}:`)
  const logOf = (history: string) => LOG.map((name) => [name, `${of(history)}${name}`] as const)
  let decisive = of('')
  let former: string | null = null
  const keys = {
    ...(Object.fromEntries(logOf('')) as Record<(typeof LOG)[number], string>),
    turnTo(history: string) {
      former = decisive === of('') ? null : decisive
      decisive = of(history)
      Object.assign(keys, Object.fromEntries(logOf(history)))
    },
    history: `${begin}history`,
    formerHistory: `${begin}former-history`,
    trial: isCluster ? `{${prefix}}doctor` : `${prefix}doctor`,
    logOf: (history: string) => logOf(history).map(([, key]) => key),
    completions: `${beginOfReplies}landings`,
    probe: `${begin}probe`,
    confirmationsFor: (replica: string) => `${decisive}confirmations:${replica}`,
    reply: (digest: CallDigest) => `${beginOfReplies}reply:${digest}`,
    pool: (name: string) => `${decisive}pool:${name}`,
    formerPool: (name: string) => former && `${former}pool:${name}`,
    flight: (digest: CallDigest) => `${beginOfReplies}flight:${digest}`,
    accepted: (scope: ScopeKey) => `${begin}accepted:${scope}`,
  }
  return keys
}

export const digestOf = ({ key }: Pick<Call, 'key'>): CallDigest =>
  createHash('sha256').update(key).digest('hex') as CallDigest
