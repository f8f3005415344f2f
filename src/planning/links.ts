// Which members of Aurora's objects name other objects, and which of them count as filled before there was any answer.
import type { Kind } from '../aurora/kinds.ts'

/**
 * Whether the member names one or several other objects of Aurora. `external_provider_id` belongs to the integrator.
 */
export const isLink = (member: string): boolean =>
  (member.endsWith('_id') || member.endsWith('_ids')) && !member.startsWith('external_')

/** The contract lets the project be null here: there is none, or not yet. */
const MAY_LACK_PROJECT: ReadonlySet<Kind> = new Set<Kind>([
  'projectBillSummary',
  'designBillSummary',
  'projectCreationJob',
])

/** Only the link to the project is filled in every answer. */
export const isCertainLink = (kind: Kind, member: string): boolean =>
  member === 'project_id' && !MAY_LACK_PROJECT.has(kind)

/** Most projects come from no order or lead, and most companies sell their own. */
const MOSTLY_EMPTY: ReadonlySet<string> = new Set(['partner_id', 'order_id', 'created_from_lead_id'])

export const isMostlyEmpty = (member: string): boolean => MOSTLY_EMPTY.has(member)
