// The core of the data set: the tenant, its projects and their designs, to which everything else belongs.

import { createCompany } from './company-data.ts'
import type { Company, User } from './company-data.ts'
import { createDesign } from './design-data.ts'
import type { Design, DesignSummary } from './design-data.ts'
import { createFinancings } from './financing-data.ts'
import type { Financing } from './financing-data.ts'
import { memoize } from './lazy.ts'
import { createPricing } from './pricing-data.ts'
import type { Pricing } from './pricing-data.ts'
import { createProfile, createProject } from './project-data.ts'
import type { ConsumptionProfile, Project, ProjectRecord } from './project-data.ts'
import { createRandom } from './random.ts'
import { DAY_MS } from './timestamps.ts'

export interface DataOptions {
  readonly seed: number
  readonly projectCount: number
  readonly tenantId: string
}

export interface CoreData extends Company {
  readonly seed: number
  readonly projectIds: readonly string[]
  readonly designIds: readonly string[]
  /** Newest first. */
  readonly projects: readonly Project[]
  project(projectId: string): Project | undefined
  /** The project with facts that no answer of Aurora contains. */
  projectRecord(projectId: string): ProjectRecord | undefined
  user(userId: string): User | undefined
  /** Undefined if the profile is not filled out. */
  profile(projectId: string): ConsumptionProfile | undefined
  /** The ids of a project's designs, newest first, without making the designs. */
  designIdsOf(projectId: string): readonly string[]
  /** Newest first; none for an unknown project. */
  designsOf(projectId: string): readonly DesignRecord[]
  design(designId: string): DesignRecord | undefined
}

export interface DesignRecord {
  /** As listed, with sizes. */
  readonly design: Design
  /** With the energy that a simulation gives, whether or not one has run. */
  readonly summary: DesignSummary
  readonly isSimulated: boolean
  readonly pricing: Pricing
  readonly financings: readonly Financing[]
}

/** When the newest project was made. It is fixed, because the data must not depend on the day of the run. */
const NEWEST_AT_MS = Date.UTC(2026, 8, 30, 17, 25, 9)

const HISTORY_MS = 2 * 365 * DAY_MS

/** Designs of a project: 0 to 4, two on average. */
const DESIGN_COUNTS = [0, 1, 1, 1, 2, 2, 2, 3, 3, 4]

/** Makes the projects at once, and everything below them at the first read. */
export function createCoreData({ seed, projectCount, tenantId }: DataOptions): CoreData {
  const company = createCompany(seed, tenantId)
  const records = createProjects(seed, projectCount, company)
  const recordById = new Map(records.map((record) => [record.project.id, record]))
  const userById = new Map(company.users.map((user) => [user.id, user]))
  const designIds = new Map(records.map((record) => [record.project.id, listDesignIds(seed, record)]))
  const ownerOfDesign = new Map(
    records.flatMap((record) => (designIds.get(record.project.id) ?? []).map((id) => [id, record] as const)),
  )

  const profile = memoize((projectId) => {
    const record = recordById.get(projectId)
    return record && createProfile(seed, record)
  })
  const design = memoize((designId): DesignRecord | undefined => {
    const owner = ownerOfDesign.get(designId)
    if (!owner) return undefined
    const ids = designIds.get(owner.project.id) ?? []
    const age = ids.indexOf(designId)
    const place = { id: designId, nth: ids.length - 1 - age, isNewest: age === 0 }
    return completeDesign(seed, createDesign(seed, owner, place, profile(owner.project.id)))
  })
  return {
    ...company,
    seed,
    projectIds: [...recordById.keys()],
    designIds: [...ownerOfDesign.keys()],
    projects: records.map(({ project }) => project),
    project: (projectId) => recordById.get(projectId)?.project,
    projectRecord: (projectId) => recordById.get(projectId),
    user: (userId) => userById.get(userId),
    profile,
    designIdsOf: (projectId) => designIds.get(projectId) ?? [],
    designsOf: (projectId) => (designIds.get(projectId) ?? []).flatMap((designId) => design(designId) ?? []),
    design,
  }
}

function createProjects(seed: number, projectCount: number, company: Company): ProjectRecord[] {
  const meanGapMs = HISTORY_MS / Math.max(1, projectCount)
  let createdAtMs = NEWEST_AT_MS
  return Array.from({ length: projectCount }, (_, index) => {
    const record = createProject(seed, index, createdAtMs, company)
    createdAtMs -= meanGapMs * createRandom(seed, 'gap', index).between(0.1, 1.9, 3)
    return record
  })
}

function listDesignIds(seed: number, { index }: ProjectRecord): string[] {
  const random = createRandom(seed, 'designs', index)
  return Array.from({ length: random.pick(DESIGN_COUNTS) }, () => random.uuid())
}

function completeDesign(seed: number, drawn: ReturnType<typeof createDesign>): DesignRecord {
  const { design, summary, system, isSimulated } = drawn
  const priced = createPricing(seed, design.id, system)
  const financings = createFinancings(seed, { ...drawn, ...priced })
  return { design, summary, isSimulated, pricing: priced.pricing, financings }
}
