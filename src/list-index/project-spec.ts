// The values of a project for filters, sorts and searches: members that lists of projects show.
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { readTimeMs } from '../aurora/times.ts'
import type { ListSpec } from './list-index.ts'
import { caselessOf, joined, textOf, textsIn, valuesOf } from './read-members.ts'

const SEARCHED = [
  'name',
  'customer_first_name',
  'customer_last_name',
  'customer_email',
  'mailing_address',
  'external_provider_id',
] as const

function textsOf(project: Members): readonly string[] {
  const { location } = project
  return [
    ...textsIn(project, SEARCHED),
    ...(isMembers(location) ? textsIn(location, ['property_address']) : []),
  ]
}

export const PROJECT_SPEC = {
  values: {
    status: valuesOf('status'),
    projectType: valuesOf('project_type'),
    tags: valuesOf('tags'),
    ownerId: caselessOf('owner_id'),
    teamId: caselessOf('team_id'),
    partnerId: caselessOf('partner_id'),
    externalProviderId: valuesOf('external_provider_id'),
  },
  sorts: {
    CREATED_AT: (project) => readTimeMs(project['created_at']),
    NAME: textOf('name'),
    STATUS: textOf('status'),
    CUSTOMER: (project) => joined(project, ['customer_last_name', 'customer_first_name']),
  },
  texts: textsOf,
  searched: [...SEARCHED, 'location'],
  members: [
    ...SEARCHED,
    'location',
    'status',
    'project_type',
    'tags',
    'owner_id',
    'team_id',
    'partner_id',
    'created_at',
  ],
} as const satisfies ListSpec
