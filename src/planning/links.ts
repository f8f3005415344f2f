// Which members of Aurora's objects name other objects, and what is known of them before an answer was seen.
import type { Kind } from '../aurora/kinds.ts'

/** Names another object of Aurora's, or several. `external_provider_id` is the integrator's own. */
export const isLink = (member: string): boolean => /_ids?$/.test(member) && !member.startsWith('external_')

/** The contract lets the project be null here: there is none, or not yet. */
const MAY_LACK_PROJECT: ReadonlySet<Kind> = new Set<Kind>([
  'projectBillSummary',
  'designBillSummary',
  'projectCreationJob',
])

/** Whether it is in every answer: of all links only that to the project is. */
export const isCertainLink = (kind: Kind, member: string): boolean =>
  member === 'project_id' && !MAY_LACK_PROJECT.has(kind)

/** Most projects come from no order or lead, and most companies sell their own. */
const MOSTLY_EMPTY: ReadonlySet<string> = new Set(['partner_id', 'order_id', 'created_from_lead_id'])

export const isMostlyEmpty = (member: string): boolean => MOSTLY_EMPTY.has(member)
