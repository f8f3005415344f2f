// Reads what the cache holds: whole replies by call, objects by id out of the lists that carry them, and what is known of absence.
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Kind } from '../aurora/kinds.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { Clock } from '../clock.ts'
import type { Ids, NamedQuestion } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
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
import { usedAs } from './used-as.ts'
import type { Uses } from './used-as.ts'

export interface Cached {
  readonly key: string
  readonly answer: Answer
  readonly age: Exclude<Age, 'expired'>
  readonly ageMs: number
  readonly lifetime: Lifetime
  readonly doubt: Doubt
  readonly uses: Uses
}

export interface CacheReads {
  read(question: NamedQuestion): Cached | null
  /** The members that a list, or the answer to a write, carried of this object, if fresh: perhaps not all that exist. */
  readListed(scope: ScopeKey, kind: Kind, id: string, wanted?: Wanted): Members | null
  /**
   * What earlier answers to the read of an object say of it. True: one is cached that is as new as wanted. False: the last
   * one was 404, however long ago, or a write of ours has deleted the object since. What is cached below such an object may be
   * from before, so it does not show that the object exists. Null: they say nothing.
   */
  exists(question: NamedQuestion, wanted: Wanted): boolean | null
  /** The same, of the age that is served only if no call is left or Aurora fails. */
  readKept(scope: ScopeKey, kind: Kind, id: string, wanted: Wanted): KeptObject | null
}

export interface FreshReads {
  /**
   * As `read`, by the only id of the route, where the answer is fresh by its lifetime, in no doubt, and the only one that is
   * held for this id; null does not say that none is held.
   */
  readFresh(scope: ScopeKey, endpoint: Endpoint, id: string, query: Ids): FreshAnswer | null
}

export type FreshAnswer = Pick<Cached, 'answer' | 'lifetime' | 'uses' | 'key'>

/** What was kept of an object, and the read that brought it. */
export interface KeptObject {
  readonly members: Members
  readonly operation: string
  readonly answeredAtMs: number
}

type Find = (key: string) => Held | undefined

export interface ReadsOptions {
  readonly find: Find
  readonly keyOf: AskedIndex['keyOf']
  readonly hasListed: ListedCounts['hasAny']
  readonly clock: Clock
  readonly doubtOf: (held: HeldAnswer) => Doubt
}

export function createReads(options: ReadsOptions): CacheReads & FreshReads {
  const { find, hasListed, clock, doubtOf } = options
  const keyOf = createListedKeys()

  /** A call would bring the object alone, and the list would stay in doubt: so it is used as it is, and marked. */
  function useOf(held: HeldAnswer, wanted: Wanted): Use {
    const { answer, lifetime } = held
    const doubt = doubtOf(held) && 'lease'
    return decideUse({ answer, lifetime, ageMs: clock.monotonicMs() - answer.answeredAtMs, doubt }, wanted)
  }

  function readIf(isServed: (use: Use) => boolean, { scope, kind, id }: ObjectName, wanted: Wanted) {
    if (!hasListed(scope, kind)) return null
    const ownKey = keyOf(scope, kind, id)
    const place = find(ownKey)
    const list = place?.is === 'listed' ? find(place.listKey) : place
    if (list?.is !== 'answer' || !isReply(list.answer)) return null
    const { answer, lifetime, uses, asked } = list
    const { operation } = asked.endpoint
    const { answeredAtMs } = answer
    const use = useOf(list, wanted)
    if (!isServed(use)) return null
    const members = place?.is === 'listed' ? itemsOf(answer)[place.index] : (answer.value as Members)
    if (wanted.onUsed) {
      const key = place?.is === 'listed' ? place.listKey : ownKey
      const used = usedAs('listed', { key, answer, lifetime, uses }, asked.endpoint)
      wanted.onUsed(use === 'unconfirmed' ? toUnconfirmed(used) : used)
    }
    // A newer answer to the same call may have another object there.
    const isIt = members && (place?.is !== 'listed' || readAuroraId(members['id']) === id)
    return isIt ? { members, operation, answeredAtMs } : null
  }

  return {
    read: ({ key }) => readBy(key, options),
    readFresh: createReadFresh(options),
    exists({ key }, wanted) {
      const entry = find(key)
      if (entry?.is !== 'answer') return null
      if (!isReply(entry.answer)) return entry.answer.status === 404 ? false : null
      return isYoung(useOf(entry, wanted)) ? true : null
    },
    readListed: (scope, kind, id, wanted = ANY_FRESH) =>
      readIf(isYoung, { scope, kind, id }, wanted)?.members ?? null,
    readKept: (scope, kind, id, wanted) => readIf((use) => use !== 'none', { scope, kind, id }, wanted),
  }
}

const isYoung = (use: Use): boolean => use === 'fresh' || use === 'unconfirmed'

interface ObjectName {
  readonly scope: ScopeKey
  readonly kind: Kind
  readonly id: string
}

export function readBy(key: string, { find, clock, doubtOf }: ReadsOptions): Cached | null {
  const entry = find(key)
  if (entry?.is !== 'answer') return null
  const { answer, lifetime, uses } = entry
  const ageMs = clock.monotonicMs() - answer.answeredAtMs
  const age = decideAge(ageMs, lifetime)
  return age === 'expired' ? null : { key, answer, age, ageMs, lifetime, doubt: doubtOf(entry), uses }
}

const createReadFresh =
  ({ find, keyOf, clock, doubtOf }: ReadsOptions): FreshReads['readFresh'] =>
  (scope, endpoint, id, query) => {
    const { operation, parameters } = endpoint
    const key = keyOf(scope, operation, id)
    const entry = key === undefined ? undefined : find(key)
    if (entry?.is !== 'answer' || entry.query === null || parameters.length !== 1) return null
    // The index has one spelling for an id, and does not distinguish queries.
    if (entry.asked.path[parameters[0] ?? ''] !== id || !isSame(entry.query, query)) return null
    const ageMs = clock.monotonicMs() - entry.answer.answeredAtMs
    return ageMs < entry.lifetime.freshMs && doubtOf(entry) === null ? entry : null
  }

function isSame(one: Ids, other: Ids): boolean {
  if (one === other) return true
  for (const name in one) if (one[name] !== other[name]) return false
  for (const name in other) if (!Object.hasOwn(one, name)) return false
  return true
}
