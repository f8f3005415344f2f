// Makes the objects of one imagined answer: ids of the route, links to other imagined objects, and null for the rest.
import type { Members } from '../aurora/body.ts'
import { carriedMembers } from '../aurora/members.ts'
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

export interface AnswerPlan {
  readonly outlook: Outlook
  readonly series: Series
  readonly typical: Typical | null
  /** How many objects the answer has. */
  readonly count: number
  readonly question: Pick<Question, 'endpoint' | 'path'>
}

type MakeObject = (id: string | null) => Members

/** Members that are equal in all objects of the answer are worked out once, because it may have hundreds of objects. */
export function createObjectMaker(plan: AnswerPlan): MakeObject {
  const { outlook, series, typical, question } = plan
  const { endpoint, path } = question
  const { operation, idMember } = endpoint
  const answer = `${operation}-${series.next(`${operation} answers`)}`
  const common: Record<string, unknown> = {}
  const varying: ((object: Record<string, unknown>) => void)[] = []
  for (const member of new Set([...carriedMembers(operation), ...(typical?.members.keys() ?? [])])) {
    const carried = carriedShare(outlook, member, typical)
    if (carried === 0) continue
    const counts = typical?.members.get(member) ?? NEVER_SEEN
    const isOpenLink = path[member] === undefined && isLink(member)
    const filled = isOpenLink ? filledShare(outlook, endpoint, { member, counts }) : 0
    const value = path[member] ?? null
    const read = filled === 0 ? () => value : createLinks(plan, { member, counts, filled, answer })
    if (carried === 1 && filled === 0) common[member] = value
    else
      varying.push((object) => {
        if (series.spread(`${operation} has ${member}`, carried) === 1) object[member] = read()
      })
  }
  return (id) => {
    const object: Record<string, unknown> = { ...common }
    for (const add of varying) add(object)
    if (idMember !== undefined) object[idMember] = id
    return object
  }
}

interface Link {
  readonly member: string
  readonly counts: MemberCounts
  /** 0 to 1. */
  readonly filled: number
  /** The name of the answer: links of different answers lead to different objects. */
  readonly answer: string
}

function createLinks(
  { outlook, series, count, question }: AnswerPlan,
  { member, counts, filled, answer }: Link,
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
