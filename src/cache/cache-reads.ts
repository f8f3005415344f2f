// Reads from the cache: whole replies by call, objects by id from the lists that contain them, and recorded absences.
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
  /** Set if an event has made it outdated. */
  readonly isOutdated: true | undefined
}

export interface CacheReads {
  read(question: NamedQuestion): Cached | null
  /**
   * A page of a list as it was before single objects of it were touched (`objectsSince`), with its ages of then. Aurora
   * would answer differently now.
   */
  readAside(question: Pick<NamedQuestion, 'key'>): Cached | null
  /**
   * The members of this object that a list, or the answer to a write, has shown, if fresh. The object may have more
   * members.
   */
  readListed(scope: ScopeKey, kind: Kind, id: string, wanted?: Wanted): Members | null
  /**
   * What earlier answers to the read of an object show about its existence. True: a cached one is as new as wanted.
   * False: the last one was 404, at any time, or a write of ours has deleted the object since. Cached answers below
   * such an object may be older, so they do not prove that it exists. Null: there is no such answer.
   */
  exists(question: NamedQuestion, wanted: Wanted): boolean | null
  /**
   * Whether the last answer to the read of an object was 404, to a call that was sent when Aurora's answers could no
   * longer be behind an event about it; or whether a write of ours has deleted the object. This is true until the
   * object is touched.
   */
  isAbsent(question: NamedQuestion): boolean
  /** As `readListed`, for objects of an age that is served only if no call is left or Aurora fails. */
  readKept(scope: ScopeKey, kind: Kind, id: string, wanted: Wanted): KeptObject | null
}

export interface FreshReads {
  /** For many answers to one operation: the parts that are equal for all of them are looked up once. */
  freshOf(scope: ScopeKey, endpoint: Endpoint, query: Ids): ReadFresh
}

/**
 * As `read`, by the only id of the route, if the answer is fresh by its lifetime, in no doubt, and the only one that is
 * cached for this id; null does not mean that none is cached.
 */
export type ReadFresh = (id: string) => FreshAnswer | null

export type FreshAnswer = Pick<Cached, 'answer' | 'lifetime' | 'proven' | 'uses' | 'key' | 'life'>

/** The kept members of an object, and the read that returned them. */
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

  /**
   * A call would only bring the one object, and the list would stay in doubt, so the list is used as it is, and marked.
   */
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
    // A newer answer to the same call may have another object at this place.
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
      // A 404 with another lifetime came before Aurora was settled, and will be asked for again.
      return entry?.is === 'answer' && entry.answer.status === 404 && entry.lifetime === NOT_FOUND
    },
    readListed: (scope, kind, id, wanted = ANY_FRESH) =>
      readIf(isYoung, { scope, kind, id }, wanted)?.members ?? null,
    readKept: (scope, kind, id, wanted) => readIf((use) => use !== 'none', { scope, kind, id }, wanted),
  }
}

/** Whether a write has made it outdated in an unknown object. */
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
      // The index has one spelling for an id and does not distinguish queries, so both are compared here.
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
