// The assumptions of a dry run about Aurora's answers, worked out from earlier answers: lengths of lists, members and links.
import type { Endpoint } from '../aurora/endpoint.ts'
import type { ListLength, ReadEndpoint } from '../aurora/reads.ts'
import { isCertainLink, isMostlyEmpty } from './links.ts'
import type { MemberCounts, Typical } from './typical-replies.ts'

/**
 * `min`: every list is empty and no link leads anywhere. `expected`: the average of the answers seen before. `max`: every
 * list is as long as the longest one, and every link leads to an object. `certain`: as `expected`, but a list that was never
 * seen has one item, so that only certain calls count.
 */
export type Outlook = 'min' | 'certain' | 'expected' | 'max'

/** Most lists without a row of their own have a few items. */
const FEW: ListLength = { usual: 5, longest: 100 }

/** After this many lists, the longest list so far replaces the longest one of the catalogue. */
const ENOUGH_LISTS = 20

/** The assumed length of a list before the first one was read. */
export const lengthOf = ({ length = FEW }: Pick<ReadEndpoint, 'length'>): ListLength => length

/** The average length of a list. */
export function listLength(outlook: Outlook, endpoint: Endpoint, typical: Typical | null): number {
  const { usual, longest } = lengthOf(endpoint as ReadEndpoint)
  const lists = typical?.lists ?? 0
  const seenLongest = typical?.longest ?? 0
  switch (outlook) {
    case 'min':
      return 0
    case 'certain':
    case 'expected':
      if (typical && lists > 0) return typical.listed / lists
      return outlook === 'certain' ? Math.max(1, seenLongest) : usual
    case 'max':
      return Math.max(seenLongest, lists >= ENOUGH_LISTS ? 0 : longest)
  }
}

/** 0 to 1: how often the object exists. */
export function presentShare(outlook: Outlook, { mayBeAbsent }: Endpoint, typical: Typical | null): number {
  if (!mayBeAbsent || outlook === 'max') return 1
  if (outlook === 'min') return 0
  return typical && typical.replies > 0 ? 1 - typical.absences / typical.replies : 1
}

/** 0 to 1: how many of the objects have the member, null or not. */
export function carriedShare(outlook: Outlook, member: string, typical: Typical | null): number {
  if (!typical || typical.objects === 0 || outlook === 'min') return 1
  const share = (typical.members.get(member)?.carried ?? 0) / typical.objects
  return outlook === 'max' ? Math.floor(share) : share
}

/** 0 to 1: how many of the links with this name lead to an object. */
export function filledShare(
  outlook: Outlook,
  { kind }: Endpoint,
  { member, counts }: { member: string; counts: MemberCounts },
): number {
  if (outlook === 'max' || isCertainLink(kind, member)) return 1
  if (outlook === 'min') return 0
  if (counts.carried > 0) return counts.filled / counts.carried
  return isMostlyEmpty(member) ? 0 : 1
}

/** How many different objects the links of `count` objects lead to. */
export function countLinked(
  outlook: Outlook,
  count: number,
  { carried, filled, distinct }: MemberCounts,
): number {
  const isSeen = (outlook === 'expected' || outlook === 'certain') && filled > 0
  return isSeen ? Math.max(1, Math.round((count * distinct) / carried)) : count
}
