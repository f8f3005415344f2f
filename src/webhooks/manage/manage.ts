// The work of `npm run webhooks`: plans, makes, shows and removes the subscriptions of the gateway at Aurora.
import type { Members } from '../../aurora/body.ts'
import type { EventName } from '../../aurora/events.ts'
import { isGatewayError } from '../../errors/errors.ts'
import { createOwnAddress } from './own-address.ts'
import { reviewSubscriptions, UNPUBLISHED, USUAL_EVENTS } from './review.ts'
import type { Action, Finding, Review, State, Wanted } from './review.ts'

export type Verb = 'plan' | 'apply' | 'status' | 'remove'

export interface ManagedTenant {
  readonly name: string
  /** Its name is part of its addresses, because the gateway serves several. */
  readonly isNamedInPath: boolean
  /** The secret of its webhooks; null: the gateway receives none about it. */
  readonly secret: string | null
  readonly subscriptions: Subscriptions
}

/** Subscriptions of one tenant at Aurora: one call each. */
export interface Subscriptions {
  list(): Promise<readonly Members[]>
  create(members: Members): Promise<void>
  update(id: string, members: Members): Promise<void>
  remove(id: string): Promise<void>
}

export interface ManageOptions {
  readonly verb: Verb
  readonly url: URL
  readonly header: string
  /** Null: all events that make a cached answer outdated; for the removal of subscriptions, all events. */
  readonly events: readonly EventName[] | null
  readonly isSecretRenewed: boolean
  readonly tenants: readonly ManagedTenant[]
  /** Removes secrets: messages of Aurora may repeat what was sent. */
  readonly scrub: (text: string) => string
  /** Called before each change. */
  readonly onAction: (tenant: string, what: string) => void
}

export interface TenantSummary {
  readonly tenant: string
  /** The error, if the subscriptions could not be read. */
  readonly failed: string | null
  readonly others: number
  readonly subscriptions: readonly Line[]
}

export interface Line {
  readonly event: string
  readonly state: State | 'created' | 'updated' | 'deleted' | 'failed'
  readonly why: string
}

export interface Summary {
  readonly url: string
  readonly tenants: readonly TenantSummary[]
  /** Whether nothing is missing, disabled or failed. */
  readonly isRight: boolean
}

/** One tenant after the other, because their calls may come from one budget. */
export async function manageSubscriptions(options: ManageOptions): Promise<Summary> {
  const tenants: TenantSummary[] = []
  for (const tenant of options.tenants) tenants.push(await manageTenant(tenant, options))
  const isRight = tenants.every(
    ({ failed, subscriptions }) => failed === null && subscriptions.every(({ state }) => RIGHT.has(state)),
  )
  return { url: options.url.href, tenants, isRight }
}

const RIGHT: ReadonlySet<Line['state']> = new Set(['ok', 'created', 'updated', 'deleted', 'extra'])

async function manageTenant(tenant: ManagedTenant, options: ManageOptions): Promise<TenantSummary> {
  const { name, secret, isNamedInPath, subscriptions } = tenant
  const { verb, url, header, events, isSecretRenewed } = options
  const empty = { tenant: name, others: 0, subscriptions: [] }
  if (secret === null && verb !== 'remove' && verb !== 'status')
    return { ...empty, failed: 'it has no secret for webhooks in the settings, so the gateway refuses them' }
  const address = createOwnAddress(url, isNamedInPath ? name : null)
  const wanted: Wanted = { address, events: events ?? USUAL_EVENTS, header, secret, isSecretRenewed }
  let review: Review
  try {
    review = reviewSubscriptions(await subscriptions.list(), wanted)
  } catch (error) {
    return { ...empty, failed: options.scrub(describe(error)) }
  }
  const { others } = review
  const act = createAct(tenant, { ...wanted, onAction: options.onAction, scrub: options.scrub })
  const lines = verb === 'remove' ? await removeOwn(review, events, act) : await putRight(review, verb, act)
  return { tenant: name, failed: null, others, subscriptions: lines }
}

type Act = (action: Action | Removal) => Promise<Line>

interface Removal {
  readonly is: 'delete'
  readonly id: string
  readonly event: string
}

async function removeOwn(
  { ownIds }: Review,
  events: ManageOptions['events'],
  act: Act,
): Promise<readonly Line[]> {
  const lines: Line[] = []
  const isNamed = (event: string): boolean => events === null || events.some((named) => named === event)
  for (const { id, event } of ownIds) if (isNamed(event)) lines.push(await act({ is: 'delete', id, event }))
  return lines
}

async function putRight({ findings }: Review, verb: Verb, act: Act): Promise<readonly Line[]> {
  const lines: Line[] = []
  for (const { event, state, why, action } of findings)
    lines.push(
      action && verb === 'apply' ? await act(action) : { event, state, why: withAction(why, action, verb) },
    )
  return lines
}

const withAction = (why: string, action: Finding['action'], verb: Verb): string =>
  action && verb === 'plan' ? `${why}: would be ${DONE[action.is]}` : why

const DONE = { create: 'created', update: 'updated', delete: 'deleted' } as const

function createAct(
  { name, subscriptions }: ManagedTenant,
  { address, header, secret, onAction, scrub }: Wanted & Pick<ManageOptions, 'onAction' | 'scrub'>,
): Act {
  const membersOf = (event: EventName, hasIds: boolean): Members => ({
    url_template: address.templateOf(event, hasIds),
    enabled: true,
    header_auth_key: header,
    header_auth_value: secret,
  })

  async function send(action: Action | Removal, hasIds: boolean): Promise<void> {
    if (action.is === 'delete') return subscriptions.remove(action.id)
    const members = membersOf(action.event, hasIds)
    if (action.is === 'update') return subscriptions.update(action.id, members)
    await subscriptions.create({ event: action.event, description: 'aurora-graphql-gateway', ...members })
  }

  return async (action) => {
    const { is, event } = action
    onAction(name, `${is} ${event}`)
    try {
      await send(action, true)
      return { event, state: DONE[is], why: '' }
    } catch (error) {
      if (action.is === 'delete' || !isRefusedInput(error) || !UNPUBLISHED.has(action.event))
        return { event, state: 'failed', why: scrub(describe(error)) }
    }
    try {
      onAction(name, `${is} ${event} without ids`)
      await send(action, false)
      return { event, state: DONE[is], why: 'without ids: Aurora refuses their placeholders' }
    } catch (error) {
      return { event, state: 'failed', why: scrub(describe(error)) }
    }
  }
}

const isRefusedInput = (error: unknown): boolean =>
  isGatewayError(error) && error.details.reason === 'VALIDATION'

/** Messages of the gateway contain no secret, and Aurora's own messages for users explain the fault. */
function describe(error: unknown): string {
  if (!isGatewayError(error)) return error instanceof Error ? error.message : String(error)
  const { messages = [] } = error.details
  return [`${error.code}: ${error.message}`, ...messages].join(' ')
}
