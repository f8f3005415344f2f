// What the simulator changes of the tenant itself: its people, its webhooks, how they sign in.

import type { User } from './company-data.ts'
import { aPartner, aRole, aTeam, each, flag, longText, readInput, text } from './input.ts'
import type { Rules } from './input.ts'
import { TENANT } from './living-data.ts'
import type { SsoProvider, Webhook } from './living-data.ts'
import { created, DELETED, found, ok, refuse, userError, write } from './operation.ts'
import type { Answer, Operation, OperationRequest } from './operation.ts'

const USER: Rules = {
  first_name: text,
  last_name: text,
  email: (value, request) =>
    text(value, request) ?? (String(value).includes('@') ? null : 'must be an email address'),
  phone: text,
  title: text,
  external_provider_id: text,
  role_id: aRole,
  team_ids: each(aTeam),
  partner_ids: each(aPartner),
}

function createUser(request: OperationRequest): Answer {
  const { data, maker } = request
  const input = readInput(request, 'user', { rules: USER, required: ['first_name', 'last_name', 'email'] })
  if ('refusal' in input) return input.refusal
  const { members } = input
  if (data.users.some(({ email }) => email === members['email']))
    return userError(422, 'email has already been taken')
  const user = {
    ...NOBODY,
    id: maker.newId(),
    tenant_id: data.tenant.id,
    ...members,
    partner_id: (members['partner_ids'] as string[] | undefined)?.[0] ?? null,
  } as unknown as User
  data.changes.user.add(TENANT, user)
  return created(request, 'user', user)
}

const NOBODY = {
  account_status: 'active',
  phone: null,
  title: null,
  job_function: null,
  external_provider_id: null,
  role_id: null,
  team_ids: [],
  partner_ids: [],
  locale: 'en-US',
  base_price_per_watt_min: null,
  base_price_per_watt_max: null,
}

/** A sixth subscription to one event is refused. */
const MOST_PER_EVENT = 5

const WEBHOOK: Rules = {
  event: text,
  url_template: (value, request) =>
    longText(value, request) ?? (/^https?:\/\//.test(String(value)) ? null : 'must be an address'),
  description: longText,
  enabled: flag,
  header_auth_key: text,
  header_auth_value: longText,
}

export const TENANT_WRITES: readonly Operation[] = [
  write('createSsoProvider', 'POST /tenants/{tenant_id}/sso_provider', (request) => {
    const names = ['auth_uri', 'token_uri', 'openid_key', 'openid_secret', 'openid_discovery_doc_url']
    const rules = Object.fromEntries(names.map((name) => [name, longText]))
    const input = readInput(request, 'sso_provider', { rules, required: names })
    if ('refusal' in input) return input.refusal
    const provider = input.members as unknown as SsoProvider
    if (!provider.openid_discovery_doc_url.endsWith('/openid-configuration'))
      return userError(422, 'openid_discovery_doc_url must hold a jwks_uri')
    request.data.changes.ssoProvider.change('', provider)
    return created(request, 'sso_provider', request.data.ssoProvider)
  }),

  write('createUser', 'POST /tenants/{tenant_id}/users', createUser),
  write('inviteUser', 'POST /tenants/{tenant_id}/users/invite', createUser),
  write('updateUser', 'PUT /tenants/{tenant_id}/users/{user_id}', (request) => {
    const { data, ids } = request
    if (!data.user(ids.user_id)) return refuse(404, 'User not found')
    const input = readInput(request, 'user', { rules: USER })
    if ('refusal' in input) return input.refusal
    data.changes.user.change(ids.user_id, input.members)
    return found('user', data.user(ids.user_id))
  }),

  write('createWebhook', 'POST /tenants/{tenant_id}/webhooks', (request) => {
    const { data, maker } = request
    const input = readInput(request, 'webhook', { rules: WEBHOOK, required: ['event', 'url_template'] })
    if ('refusal' in input) return input.refusal
    const { event } = input.members
    if (data.webhooks.filter((webhook) => webhook.event === event).length >= MOST_PER_EVENT)
      return userError(422, `event ${String(event)} has ${MOST_PER_EVENT} subscriptions already`)
    const webhook = { ...SILENT, ...input.members, id: maker.newId() } as Webhook
    data.changes.webhook.add(TENANT, webhook)
    return created(request, 'webhook', webhook)
  }),
  write('updateWebhook', 'PUT /tenants/{tenant_id}/webhooks/{webhook_id}', (request) => {
    const { data, ids } = request
    const find = () => data.webhooks.find(({ id }) => id === ids.webhook_id)
    if (!find()) return refuse(404, 'Webhook not found')
    const input = readInput(request, 'webhook', { rules: WEBHOOK })
    if ('refusal' in input) return input.refusal
    data.changes.webhook.change(ids.webhook_id, input.members)
    return ok({ webhook: find() })
  }),
  write('deleteWebhook', 'DELETE /tenants/{tenant_id}/webhooks/{webhook_id}', ({ data, ids }) => {
    if (!data.webhooks.some(({ id }) => id === ids.webhook_id)) return refuse(404, 'Webhook not found')
    data.changes.webhook.remove(ids.webhook_id)
    return DELETED
  }),
]

const SILENT = { description: null, enabled: true, header_auth_key: null, header_auth_value: null }
