// What the simulator changes of the tenant itself: its people, its webhooks, how they sign in.

import type { User } from './company-data.ts'
import {
  aName,
  aPartner,
  aRole,
  aTeam,
  each,
  flag,
  longText,
  mailAddress,
  readInput,
  rulesOf,
  text,
} from './input.ts'
import type { Rules } from './input.ts'
import { TENANT } from './living-data.ts'
import type { SsoProvider, Webhook } from './living-data.ts'
import { byId, created, DELETED, demand, found, mustExist, write } from './operation.ts'
import type { Answer, Operation, OperationRequest } from './operation.ts'
import { withoutValues } from './shape.ts'

const SSO_MEMBERS = ['auth_uri', 'token_uri', 'openid_key', 'openid_secret', 'openid_discovery_doc_url']

const USER: Rules = {
  ...rulesOf(aName, 'first_name', 'last_name'),
  ...rulesOf(text, 'phone', 'title', 'external_provider_id'),
  email: mailAddress,
  role_id: aRole,
  team_ids: each(aTeam),
  partner_ids: each(aPartner),
}

const EMPTY_USER = {
  account_status: 'active',
  ...withoutValues('phone', 'title', 'job_function', 'external_provider_id', 'role_id'),
  team_ids: [],
  partner_ids: [],
  locale: 'en-US',
  ...withoutValues('base_price_per_watt_min', 'base_price_per_watt_max'),
}

/** A sixth subscription to one event is refused. */
const MOST_PER_EVENT = 5

const WEBHOOK: Rules = {
  ...rulesOf(longText, 'description', 'header_auth_value'),
  ...rulesOf(text, 'event', 'header_auth_key'),
  url_template: (value, request) =>
    longText(value, request) ?? (/^https?:\/\//.test(String(value)) ? null : 'must be an address'),
  enabled: flag,
}

const EMPTY_WEBHOOK = { description: null, enabled: true, header_auth_key: null, header_auth_value: null }

const webhookOf = ({ data, ids }: OperationRequest): Webhook =>
  mustExist(byId(data.webhooks, ids.webhook_id), 'Webhook')

function createUser(request: OperationRequest): Answer {
  const { data, maker } = request
  const members = readInput(request, 'user', { rules: USER, required: ['first_name', 'last_name', 'email'] })
  const isTaken = data.users.some(({ email }) => email === members['email'])
  demand(!isTaken, 'email has already been taken')
  const user = {
    ...EMPTY_USER,
    id: maker.newId(),
    tenant_id: data.tenant.id,
    ...members,
    partner_id: (members['partner_ids'] as string[] | undefined)?.[0] ?? null,
  } as unknown as User
  data.changes.user.add(TENANT, user)
  return created(request, 'user', user)
}

export const TENANT_WRITES: readonly Operation[] = [
  write('createSsoProvider', 'POST /sso_provider', (request) => {
    const { data } = request
    const rules = rulesOf(longText, ...SSO_MEMBERS)
    const provider = readInput(request, 'sso_provider', { rules, required: SSO_MEMBERS }) as SsoProvider
    const hasKeys = provider.openid_discovery_doc_url.endsWith('/openid-configuration')
    demand(hasKeys, 'openid_discovery_doc_url must hold a jwks_uri')
    data.changes.ssoProvider.change('', provider)
    return created(request, 'sso_provider', data.ssoProvider)
  }),

  write('createUser', 'POST /users', createUser),
  write('inviteUser', 'POST /users/invite', createUser),
  write('updateUser', 'PUT /users/{user_id}', (request) => {
    const { data, ids } = request
    mustExist(data.user(ids.user_id), 'User')
    data.changes.user.change(ids.user_id, readInput(request, 'user', { rules: USER }))
    return found('user', data.user(ids.user_id))
  }),

  write('createWebhook', 'POST /webhooks', (request) => {
    const { data, maker } = request
    const members = readInput(request, 'webhook', { rules: WEBHOOK, required: ['event', 'url_template'] })
    const event = String(members['event'])
    const count = data.webhooks.filter((webhook) => webhook.event === event).length
    demand(count < MOST_PER_EVENT, `event ${event} has ${MOST_PER_EVENT} subscriptions already`)
    const webhook = { ...EMPTY_WEBHOOK, ...members, id: maker.newId() } as Webhook
    data.changes.webhook.add(TENANT, webhook)
    return created(request, 'webhook', webhook)
  }),
  write('updateWebhook', 'PUT /webhooks/{webhook_id}', (request) => {
    const { id } = webhookOf(request)
    request.data.changes.webhook.change(id, readInput(request, 'webhook', { rules: WEBHOOK }))
    return found('webhook', webhookOf(request))
  }),
  write('deleteWebhook', 'DELETE /webhooks/{webhook_id}', (request) => {
    request.data.changes.webhook.remove(webhookOf(request).id)
    return DELETED
  }),
]
