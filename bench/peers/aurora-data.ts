// The objects of the fake Aurora, and the answer that every peer has to give about them.

const PROJECTS = 200
const DESIGNS_PER_PROJECT = 3
const USERS = 10

const projectIdOf = (project: number): string => `p${project}`
const userIdOf = (user: number): string => `u${user}`
const designIdOf = (project: number, design: number): string => `d${project}-${design}`
const each = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

const projectOf = (project: number) => ({
  id: projectIdOf(project),
  name: `Project ${project} at ${100 + project} Solar Street`,
  status: 'active',
  owner_id: userIdOf(project % USERS),
  external_provider_id: `ext-${project}`,
  preferred_solar_modules: [],
  tags: ['residential'],
  customer_salutation: 'Dr.',
  property_address: `${100 + project} Solar Street, San Francisco, CA 94102, USA`,
  location: { latitude: 37.7 + project / 1000, longitude: -122.4 },
  created_at: '2026-01-02T03:04:05Z',
})

const userOf = (user: number) => ({
  id: userIdOf(user),
  first_name: 'User',
  last_name: String(user),
  name: `User ${user}`,
  email: `user${user}@example.com`,
  role: 'admin',
})

const designOf = (project: number, design: number) => ({
  id: designIdOf(project, design),
  project_id: projectIdOf(project),
  name: `Design ${design} of ${project}`,
  external_provider_id: null,
  created_at: '2026-01-03T03:04:05Z',
})

const systemSizeOf = (project: number, design: number): number => 5000 + project * 10 + design
const productionOf = (project: number, design: number): number => 7000 + project * 11 + design
const priceOf = (project: number, design: number): number => 17_500 + project * 3 + design

const summaryOf = (project: number, design: number) => ({
  id: designIdOf(project, design),
  name: `Design ${design} of ${project}`,
  system_size_stc: systemSizeOf(project, design),
  system_size_ptc: 4600 + project,
  annual_production_kwh: productionOf(project, design),
  energy_production: { annual: productionOf(project, design), monthly: each(12, (month) => month + 1) },
  bill_of_materials: [{ component_type: 'modules', name: 'M', quantity: 20 }],
  arrays: [{ module_count: 20, azimuth: 180, pitch: 20 }],
})

const pricingOf = (project: number, design: number) => ({
  pricing_method: 'price per watt',
  price_per_watt: 3.5,
  system_price: priceOf(project, design),
  base_price: 16_000 + project,
  adders: [],
  discounts: [],
  incentives: [],
})

export const TENANT_ID = 't1'

/** The replies by path, without those to lists of projects, which depend on the page. */
export function makeReplies(): ReadonlyMap<string, Buffer> {
  const replies = new Map<string, Buffer>()
  const add = (path: string, body: object): void => {
    replies.set(`/tenants/${TENANT_ID}${path}`, Buffer.from(JSON.stringify(body)))
  }
  add('/users', { users: each(USERS, userOf) })
  for (const user of each(USERS, userOf)) add(`/users/${user.id}`, { user })
  for (let project = 0; project < PROJECTS; project += 1) {
    const designs = each(DESIGNS_PER_PROJECT, (design) => designOf(project, design))
    add(`/projects/${projectIdOf(project)}`, { project: projectOf(project) })
    add(`/projects/${projectIdOf(project)}/designs`, { designs })
    for (const [design, { id }] of designs.entries()) {
      add(`/designs/${id}`, { design: designs[design] })
      add(`/designs/${id}/summary`, { design: summaryOf(project, design) })
      add(`/designs/${id}/pricing`, { pricing: pricingOf(project, design) })
    }
  }
  return replies
}

export function makeProjectsPage(page: number, perPage: number): Buffer {
  const projects = each(PROJECTS, projectOf).slice((page - 1) * perPage, page * perPage)
  return Buffer.from(JSON.stringify({ projects }))
}

export interface ExpectedProject {
  readonly id: string
  readonly name: string
  readonly owner: { readonly name: string; readonly email: string }
  readonly designs?: readonly {
    readonly id: string
    readonly name: string
    readonly summary: { readonly systemSizeStc: number; readonly annualProductionKwh: number }
    readonly pricing: { readonly systemPrice: number }
  }[]
}

/** A project as a peer has to answer it, with or without its designs. */
export function expectProject(project: number, withDesigns: boolean): ExpectedProject {
  const { name, email } = userOf(project % USERS)
  const head = { id: projectIdOf(project), name: projectOf(project).name, owner: { name, email } }
  if (!withDesigns) return head
  const designs = each(DESIGNS_PER_PROJECT, (design) => ({
    id: designIdOf(project, design),
    name: designOf(project, design).name,
    summary: {
      systemSizeStc: systemSizeOf(project, design),
      annualProductionKwh: productionOf(project, design),
    },
    pricing: { systemPrice: priceOf(project, design) },
  }))
  return { ...head, designs }
}
