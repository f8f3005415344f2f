// What Aurora would answer, imagined: the members that an answer has, links to imagined objects, and null for the rest.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Kind } from '../aurora/kinds.ts'
import { carriedMembers } from '../aurora/members.ts'
import type { ListLength, ReadEndpoint } from '../aurora/reads.ts'
import type { Answer } from '../cache/answer.ts'
import type { Refusal } from '../rest/attempt-error.ts'
import type { Call, Question, Reply } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { isCertainLink, isLink, isMostlyEmpty } from './links.ts'
import type { MemberCounts, Typical, TypicalReplies } from './typical-replies.ts'

/**
 * Every list empty and nothing linked; as is usual; lists as long as any, and everything linked. `known` is as is usual,
 * but of a list that was never seen it takes no more than one item for granted.
 */
export type Outlook = 'min' | 'known' | 'expected' | 'max'

export interface Place {
  readonly id: string
  readonly offset: number
  readonly createdAt: string | null
}

export interface ImaginedReplies {
  /** The same call always gets an answer that agrees with those before: pages of one list fit together. */
  reply(call: Call): Answer
  /** An object as `endpoint`, a list, would show it. */
  item(endpoint: Endpoint, id: string): Members
  /** A page behind this place will be asked for, and so the list has what stands there. */
  reach(endpoint: Endpoint, place: Place): void
}

/** In front of every imagined id. */
const MARK = 'imagined-'
export const isImagined = (id: string): boolean => id.startsWith(MARK)

export function createImaginedReplies(
  outlook: Outlook,
  typicalReplies: Pick<TypicalReplies, 'of'>,
): ImaginedReplies {
  const series = new Map<string, number>()
  const lengths = new Map<string, number>()
  const places = new Map<Endpoint['operation'], Place>()
  let lastId = 0

  const newId = (name: string): string => `${MARK}${name}-${(lastId += 1)}`
  /** How many came before in this run. */
  function next(name: string): number {
    const index = series.get(name) ?? 0
    series.set(name, index + 1)
    return index
  }

  /** The n-th of a series of which so many, on average, come out as one: rounded so that the sum is never off by one. */
  const spread = (name: string, mean: number): number => {
    const index = next(name)
    return Math.round((index + 1) * mean) - Math.round(index * mean)
  }

  function decideLength({ endpoint, path }: Call, typical: Typical | null): number {
    const name = `${endpoint.operation} ${Object.values(path).join('/')}`
    const length = lengths.get(name) ?? imagineLength(endpoint, typical)
    lengths.set(name, length)
    return length
  }

  function imagineLength(endpoint: Endpoint, typical: Typical | null): number {
    const start = (endpoint as ReadEndpoint).length ?? FEW
    const place = places.get(endpoint.operation)
    // Whoever reads on was told that there is more.
    const least = place ? place.offset + 2 : 0
    const lists = typical?.lists ?? 0
    switch (outlook) {
      case 'min':
        return least
      case 'known':
      case 'expected': {
        const unseen = outlook === 'known' ? Math.max(1, typical?.longest ?? 0) : start.usual
        const usual = lists > 0 ? (typical?.listed ?? 0) / lists : unseen
        return Math.max(least, spread(endpoint.operation, usual))
      }
      case 'max': {
        const longest = Math.max(typical?.longest ?? 0, lists >= TELLING ? 0 : start.longest)
        return Math.max(least, longest)
      }
    }
  }

  function isAbsent({ operation, mayBeAbsent }: Endpoint, typical: Typical | null): boolean {
    if (!mayBeAbsent || outlook === 'max') return false
    const replies = typical?.replies ?? 0
    const presentShare = replies > 0 ? 1 - (typical?.absences ?? 0) / replies : 1
    return outlook === 'min' || spread(`${operation} there`, presentShare) === 0
  }

  /** Of the objects, how many have the member at all. */
  function carriedShare(member: string, typical: Typical | null): number {
    if (!typical || typical.objects === 0 || outlook === 'min') return 1
    const share = (typical.members.get(member)?.carried ?? 0) / typical.objects
    return outlook === 'max' ? Math.floor(share) : share
  }

  function filledShare({ kind }: Endpoint, member: string, counts: MemberCounts): number {
    if (outlook === 'max' || isCertainLink(kind, member)) return 1
    if (outlook === 'min') return 0
    if (counts.carried > 0) return counts.filled / counts.carried
    return isMostlyEmpty(member) ? 0 : 1
  }

  /** How many different things the objects of one answer name with a member. */
  function countNamed(count: number, { carried, filled, distinct }: MemberCounts): number {
    const isKnown = (outlook === 'expected' || outlook === 'known') && filled > 0
    return isKnown ? Math.max(1, Math.round((count * distinct) / carried)) : count
  }

  /** Makes the objects of one answer: what all have in common is worked out once, as there may be hundreds. */
  function createMaker({ endpoint, path }: Pick<Question, 'endpoint' | 'path'>, answer: AnswerPlan) {
    const { operation } = endpoint
    const common: Record<string, unknown> = {}
    const varying: ((object: Record<string, unknown>) => void)[] = []
    for (const member of new Set([...carriedMembers(operation), ...(answer.typical?.members.keys() ?? [])])) {
      const share = carriedShare(member, answer.typical)
      const counts = answer.typical?.members.get(member) ?? NEVER_SEEN
      const links = path[member] === undefined && isLink(member) ? filledShare(endpoint, member, counts) : 0
      const read =
        links === 0
          ? () => path[member] ?? null
          : createLinks(endpoint, member, { answer, counts, share: links })
      if (share === 0) continue
      if (share === 1 && links === 0) common[member] = read()
      else
        varying.push((object) => {
          if (share === 1 || spread(`${operation} has ${member}`, share) === 1) object[member] = read()
        })
    }
    return (id: string | null): Members => {
      const object: Record<string, unknown> = { ...common }
      for (const add of varying) add(object)
      if (endpoint.idMember !== undefined) object[endpoint.idMember] = id
      return object
    }
  }

  function createLinks(
    { operation }: Endpoint,
    member: string,
    { answer, counts, share }: { answer: AnswerPlan; counts: MemberCounts; share: number },
  ): () => unknown {
    const named = countNamed(answer.count, counts)
    const isList = member.endsWith('s')
    const name = `${operation} fills ${member}`
    let index = 0
    return () => {
      if (share < 1 && spread(name, share) === 0) return null
      const id = `${MARK}${member}-${answer.name}-${index++ % named}`
      return isList ? [id] : id
    }
  }

  function imagineList(call: Call, typical: Typical | null): readonly Members[] {
    const { endpoint, query } = call
    const length = decideLength(call, typical)
    const perPage = Number(query['per_page'] ?? length)
    const start = query['page'] === undefined ? 0 : (Number(query['page']) - 1) * perPage
    const count = Math.max(0, Math.min(perPage, length - start))
    const make = createMaker(call, answerOf(endpoint, typical, count))
    const place = places.get(endpoint.operation)
    return Array.from({ length: count }, (_, index) => {
      const offset = start + index
      const id = place?.offset === offset ? place.id : newId(endpoint.kind)
      const item = make(id)
      return place ? { ...item, created_at: createdAt(place, offset) } : item
    })
  }

  const answerOf = ({ operation }: Endpoint, typical: Typical | null, count: number): AnswerPlan => ({
    typical,
    count,
    name: `${operation}-${next(`${operation} answers`)}`,
  })

  const typicalOf = (scope: ScopeKey, { operation }: Endpoint): Typical | null =>
    typicalReplies.of(scope, operation)

  return {
    reply(call) {
      const { endpoint, path, query, terms } = call
      const typical = typicalOf(terms.scope.key, endpoint)
      switch (endpoint.answers) {
        case 'list':
          return success(imagineList(call, typical))
        case 'object': {
          if (isAbsent(endpoint, typical)) return ABSENT
          const id = query['job_id'] ?? ownId(endpoint, path) ?? newId(endpoint.kind)
          return success(createMaker(call, answerOf(endpoint, typical, 1))(id))
        }
        case 'nothing':
          return success(null)
      }
    },
    item: (endpoint, id) => createMaker({ endpoint, path: {} }, answerOf(endpoint, null, 1))(id),
    reach: ({ operation }, place) => void places.set(operation, place),
  }
}

/** Most lists without a row of their own have a few items. */
const FEW: ListLength = { usual: 5, longest: 100 }

/** Fewer lists than this say little about the longest. */
const TELLING = 20

/** What is decided for all objects of one answer. */
interface AnswerPlan {
  readonly typical: Typical | null
  /** Objects in it. */
  readonly count: number
  readonly name: string
}

const NEVER_SEEN: MemberCounts = { carried: 0, filled: 0, distinct: 0 }

/** The last id of the route is that of the object itself, unless it is that of its parent. */
function ownId({ parameters, kind }: Endpoint, path: Call['path']): string | undefined {
  const last = parameters.at(-1)
  return last === idNameOf(kind) ? path[last] : undefined
}

/** `utilityBill` goes by `utility_bill_id`. */
const idNameOf = (kind: Kind): string =>
  `${kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_id`

/** ECMA-262, 21.4.1.1. */
const LAST_DATE_MS = 8.64e15

/** Newest first, as lists are, around the one that is known. */
function createdAt(place: Place, offset: number): string | null {
  const atMs = Date.parse(place.createdAt ?? '')
  const createdAtMs = atMs - (offset - place.offset) * 1000
  // A place comes from a client, and may be in no year that a date can have.
  return Math.abs(createdAtMs) <= LAST_DATE_MS ? new Date(createdAtMs).toISOString() : null
}

const success = (value: Members | readonly Members[] | null): Reply => ({
  status: 200,
  value,
  bytes: 0,
  answeredAtMs: 0,
})

const ABSENT: Refusal = { status: 404, retryAfter: null, answeredAtMs: 0 }
