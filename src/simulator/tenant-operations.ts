// What the simulator answers about the tenant itself: its people, components, templates and connections.

import { byId, ok, pages, read, show } from './operation.ts'
import type { Answer, Operation, OperationRequest } from './operation.ts'
import { createPage } from './paging.ts'

/** One read a line. */
// prettier-ignore
export const TENANT_OPERATIONS: readonly Operation[] = [
  { operationId: 'retrieveVersions', method: 'GET', path: '/versions', answer: () => ok({ versions: ['2018.01', '2022.09', '2024.05'] }) },
  show('retrieveTenant', '', 'tenant', (data) => data.tenant),
  show('listTeams', '/teams', 'teams', (data) => data.teams),
  show('listPartners', '/partners', 'partners', (data) => data.partners),
  show('listRoles', '/roles', 'roles', (data) => data.roles),
  read('listUsers', '/users', listUsers),
  show('retrieveUser', '/users/{user_id}', 'user', (data, id) => data.user(id)),

  show('retrieveSsoProvider', '/sso_provider', 'sso_provider', (data) => data.ssoProvider),
  show('listWebhooks', '/webhooks', 'webhooks', (data) => data.webhooks),
  show('retrieveWebhook', '/webhooks/{webhook_id}', 'webhook', (data, id) => byId(data.webhooks, id)),

  pages('listModules', '/components/modules', 'modules', (data) => data.modules),
  show('retrieveModule', '/components/modules/{module_id}', 'module', (data, id) => byId(data.modules, id)),
  pages('listInverters', '/components/inverters', 'inverters', (data) => data.inverters),
  show('retrieveInverter', '/components/inverters/{inverter_id}', 'inverter', (data, id) => byId(data.inverters, id)),
  pages('listDcOptimizers', '/components/dc_optimizers', 'dc_optimizers', (data) => data.dcOptimizers),
  show('retrieveDcOptimizer', '/components/dc_optimizers/{dc_optimizer_id}', 'dc_optimizer', (data, id) => byId(data.dcOptimizers, id)),

  show('listProposalTemplates', '/proposal_templates', 'proposal_templates', (data) => data.proposalTemplates),
  show('retrieveProposalTemplate', '/proposal_templates/{proposal_template_id}', 'proposal_template', (data, id) => byId(data.proposalTemplates, id)),
  pages('listSharedProjects', '/shared_projects', 'shared_projects', (data) => data.sharedProjects),
]

function listUsers({ data, query, shape }: OperationRequest): Answer {
  const partners = query.getAll('partner_id')
  const users = data.users
    .filter(({ partner_ids }) => partners.length === 0 || partner_ids.some((id) => partners.includes(id)))
    .map(({ id, email, first_name, last_name, account_status }) => {
      return { id, email, first_name, last_name, account_status }
    })
  return ok({ users: shape.userPaging === 'honoured' ? createPage(users, query) : users })
}
