// Compares the subscriptions of a tenant at Aurora with those that the gateway needs. Pure: it decides, and changes nothing.
import { readAuroraId } from '../../aurora/body.ts'
import type { Members } from '../../aurora/body.ts'
import { EVENT_NAMES, eventRow } from '../../aurora/events.ts'
import type { EventName } from '../../aurora/events.ts'
import { isSameTemplate } from './own-address.ts'
import type { OwnAddress } from './own-address.ts'

/**
 * `ok`; `missing`: there is none; `full`: there is none, and other subscriptions take all places of the event; `disabled`;
 * `differs`: another address, header or secret; `double`: another one of ours has the event already; `filtered`: it is
 * limited to some values, so it does not report every change; `extra`: it leads to the gateway, and is for an event that is not
 * wanted, or for another tenant of the gateway.
 */
export type State = 'ok' | 'missing' | 'full' | 'disabled' | 'differs' | 'double' | 'filtered' | 'extra'

export type Action =
  | { readonly is: 'create'; readonly event: EventName }
  | { readonly is: 'update' | 'delete'; readonly id: string; readonly event: EventName }

export interface Finding {
  readonly event: string
  readonly state: State
  /** For people. It contains no secret, and no address of others. */
  readonly why: string
  /** The action that corrects it; null if there is nothing to do, or only a person can do it. */
  readonly action: Action | null
}

export interface Review {
  readonly findings: readonly Finding[]
  /** Ids of all subscriptions that lead to this tenant of the gateway. */
  readonly ownIds: readonly { readonly id: string; readonly event: string }[]
  /** The number of other subscriptions. */
  readonly others: number
}

export interface Wanted {
  readonly address: OwnAddress
  readonly events: readonly EventName[]
  readonly header: string
  /** The secret that subscriptions have to send; null: not known, so it is not compared. */
  readonly secret: string | null
  /** Whether the secret is written again, even if it seems to be right. */
  readonly isSecretRenewed: boolean
}

/** Aurora refuses a sixth subscription of a tenant to one event. */
const MOST_PER_EVENT = 5

/**
 * No page of Aurora lists the attributes of these events, so that Aurora may refuse a template with ids. A subscription
 * of ours without them is right, too: its webhook concerns every object then.
 */
export const UNPUBLISHED: ReadonlySet<EventName> = new Set<EventName>([
  'project_deleted',
  'design_deleted',
  'milestone_shared',
  'agreement_download_url_job_completed',
  'ai_roof_job_completed',
  'fire_pathway_placement_job_completed',
  'panel_irradiance_analysis_job_completed',
  'eagleview_design_request_created',
  'eagleview_design_request_status_changed',
  'order_created',
  'plan_set_request_status_changed',
  'site_survey_requested',
  'site_survey_status_changed',
])

/**
 * The events that make a cached answer outdated. Leads are events of older versions: no kind of the catalogue is a
 * lead.
 */
export const USUAL_EVENTS: readonly EventName[] = EVENT_NAMES.filter(
  (name) => !name.startsWith('lead_') && Object.keys(eventRow(name).touches).length > 0,
)

export function reviewSubscriptions(listed: readonly Members[], wanted: Wanted): Review {
  const { address, events } = wanted
  const own = listed.filter((each) => address.isOwn(textOf(each, 'url_template')))
  const findings = events.flatMap((event) =>
    reviewEvent(
      event,
      listed.filter((each) => each['event'] === event),
      wanted,
    ),
  )
  const ofOtherNames = listed.filter((each) => address.isOfOtherName(textOf(each, 'url_template')))
  const extra = [
    ...own
      .filter((each) => !events.some((event) => event === each['event']))
      .map((each) => toExtra(each, 'leads here, and is for an event that is not wanted')),
    ...ofOtherNames.map((each) => toExtra(each, 'leads here, and is of another tenant of the gateway')),
  ]
  return {
    findings: [...findings, ...extra],
    ownIds: own.flatMap((each) => {
      const id = readAuroraId(each['id'])
      return id === null ? [] : [{ id, event: textOf(each, 'event') }]
    }),
    others: listed.length - own.length - ofOtherNames.length,
  }
}

const toExtra = (each: Members, why: string): Finding => ({
  event: textOf(each, 'event'),
  state: 'extra',
  why,
  action: null,
})

function reviewEvent(event: EventName, listed: readonly Members[], wanted: Wanted): readonly Finding[] {
  const { address } = wanted
  const own = listed.filter((each) => address.isOwn(textOf(each, 'url_template')))
  if (own.length === 0)
    return listed.length < MOST_PER_EVENT
      ? [{ event, state: 'missing', why: 'there is none', action: { is: 'create', event } }]
      : [{ event, state: 'full', why: `${listed.length} others have all places of the event`, action: null }]
  // The subscription that needs the smallest change is kept.
  const [kept, ...doubles] = own
    .map((each) => ({ each, found: reviewOne(event, each, wanted) }))
    .sort((a, b) => RANKS.indexOf(a.found.state) - RANKS.indexOf(b.found.state))
  return [
    ...(kept ? [kept.found] : []),
    ...doubles.map(({ each }): Finding => ({
      event,
      state: 'double',
      why: 'another one leads here, too',
      action: actionOn('delete', event, each),
    })),
  ]
}

const RANKS: readonly State[] = ['ok', 'differs', 'disabled', 'filtered']

function reviewOne(event: EventName, each: Members, wanted: Wanted): Finding {
  const reasons = findDifferences(event, each, wanted)
  const isDisabled = each['enabled'] === false
  const action = actionOn('update', event, each)
  if (isDisabled)
    return { event, state: 'disabled', why: ['it is switched off', ...reasons].join('; '), action }
  if (reasons.length > 0) return { event, state: 'differs', why: reasons.join('; '), action }
  if (isFiltered(each['filters']))
    return { event, state: 'filtered', why: 'it is limited to some values: remove its filters', action: null }
  if (wanted.isSecretRenewed) return { event, state: 'ok', why: 'its secret is written again', action }
  return { event, state: 'ok', why: '', action: null }
}

const actionOn = (is: 'update' | 'delete', event: EventName, each: Members): Action | null => {
  const id = readAuroraId(each['id'])
  return id === null ? null : { is, id, event }
}

function findDifferences(event: EventName, each: Members, wanted: Wanted): readonly string[] {
  const { address, header, secret } = wanted
  const template = textOf(each, 'url_template')
  const isRight =
    isSameTemplate(template, address.templateOf(event)) ||
    (UNPUBLISHED.has(event) && isSameTemplate(template, address.templateOf(event, false)))
  const key = each['header_auth_key']
  const value = each['header_auth_value']
  return [
    ...(isRight ? [] : ['another address']),
    ...(isText(key) && key.toLowerCase() !== header.toLowerCase() ? ['another header'] : []),
    ...(secret !== null && isText(value) && !isMasked(value) && value !== secret ? ['another secret'] : []),
  ]
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Whether secrets come back on reads is not public; some services return stars or dots instead. */
const isMasked = (value: string): boolean => /\*{2}|•|\.{3}|^[x.*-]+$/i.test(value)

/** Its form is not public. */
const isFiltered = (filters: unknown): boolean =>
  typeof filters === 'object' && filters !== null && Object.keys(filters).length > 0

const textOf = (each: Members, name: string): string => {
  const value = each[name]
  return typeof value === 'string' ? value : ''
}
