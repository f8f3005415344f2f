// Work that a tenant orders from others: roof models from designers and from EagleView, and plan sets.

import type { CoreData } from './core-data.ts'
import { createOwned } from './lazy.ts'
import type { Project } from './project-data.ts'
import type { Random } from './random.ts'
import { toAuroraTime } from './timestamps.ts'

export type DesignRequest = ReturnType<typeof describeRequest> & { readonly id: string }
export type PlanSetRequest = ReturnType<typeof describePlanSetRequest>

export interface EagleviewDesignRequest {
  readonly id: string
  readonly project_id: string
  readonly design_id: string | null
  readonly status: string
}

export interface RequestData {
  /** All of the tenant, by the age of their projects, newest first. */
  designRequests(): readonly DesignRequest[]
  designRequest(designRequestId: string): DesignRequest | undefined
  /** Aurora has no list of these and of plan set requests: their ids come by webhook. */
  eagleviewDesignRequestsOf(projectId: string): readonly EagleviewDesignRequest[]
  eagleviewDesignRequest(requestId: string): EagleviewDesignRequest | undefined
  planSetRequestsOf(projectId: string): readonly PlanSetRequest[]
  planSetRequest(planSetRequestId: string): PlanSetRequest | undefined
}

export function createRequestData({ seed, projectIds, ...core }: CoreData): RequestData {
  const shared = { seed, ownerIds: projectIds, most: 1 }
  const designRequests = createOwned({
    ...shared,
    kind: 'design requests',
    make: (projectId, ids, random) => {
      const record = core.projectRecord(projectId)
      if (!record || !random.chance(0.15)) return []
      const oldestDesignId = core.designIdsOf(projectId).at(-1)
      return ids.map((id) => ({ id, ...describeRequest(random, { ...record, oldestDesignId }) }))
    },
  })
  const eagleview = createOwned({
    ...shared,
    kind: 'eagleview design requests',
    make: (projectId, ids, random): EagleviewDesignRequest[] => {
      if (!random.chance(0.08)) return []
      const designId = core.designIdsOf(projectId).at(-1) ?? null
      const status = designId === null ? 'submitted' : random.pick(['submitted', 'completed', 'accepted'])
      const made = status === 'accepted' ? designId : null
      return ids.map((id) => ({ id, project_id: projectId, design_id: made, status }))
    },
  })
  const planSets = createOwned({
    ...shared,
    kind: 'plan set requests',
    make: (projectId, ids, random) => {
      const [newest] = core.designsOf(projectId)
      const isSold = ['sold', 'installed'].includes(newest?.design.milestone?.milestone ?? '')
      // A plan without a module is refused.
      if (!newest || !isSold || newest.summary.arrays.length === 0 || !random.chance(0.7)) return []
      const design = { id: newest.design.id, projectId, watts: newest.summary.system_size_stc }
      return ids.map((id) => describePlanSetRequest(random, id, design))
    },
  })
  return {
    designRequests: () => projectIds.flatMap((projectId) => designRequests.of(projectId)),
    designRequest: designRequests.find,
    eagleviewDesignRequestsOf: eagleview.of,
    eagleviewDesignRequest: eagleview.find,
    planSetRequestsOf: planSets.of,
    planSetRequest: planSets.find,
  }
}

interface RequestedProject {
  readonly project: Project
  readonly createdAtMs: number
  readonly oldestDesignId: string | undefined
}

function describeRequest(random: Random, { project, createdAtMs, oldestDesignId }: RequestedProject) {
  // Accepting is what makes the design, so that a project without one has accepted nothing.
  const ends = oldestDesignId === undefined ? [] : ['accepted', 'accepted']
  const status = random.pick(['submitted', 'in_progress', 'designer_completed', 'designer_rejected', ...ends])
  return {
    project_id: project.id,
    design_id: status === 'accepted' ? (oldestDesignId ?? null) : null,
    status,
    latitude: project.location.latitude,
    longitude: project.location.longitude,
    sla: random.pick([180, 180, 30]),
    created_at: toAuroraTime(createdAtMs + random.int(1, 20) * 60_000),
    rejection_reason: status === 'designer_rejected' ? 'The imagery is older than the building' : null,
  }
}

const MISSING = ['Photo of the main panel', 'Attic access', 'Utility bill']

interface PlannedDesign {
  readonly id: string
  readonly projectId: string
  readonly watts: number
}

function describePlanSetRequest(
  random: Random,
  id: string,
  { id: designId, projectId, watts }: PlannedDesign,
) {
  const status = random.pick(['draft', 'submitted', 'completed', 'completed', 'rejected'])
  const missing = random.shuffle(MISSING).slice(0, random.int(1, 2))
  return {
    id,
    project_id: projectId,
    design_id: designId,
    status,
    design_url: linkDesign(projectId, designId),
    intake_form_url: `https://app.example.com/plan-sets/${id}`,
    project_url: `https://app.example.com/projects/${projectId}/overview/dashboard`,
    rejection_reasons: status === 'rejected' ? [{ reason: 'missing_information', sub_reasons: missing }] : [],
    // Filled in the intake form, so not before it is sent. Their members are guesses.
    project_information: status === 'draft' ? null : { roof_material: 'Composition shingle', stories: 1 },
    electrical_information: status === 'draft' ? null : { main_panel_amps: 200, dc_watts: watts },
  }
}

/** Undefined until the request is completed. */
export function createPlanSet({ id, project_id, design_id, status }: PlanSetRequest) {
  if (status !== 'completed') return undefined
  return {
    plan_set_request_id: id,
    url: `https://files.example.com/plan-sets/${id}/plan-set.pdf`,
    design_url: linkDesign(project_id, design_id),
  }
}

function linkDesign(projectId: string, designId: string): string {
  return `https://app.example.com/projects/${projectId}/designs/${designId}/cad`
}
