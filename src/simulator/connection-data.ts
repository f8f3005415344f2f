// The connections of the tenant to other systems: webhooks, single sign-on, projects that other tenants share with it.

import { BUSINESSES, LAST_NAMES } from './people.ts'
import type { CoreData } from './core-data.ts'
import { createRandom } from './random.ts'
import { DAY_MS, toAuroraTime } from './timestamps.ts'

export type Connections = ReturnType<typeof createConnections>

/** Part of everything that is secret, so that a test can prove that no secret leaves the gateway. */
export const SECRET_CANARY = 'canary-91c4-not-a-secret'

/** The events and the placeholders in their addresses. One subscription is switched off, because it failed for too long. */
const WEBHOOKS = [
  { event: 'project_created', attributes: ['PROJECT_ID', 'SOURCE'], hasHeader: true },
  { event: 'project_changed', attributes: ['PROJECT_ID', 'SOURCE'], hasHeader: true },
  { event: 'performance_simulation_job_completed', attributes: ['DESIGN_ID', 'STATUS'], hasHeader: false },
  { event: 'agreement_status_changed', attributes: ['AGREEMENT_ID', 'STATUS'], hasHeader: true },
  { event: 'asset_created', attributes: ['ASSET_ID', 'ASSET_TYPE'], hasHeader: false, enabled: false },
]

export const SSO_PROVIDER = {
  auth_uri: 'https://login.example.com/oauth2/authorize',
  token_uri: 'https://login.example.com/oauth2/token',
  openid_key: 'imaginary-roofs',
  openid_secret: SECRET_CANARY,
  openid_discovery_doc_url: 'https://login.example.com/.well-known/openid-configuration',
}

/** More than a page of 100, so that a client that reads one page fails a test. */
const SHARED_PROJECT_COUNT = 130

const FIRST_SHARED_AT_MS = Date.UTC(2025, 0, 6, 16)

export function createConnections({ seed }: CoreData) {
  const webhooks = WEBHOOKS.map(({ event, attributes, hasHeader, enabled = true }) => {
    const query = attributes.map((name) => `${name.toLowerCase()}=<${name}>`).join('&')
    return {
      id: createRandom(seed, 'webhook', event).uuid(),
      event,
      url_template: `https://hooks.example.com/aurora?event=${event}&${query}`,
      description: enabled ? null : 'Copies pictures to the archive',
      enabled,
      header_auth_key: hasHeader ? 'X-Hook-Token' : null,
      header_auth_value: hasHeader ? SECRET_CANARY : null,
    }
  })
  const sharedProjects = Array.from({ length: SHARED_PROJECT_COUNT }, (_, index) => {
    const random = createRandom(seed, 'shared project', index)
    return {
      id: random.uuid(),
      name: `${random.pick(LAST_NAMES)} residence`,
      shared_by: random.pick(BUSINESSES),
      shared_at: toAuroraTime(FIRST_SHARED_AT_MS + index * 3 * DAY_MS),
    }
  })
  return { webhooks, sharedProjects }
}
