// What the simulator answers about the tenant itself: its people, components, templates and connections.

import { found, ok, paged, read } from './operation.ts'
import type { Operation } from './operation.ts'
import { createPage } from './paging.ts'

export const TENANT_OPERATIONS: readonly Operation[] = [
  read('retrieveVersions', '/versions', () => ok({ versions: ['2018.01', '2022.09', '2024.05'] })),
  read('retrieveTenant', '/tenants/{tenant_id}', ({ data }) => ok({ tenant: data.tenant })),
  read('listTeams', '/tenants/{tenant_id}/teams', ({ data }) => ok({ teams: data.teams })),
  read('listPartners', '/tenants/{tenant_id}/partners', ({ data }) => ok({ partners: data.partners })),
  read('listRoles', '/tenants/{tenant_id}/roles', ({ data }) => ok({ roles: data.roles })),

  read('listUsers', '/tenants/{tenant_id}/users', ({ data, query, shape }) => {
    const partners = query.getAll('partner_id')
    const users = data.users
      .filter(({ partner_ids }) => partners.length === 0 || partner_ids.some((id) => partners.includes(id)))
      .map(({ id, email, first_name, last_name, account_status }) => {
        return { id, email, first_name, last_name, account_status }
      })
    return ok({ users: shape.userPaging === 'honoured' ? createPage(users, query) : users })
  }),
  read('retrieveUser', '/tenants/{tenant_id}/users/{user_id}', ({ ids, data }) =>
    found('user', data.user(ids.user_id)),
  ),

  read('retrieveSsoProvider', '/tenants/{tenant_id}/sso_provider', ({ data }) =>
    found('sso_provider', data.ssoProvider),
  ),
  read('listWebhooks', '/tenants/{tenant_id}/webhooks', ({ data }) => ok({ webhooks: data.webhooks })),
  read('retrieveWebhook', '/tenants/{tenant_id}/webhooks/{webhook_id}', ({ ids, data }) =>
    found('webhook', byId(data.webhooks, ids.webhook_id)),
  ),

  read('listModules', '/tenants/{tenant_id}/components/modules', (request) =>
    paged(request, 'modules', request.data.modules),
  ),
  read('retrieveModule', '/tenants/{tenant_id}/components/modules/{module_id}', ({ ids, data }) =>
    found('module', byId(data.modules, ids.module_id)),
  ),
  read('listInverters', '/tenants/{tenant_id}/components/inverters', (request) =>
    paged(request, 'inverters', request.data.inverters),
  ),
  read('retrieveInverter', '/tenants/{tenant_id}/components/inverters/{inverter_id}', ({ ids, data }) =>
    found('inverter', byId(data.inverters, ids.inverter_id)),
  ),
  read('listDcOptimizers', '/tenants/{tenant_id}/components/dc_optimizers', (request) =>
    paged(request, 'dc_optimizers', request.data.dcOptimizers),
  ),
  read(
    'retrieveDcOptimizer',
    '/tenants/{tenant_id}/components/dc_optimizers/{dc_optimizer_id}',
    ({ ids, data }) => found('dc_optimizer', byId(data.dcOptimizers, ids.dc_optimizer_id)),
  ),

  read('listProposalTemplates', '/tenants/{tenant_id}/proposal_templates', ({ data }) =>
    ok({ proposal_templates: data.proposalTemplates }),
  ),
  read(
    'retrieveProposalTemplate',
    '/tenants/{tenant_id}/proposal_templates/{proposal_template_id}',
    ({ ids, data }) => found('proposal_template', byId(data.proposalTemplates, ids.proposal_template_id)),
  ),
  read('listSharedProjects', '/tenants/{tenant_id}/shared_projects', (request) =>
    paged(request, 'shared_projects', request.data.sharedProjects),
  ),
]

function byId<T extends { readonly id: string }>(list: readonly T[], id: string): T | undefined {
  return list.find((item) => item.id === id)
}
