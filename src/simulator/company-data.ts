// The tenant of the simulator and its people: roles, teams, partners, users.

import { FIRST_NAMES, LAST_NAMES, toPhone } from './people.ts'
import { createRandom, itemAt, named } from './random.ts'
import type { Random } from './random.ts'

export type Company = ReturnType<typeof createCompany>
export type User = Company['users'][number]

const TEAMS = (
  'Coast crew, Desert crew, Mountain crew, Gulf crew, Inside sales, Field sales North, Field sales South, ' +
  'Commercial, Design desk, Service & repair, Permitting, Battery add-ons'
).split(', ')

const PARTNERS = (
  'Brightside Home Energy, Copperline Electric, Evergreen Roofing & Solar, Northgate Builders, ' +
  'Sunrise Canvassing, Tidewater Electric'
).split(', ')

/** The built-in roles of Aurora with their reach, and one made by the tenant. */
const ROLES = [
  { name: 'Admin', scope: 'all' },
  { name: 'Team Member', scope: 'team-enabled' },
  { name: 'Limited Team Member', scope: 'assigned-only' },
  { name: 'Partner Manager', scope: 'partner-enabled' },
]

/** The choices that the app offers. */
const JOB_FUNCTIONS = (
  'Sales Representative, Sales Manager, Canvasser/Setter, Designer, Design Manager, Project Manager, Operations, ' +
  'Engineering, Marketing Manager, IT or Business Systems Manager, Executive or Owner, Other'
).split(', ')

/** A client with pages of 50 needs a second page. */
const USER_COUNT = 60

export function createCompany(seed: number, tenantId: string) {
  const teams = named(seed, 'team', TEAMS)
  const partners = named(seed, 'partner', PARTNERS)
  const roles = ROLES.map(({ name, scope }) => ({ id: createRandom(seed, 'role', name).uuid(), name, scope }))
  const roleId = (name: string): string | null => roles.find((role) => role.name === name)?.id ?? null

  const users = Array.from({ length: USER_COUNT }, (_, index) => {
    const random = createRandom(seed, 'user', index)
    const firstName = random.pick(FIRST_NAMES)
    const lastName = random.pick(LAST_NAMES)
    const place = random.chance(0.25) ? partnerPlace(random, partners) : teamPlace(random, teams)
    return {
      id: random.uuid(),
      tenant_id: tenantId,
      first_name: firstName,
      last_name: lastName,
      email: `${firstName}.${lastName}${index}@example.com`.toLowerCase(),
      account_status: random.chance(0.94) ? 'active' : 'inactive',
      phone: random.chance(0.8) ? toPhone('480', index) : null,
      title: random.chance(0.85) ? place.title : null,
      job_function: random.chance(0.5) ? itemAt(JOB_FUNCTIONS, index % JOB_FUNCTIONS.length) : null,
      external_provider_id: random.chance(0.3) ? `HR-${5000 + index}` : null,
      // At least one user has to have every permission.
      role_id: roleId(index === 0 ? 'Admin' : place.role),
      team_ids: place.team_ids,
      partner_ids: place.partner_ids,
      partner_id: place.partner_ids[0] ?? null,
      locale: 'en-US',
      base_price_per_watt_min: random.chance(0.5) ? 2.35 : null,
      base_price_per_watt_max: random.chance(0.5) ? 4.1 : null,
    }
  })
  return { tenant: { id: tenantId, name: 'Imaginary Roofs Cooperative' }, teams, partners, roles, users }
}

type Ids = readonly string[]

function teamPlace(random: Random, teams: readonly { id: string }[]) {
  const title = random.pick(['Sales consultant', 'Solar designer', 'Field lead', 'Project coordinator'])
  const role = random.pick(['Team Member', 'Team Member', 'Limited Team Member'])
  const chosen = random.shuffle(teams).slice(0, random.int(1, 2))
  return { title, role, team_ids: chosen.map(({ id }) => id), partner_ids: [] as Ids }
}

function partnerPlace(random: Random, partners: readonly { id: string }[]) {
  const partner_ids: Ids = [random.pick(partners).id]
  return { title: 'Partner representative', role: 'Partner Manager', team_ids: [] as Ids, partner_ids }
}
