// Learns from Aurora's answers how long lists are, which members objects have, and which links are null.
import { LRUCache } from 'lru-cache'
import type { ListEnds } from '../loaders/list-ends.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import type { Call, Reply } from '../rest/call.ts'
import type { Members } from '../aurora/body.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { isRead } from '../aurora/endpoint.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { isLink } from './links.ts'

type Operation = Endpoint['operation']

/** Sums over the answers of one operation. After many answers the sums are halved, so that newer answers count more. */
export interface Typical {
  /** The number of answers, including absences. */
  replies: number
  absences: number
  /** The number of lists that were read to their end, and of the items in them. */
  lists: number
  listed: number
  longest: number
  /** The number of objects, in lists or read by themselves. */
  objects: number
  readonly members: Map<string, MemberCounts>
}

export interface MemberCounts {
  /** The number of objects that had it, null or not. */
  carried: number
  /** Links only: the number of objects in which the link is filled. */
  filled: number
  /** Links only: the number of different objects that it names in one answer, summed over all answers. */
  distinct: number
}

export interface TypicalReplies {
  /** Looks at every member of the answer, unless it is the same as the last one; stores no values. */
  learn(call: Call, answer: Answer): void
  /** Null if there was no answer for this credential yet. */
  of(scope: ScopeKey, operation: Operation): Typical | null
}

/**
 * A table has some 60 operations of some 20 members, 100 KB at the most. The number is limited, because callers may
 * bring credentials of their own.
 */
const MAX_SCOPES = 200
/** The widest object of the contract has 27 members; a body with random names must not fill the memory. */
const MAX_MEMBERS = 100
/** Enough that one unusual answer changes little; few enough that the growth of a company shows within weeks. */
const MAX_REPLIES = 1000

/** `listEnds` contains the length of full pages. */
export function createTypicalReplies(listEnds: Pick<ListEnds, 'pageLength'>): TypicalReplies {
  const scopes = new LRUCache<ScopeKey, Map<Operation, Typical>>({ max: MAX_SCOPES })

  function open(scope: ScopeKey, operation: Operation): Typical {
    const table = scopes.get(scope) ?? new Map<Operation, Typical>()
    const known = table.get(operation)
    if (known) return known
    const typical = createTypical()
    scopes.set(scope, table.set(operation, typical))
    return typical
  }

  const isKnown = (scope: ScopeKey, operation: Operation): boolean =>
    scopes.get(scope)?.has(operation) ?? false

  return {
    learn(call, answer) {
      const { endpoint, terms } = call
      // An absence is a status, or a null instead of the object.
      const isAbsence = isReply(answer)
        ? answer.value === null
        : answer.status === 404 && endpoint.mayBeAbsent === true
      if (!isRead(endpoint) || !(isReply(answer) || isAbsence)) return
      const { key } = terms.scope
      // This answer was counted when it came first; it comes again at each request for it.
      if (isReply(answer) && answer.isAgain && isKnown(key, endpoint.operation)) return
      const typical = open(key, endpoint.operation)
      if (typical.replies >= MAX_REPLIES) halve(typical)
      typical.replies += 1
      if (isAbsence || !isReply(answer)) typical.absences += 1
      else if (endpoint.answers === 'list') learnList(typical, call, { reply: answer, listEnds })
      else learnObjects(typical, [answer.value as Members])
    },
    of: (scope, operation) => scopes.get(scope)?.get(operation) ?? null,
  }
}

const createTypical = (): Typical => ({
  replies: 0,
  absences: 0,
  lists: 0,
  listed: 0,
  longest: 0,
  objects: 0,
  members: new Map(),
})

interface LearnedList {
  readonly reply: Reply
  readonly listEnds: Pick<ListEnds, 'pageLength'>
}

/** After a full page it is certain only that the list is not shorter. */
function learnList(
  typical: Typical,
  { endpoint, query, terms }: Call,
  { reply, listEnds }: LearnedList,
): void {
  const items = reply.value as readonly Members[]
  const list = { scope: terms.scope.key, operation: endpoint.operation, size: Number(query['per_page']) }
  const perPage = query['per_page'] === undefined ? Infinity : listEnds.pageLength(list)
  const before = query['page'] === undefined ? 0 : (Number(query['page']) - 1) * perPage
  // For a later page of a list that is read whole, the number of items before it is unknown.
  if (before === Infinity) return
  typical.longest = Math.max(typical.longest, before + items.length)
  // An empty page behind the end of a list does not show its length.
  const isEnd = items.length < perPage && (items.length > 0 || before === 0)
  if (isEnd) {
    typical.lists += 1
    typical.listed += before + items.length
  }
  learnObjects(typical, items)
}

function learnObjects(typical: Typical, objects: readonly Members[]): void {
  typical.objects += objects.length
  /** Two of several objects may name the same one. */
  const named = objects.length > 1 ? new Map<MemberCounts, Set<unknown>>() : null
  const find = createFind(typical)
  for (const object of objects) {
    let place = 0
    for (const member in object) {
      const { counts, isLink: isOfLink } = find(member, (place += 1))
      if (!counts) continue
      counts.carried += 1
      if (!isOfLink) continue
      const value = object[member]
      if (isNothing(value)) continue
      counts.filled += 1
      if (named) noteNamed(named, counts, Array.isArray(value) ? value[0] : value)
      else counts.distinct += 1
    }
  }
  for (const [counts, ids] of named ?? NOTHING_NAMED) counts.distinct += ids.size
}

interface Found {
  readonly member: string
  readonly counts: MemberCounts | null
  readonly isLink: boolean
}

/** The objects of a list have the same members in the same order, as a rule, so each is looked for once. */
function createFind(typical: Typical): (member: string, place: number) => Found {
  const found: Found[] = []
  return (member, place) => {
    const before = found[place]
    if (before?.member === member) return before
    return (found[place] = { member, counts: countsOf(typical, member), isLink: isLink(member) })
  }
}

const NOTHING_NAMED: readonly (readonly [MemberCounts, ReadonlySet<unknown>])[] = []

function noteNamed(named: Map<MemberCounts, Set<unknown>>, counts: MemberCounts, id: unknown): void {
  const known = named.get(counts)
  if (known) known.add(id)
  else named.set(counts, new Set([id]))
}

function countsOf({ members }: Typical, member: string): MemberCounts | null {
  const known = members.get(member)
  if (known || members.size >= MAX_MEMBERS) return known ?? null
  const counts = { carried: 0, filled: 0, distinct: 0 }
  members.set(member, counts)
  return counts
}

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

const SUMS = ['replies', 'absences', 'lists', 'listed', 'objects'] as const
const MEMBER_SUMS = ['carried', 'filled', 'distinct'] as const

function halve(typical: Typical): void {
  for (const name of SUMS) typical[name] /= 2
  for (const counts of typical.members.values()) for (const name of MEMBER_SUMS) counts[name] /= 2
}
