// Makes the objects of one imagined answer: ids of the route, links to other imagined objects, and null for the rest.
import type { Members } from '../aurora/body.ts'
import { carriedMembers } from '../aurora/members.ts'
import { merge } from '../merge.ts'
import type { Question } from '../rest/call.ts'
import { isLink } from './links.ts'
import { carriedShare, countLinked, filledShare } from './outlook.ts'
import type { Outlook } from './outlook.ts'
import { next, spread } from './series.ts'
import type { Series, SeriesOf } from './series.ts'
import type { MemberCounts, Typical } from './typical-replies.ts'

/** In front of every imagined id. */
const MARK = 'imagined-'
export const isImagined = (id: string): boolean => id.startsWith(MARK)
export const imaginedId = (...parts: readonly (string | number)[]): string => MARK + parts.join('-')

export interface AnswersPlan {
  readonly outlook: Outlook
  readonly seriesOf: SeriesOf
  readonly typical: Typical | null
  readonly question: Pick<Question, 'endpoint' | 'path'>
}

/** What the objects of all answers to one call have in common. */
export interface ObjectPlan extends AnswersPlan {
  /** The members that all objects have. A link that differs between them is null here. */
  readonly common: Members
  readonly partial: readonly Varying[]
  readonly links: readonly Varying[]
  /** The answers to this operation so far: each has another number. */
  readonly answers: Series
}

/** Members that are equal in all objects are worked out once, because answers may have hundreds of objects. */
export function planObjects(plan: AnswersPlan): ObjectPlan {
  const { outlook, seriesOf, typical, question } = plan
  const { endpoint, path } = question
  const { operation, idMember } = endpoint
  const common: [member: string, value: string | null][] = []
  const partial: Varying[] = []
  const links: Varying[] = []
  for (const member of new Set([...carriedMembers(operation), ...(typical?.members.keys() ?? [])])) {
    const carried = carriedShare(outlook, member, typical)
    if (carried === 0) continue
    const counts = typical?.members.get(member) ?? NEVER_SEEN
    const isOpenLink = path[member] === undefined && isLink(member)
    const filled = isOpenLink ? filledShare(outlook, endpoint, { member, counts }) : 0
    const value = path[member] ?? null
    const has = seriesOf(`${operation} has ${member}`)
    const fills = seriesOf(`${operation} fills ${member}`)
    const varying = { member, carried, counts, filled, value, has, fills }
    if (carried !== 1) partial.push(varying)
    else common.push([member, value])
    if (carried === 1 && filled !== 0) links.push(varying)
  }
  if (idMember !== undefined) common.push([idMember, null])
  return {
    // V8 copies an object that was made in this way 15 times as fast as one whose members were added one by one.
    common: Object.fromEntries(common),
    partial,
    links,
    answers: seriesOf(`${operation} answers`),
    ...plan,
  }
}

/** An answer of several objects, which are made one by one. */
export interface BegunAnswer {
  readonly plan: ObjectPlan
  readonly partial: readonly Link[]
  readonly links: readonly Link[]
}

export function beginAnswer(plan: ObjectPlan, count: number): BegunAnswer {
  const name = `${plan.question.endpoint.operation}-${next(plan.answers)}`
  const begin = (varying: Varying): Link => ({
    varying,
    ids: `${imaginedId(varying.member, name)}-`,
    linked: countLinked(plan.outlook, count, varying.counts),
    given: 0,
  })
  return { plan, partial: plan.partial.map(begin), links: plan.links.map(begin) }
}

export function makeObject({ plan, partial, links }: BegunAnswer, id: string | null): Members {
  const { common, question } = plan
  const object: Record<string, unknown> = partial.length === 0 ? { ...common } : merge(take(partial), common)
  for (const link of links) object[link.varying.member] = nextValue(link)
  const { idMember } = question.endpoint
  if (idMember !== undefined) object[idMember] = id
  return object
}

/** The members of one object that not all objects have. */
function take(partial: readonly Link[]): Members {
  const members: Record<string, unknown> = {}
  for (const link of partial)
    if (spread(link.varying.has, link.varying.carried) === 1) members[link.varying.member] = nextValue(link)
  return members
}

function nextValue(link: Link): unknown {
  const { member, filled, fills, value } = link.varying
  if (filled === 0) return value
  if (spread(fills, filled) === 0) return null
  const id = link.ids + (link.given % link.linked)
  link.given += 1
  return member.endsWith('s') ? [id] : id
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
  /** Spreads `carried`, and `filled`, over the objects of all answers. */
  readonly has: Series
  readonly fills: Series
}

/** A member in the objects of one answer: links of different answers lead to different objects. */
interface Link {
  readonly varying: Varying
  /** How the ids of its objects begin. */
  readonly ids: string
  /** How many different objects it leads to. */
  readonly linked: number
  /** How many links were filled so far. */
  given: number
}

const NEVER_SEEN: MemberCounts = { carried: 0, filled: 0, distinct: 0 }
