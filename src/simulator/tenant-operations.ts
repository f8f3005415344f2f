// What the simulator answers about the tenant itself: its people, components, templates and connections.

import { byId, ok, read, readPages, readValue } from './operation.ts'
import type { Answer, Operation, OperationRequest } from './operation.ts'
import { createPage } from './paging.ts'

/** One read a line. */
// prettier-ignore
export const TENANT_OPERATIONS: readonly Operation[] = [
  { operationId: 'retrieveVersions', method: 'GET', path: '/versions', answer: () => ok({ versions: ['2018.01', '2022.09', '2024.05'] }) },
  readValue('retrieveTenant', '', 'tenant', (data) => data.tenant),
  readValue('listTeams', '/teams', 'teams', (data) => data.teams),
  readValue('listPartners', '/partners', 'partners', (data) => data.partners),
  readValue('listRoles', '/roles', 'roles', (data) => data.roles),
  read('listUsers', '/users', listUsers),
  readValue('retrieveUser', '/users/{user_id}', 'user', (data, id) => data.user(id)),

  readValue('retrieveSsoProvider', '/sso_provider', 'sso_provider', (data) => data.ssoProvider),
  readValue('listWebhooks', '/webhooks', 'webhooks', (data) => data.webhooks),
  readValue('retrieveWebhook', '/webhooks/{webhook_id}', 'webhook', (data, id) => byId(data.webhooks, id)),

  readPages('listModules', '/components/modules', 'modules', (data) => data.modules),
  readValue('retrieveModule', '/components/modules/{module_id}', 'module', (data, id) => byId(data.modules, id)),
  readPages('listInverters', '/components/inverters', 'inverters', (data) => data.inverters),
  readValue('retrieveInverter', '/components/inverters/{inverter_id}', 'inverter', (data, id) => byId(data.inverters, id)),
  readPages('listDcOptimizers', '/components/dc_optimizers', 'dc_optimizers', (data) => data.dcOptimizers),
  readValue('retrieveDcOptimizer', '/components/dc_optimizers/{dc_optimizer_id}', 'dc_optimizer', (data, id) => byId(data.dcOptimizers, id)),

  readValue('listProposalTemplates', '/proposal_templates', 'proposal_templates', (data) => data.proposalTemplates),
  readValue('retrieveProposalTemplate', '/proposal_templates/{proposal_template_id}', 'proposal_template', (data, id) => byId(data.proposalTemplates, id)),
  readPages('listSharedProjects', '/shared_projects', 'shared_projects', (data) => data.sharedProjects),
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
