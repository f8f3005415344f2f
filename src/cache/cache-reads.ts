// Reads what the cache holds: whole replies by call, objects by id out of the lists that carry them, and what is known of absence.
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Kind } from '../aurora/kinds.ts'
import { NOT_FOUND } from '../aurora/lifetimes.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { Clock } from '../clock.ts'
import type { Ids, NamedQuestion } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Life, Proven } from '../rest/terms.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import type { AskedIndex } from './asked-index.ts'
import { decideAge } from './decide-lifetime.ts'
import type { Age } from './decide-lifetime.ts'
import { ANY_FRESH, decideUse, toUnconfirmed } from './decide-use.ts'
import type { Doubt, Use, Wanted } from './decide-use.ts'
import type { Held, HeldAnswer } from './held.ts'
import type { ListedCounts } from './listed-counts.ts'
import { createListedKeys } from './listed-key.ts'
import { isFreshByProof, lifetimeNow } from './proven.ts'
import { usedAs } from './used-as.ts'
import type { Uses } from './used-as.ts'

export interface Cached {
  readonly key: string
  readonly answer: Answer
  readonly age: Exclude<Age, 'expired'>
  readonly ageMs: number
  readonly lifetime: Lifetime
  readonly proven: Proven | undefined
  readonly doubt: Doubt
  readonly uses: Uses
  readonly life: Life
  /** An event has made it untrue. */
  readonly isOutdated: true | undefined
}

export interface CacheReads {
  read(question: NamedQuestion): Cached | null
  /**
   * A page of a list as it was before single objects of it were touched (`objectsSince`), with the ages that held then. It is not what
   * Aurora would answer now.
   */
  readAside(question: Pick<NamedQuestion, 'key'>): Cached | null
  /** The members that a list, or the answer to a write, carried of this object, if fresh: perhaps not all that exist. */
  readListed(scope: ScopeKey, kind: Kind, id: string, wanted?: Wanted): Members | null
  /**
   * What earlier answers to the read of an object say of it. True: one is cached that is as new as wanted. False: the last
   * one was 404, however long ago, or a write of ours has deleted the object since. What is cached below such an object may be
   * from before, so it does not show that the object exists. Null: they say nothing.
   */
  exists(question: NamedQuestion, wanted: Wanted): boolean | null
  /**
   * The last answer to the read of an object was 404, and was asked for when an event about it could no longer be ahead of Aurora's answers;
   * or a write of ours has deleted the object. It holds until the object is touched, as what a list does not show.
   */
  isAbsent(question: NamedQuestion): boolean
  /** The same as `readListed`, of the age that is served only if no call is left or Aurora fails. */
  readKept(scope: ScopeKey, kind: Kind, id: string, wanted: Wanted): KeptObject | null
}

export interface FreshReads {
  /** For many answers to one operation: what their reads have in common is looked up once. */
  freshOf(scope: ScopeKey, endpoint: Endpoint, query: Ids): ReadFresh
}

/**
 * As `read`, by the only id of the route, where the answer is fresh by its lifetime, in no doubt, and the only one that is
 * held for this id; null does not say that none is held.
 */
export type ReadFresh = (id: string) => FreshAnswer | null

export type FreshAnswer = Pick<Cached, 'answer' | 'lifetime' | 'proven' | 'uses' | 'key' | 'life'>

/** What was kept of an object, and the read that brought it. */
export interface KeptObject {
  readonly members: Members
  readonly operation: string
  readonly answeredAtMs: number
}

type Find = (key: string) => Held | undefined

export interface ReadsOptions {
  readonly find: Find
  readonly keysOf: AskedIndex['keysOf']
  readonly hasListed: ListedCounts['hasAny']
  readonly clock: Clock
  readonly doubtOf: (life: Life) => Doubt
}

export function createReads(options: ReadsOptions): CacheReads & FreshReads {
  const { find, hasListed, clock, doubtOf } = options
  const keyOf = createListedKeys()

  /** A call would bring the object alone, and the list would stay in doubt: so it is used as it is, and marked. */
  function useOf(held: HeldAnswer, wanted: Wanted): Use {
    const { answer, lifetime, proven } = held
    const doubt = doubtOf(held.life) && 'lease'
    const ageMs = clock.monotonicMs() - answer.answeredAtMs
    return decideUse({ answer, lifetime, proven, ageMs, doubt }, wanted)
  }

  function readIf(isServed: (use: Use) => boolean, { scope, kind, id }: ObjectName, wanted: Wanted) {
    if (!hasListed(scope, kind)) return null
    const place = find(keyOf(scope, kind, id))
    const list = place?.is === 'listed' ? find(place.listKey) : place
    if (list?.is !== 'answer' || !isReply(list.answer) || isOnlyAside(list)) return null
    const { answer, asked } = list
    const { operation } = asked.endpoint
    const { answeredAtMs } = answer
    const use = useOf(list, wanted)
    if (!isServed(use)) return null
    const members = place?.is === 'listed' ? itemsOf(answer)[place.index] : (answer.value as Members)
    if (wanted.onUsed) {
      const used = usedAs('listed', list, asked.endpoint)
      wanted.onUsed(use === 'unconfirmed' ? toUnconfirmed(used) : used)
    }
    // A newer answer to the same call may have another object there.
    const isIt = members && (place?.is !== 'listed' || readAuroraId(members['id']) === id)
    return isIt ? { members, operation, answeredAtMs } : null
  }

  return {
    read: ({ key }) => readBy(key, options),
    readAside: ({ key }) => readAside(key, options),
    freshOf: createFreshOf(options),
    exists({ key }, wanted) {
      const entry = find(key)
      if (entry?.is !== 'answer') return null
      if (!isReply(entry.answer)) return entry.answer.status === 404 ? false : null
      return isYoung(useOf(entry, wanted)) ? true : null
    },
    isAbsent({ key }) {
      const entry = find(key)
      // What is asked once more when Aurora is settled has a lifetime of its own.
      return entry?.is === 'answer' && entry.answer.status === 404 && entry.lifetime === NOT_FOUND
    },
    readListed: (scope, kind, id, wanted = ANY_FRESH) =>
      readIf(isYoung, { scope, kind, id }, wanted)?.members ?? null,
    readKept: (scope, kind, id, wanted) => readIf((use) => use !== 'none', { scope, kind, id }, wanted),
  }
}

/** A write has made it untrue, and it is unknown of which of its objects. */
const isOnlyAside = ({ aside, isOutdated }: HeldAnswer): boolean =>
  aside !== undefined && isOutdated === undefined

const isYoung = (use: Use): boolean => use === 'fresh' || use === 'unconfirmed'

interface ObjectName {
  readonly scope: ScopeKey
  readonly kind: Kind
  readonly id: string
}

export function readBy(key: string, { find, clock, doubtOf }: ReadsOptions): Cached | null {
  const entry = find(key)
  if (entry?.is !== 'answer') return null
  const { answer, lifetime, proven, uses, life, isOutdated } = entry
  const ageMs = clock.monotonicMs() - answer.answeredAtMs
  const age = decideAge(ageMs, lifetimeNow({ answer, ageMs, lifetime, proven }))
  return age === 'expired'
    ? null
    : { key, answer, age, ageMs, lifetime, proven, doubt: doubtOf(life), uses, life, isOutdated }
}

function readAside(key: string, { find, clock, doubtOf }: ReadsOptions): Cached | null {
  const entry = find(key)
  if (entry?.is !== 'answer' || !entry.aside) return null
  const { answer, life, aside } = entry
  const ageMs = clock.monotonicMs() - answer.answeredAtMs
  const age = decideAge(ageMs, lifetimeNow({ answer, ageMs, ...aside }))
  return age === 'expired'
    ? null
    : { key, answer, age, ageMs, ...aside, doubt: doubtOf(life), life, isOutdated: undefined }
}

const createFreshOf =
  ({ find, keysOf, clock, doubtOf }: ReadsOptions): FreshReads['freshOf'] =>
  (scope, { operation, parameters }, query) => {
    const [parameter = ''] = parameters
    if (parameters.length !== 1) return () => null
    const keyOf = keysOf(scope, operation)
    return (id) => {
      const key = keyOf(id)
      const entry = key === undefined ? undefined : find(key)
      if (entry?.is !== 'answer' || entry.query === null) return null
      // The index has one spelling for an id, and does not distinguish queries.
      if (entry.asked.path[parameter] !== id || !isSame(entry.query, query)) return null
      const ageMs = clock.monotonicMs() - entry.answer.answeredAtMs
      const isFresh = ageMs < entry.lifetime.freshMs || isFreshByProof(entry.proven, ageMs)
      return isFresh && doubtOf(entry.life) === null ? entry : null
    }
  }

function isSame(one: Ids, other: Ids): boolean {
  if (one === other) return true
  for (const name in one) if (one[name] !== other[name]) return false
  for (const name in other) if (!Object.hasOwn(one, name)) return false
  return true
}
