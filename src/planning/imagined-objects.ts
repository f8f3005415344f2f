// Makes the objects of one imagined answer: ids of the route, links to other imagined objects, and null for the rest.
import type { Members } from '../aurora/body.ts'
import { carriedMembers } from '../aurora/members.ts'
import { merge } from '../merge.ts'
import type { Question } from '../rest/call.ts'
import { isLink } from './links.ts'
import { carriedShare, countLinked, filledShare } from './outlook.ts'
import type { Outlook } from './outlook.ts'
import type { Series } from './series.ts'
import type { MemberCounts, Typical } from './typical-replies.ts'

/** In front of every imagined id. */
const MARK = 'imagined-'
export const isImagined = (id: string): boolean => id.startsWith(MARK)
export const imaginedId = (...parts: readonly (string | number)[]): string => MARK + parts.join('-')

export interface AnswersPlan {
  readonly outlook: Outlook
  readonly series: Series
  readonly typical: Typical | null
  readonly question: Pick<Question, 'endpoint' | 'path'>
}

/** Begins an answer of `count` objects, and makes them one by one. */
type BeginAnswer = (count: number) => (id: string | null) => Members

/** Members that are equal in all objects are worked out once, because answers may have hundreds of objects. */
export function createObjectMaker(plan: AnswersPlan): BeginAnswer {
  const { outlook, series, typical, question } = plan
  const { endpoint, path } = question
  const { operation, idMember } = endpoint
  const common: Record<string, unknown> = {}
  const varying: Varying[] = []
  for (const member of new Set([...carriedMembers(operation), ...(typical?.members.keys() ?? [])])) {
    const carried = carriedShare(outlook, member, typical)
    if (carried === 0) continue
    const counts = typical?.members.get(member) ?? NEVER_SEEN
    const isOpenLink = path[member] === undefined && isLink(member)
    const filled = isOpenLink ? filledShare(outlook, endpoint, { member, counts }) : 0
    const value = path[member] ?? null
    if (carried === 1 && filled === 0) common[member] = value
    else varying.push({ member, carried, counts, filled, value })
  }
  return (count) => {
    const answer = `${operation}-${series.next(`${operation} answers`)}`
    const readers = varying.map((each) => ({
      read: each.filled === 0 ? () => each.value : createLinks(plan, { answer, count, ...each }),
      ...each,
    }))
    return (id) => {
      const object: Record<string, unknown> = merge({}, common)
      for (const { member, carried, read } of readers)
        if (series.spread(`${operation} has ${member}`, carried) === 1) object[member] = read()
      if (idMember !== undefined) object[idMember] = id
      return object
    }
  }
}

/** A member that differs between the objects. */
interface Varying {
  readonly member: string
  /** The part of the objects that have the member: 0 to 1. */
  readonly carried: number
  readonly counts: MemberCounts
  /** The part of the objects in which it is filled: 0 to 1. */
  readonly filled: number
  /** Its value if it is no link to an imagined object. */
  readonly value: string | null
}

interface Link extends Varying {
  /** The name of the answer: links of different answers lead to different objects. */
  readonly answer: string
  /** How many objects the answer has. */
  readonly count: number
}

function createLinks(
  { outlook, series, question }: AnswersPlan,
  { member, counts, filled, answer, count }: Link,
): () => unknown {
  const linked = countLinked(outlook, count, counts)
  const name = `${question.endpoint.operation} fills ${member}`
  let index = 0
  return () => {
    if (series.spread(name, filled) === 0) return null
    const id = imaginedId(member, answer, index++ % linked)
    return member.endsWith('s') ? [id] : id
  }
}

const NEVER_SEEN: MemberCounts = { carried: 0, filled: 0, distinct: 0 }
