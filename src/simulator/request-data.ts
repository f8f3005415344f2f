// Work that a tenant orders: roof models from designers and from EagleView, and plan sets.

import type { CoreData, DesignRecord } from './core-data.ts'
import type { Design } from './design-data.ts'
import { createOwned } from './lazy.ts'
import { BOUGHT } from './project-data.ts'
import type { ProjectRecord } from './project-data.ts'
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

export function createRequestData({ seed, projectIds, ...core }: CoreData) {
  const shared = { seed, ownerIds: projectIds, most: 1 }
  const designRequests = createOwned({ ...shared, kind: 'design requests' }, (projectId, ids, random) => {
    const record = core.projectRecord(projectId)
    if (!record || !random.chance(0.15)) return []
    const oldestDesignId = core.designIdsOf(projectId).at(-1)
    return ids.map((id) => ({ id, ...describeRequest(random, record, oldestDesignId) }))
  })
  const eagleviewTerms = { ...shared, kind: 'eagleview design requests' }
  const eagleview = createOwned(eagleviewTerms, (projectId, ids, random): EagleviewDesignRequest[] => {
    if (!random.chance(0.08)) return []
    const oldestId = core.designIdsOf(projectId).at(-1) ?? null
    const status = oldestId === null ? 'submitted' : random.pick(['submitted', 'completed', 'accepted'])
    const design_id = status === 'accepted' ? oldestId : null
    return ids.map((id) => ({ id, project_id: projectId, design_id, status }))
  })
  const planSets = createOwned({ ...shared, kind: 'plan set requests' }, (projectId, ids, random) => {
    const [newest] = core.designsOf(projectId)
    const isSold = BOUGHT.has(newest?.design.milestone?.milestone ?? '')
    // A plan without a module is refused.
    if (!newest || !isSold || newest.summary.arrays.length === 0 || !random.chance(0.7)) return []
    return ids.map((id) => describePlanSetRequest(random, id, newest))
  })
  return {
    /** All of the tenant, by the age of their projects, newest first. */
    designRequests: () => projectIds.flatMap((projectId) => designRequests.of(projectId)),
    designRequest: designRequests.find,
    // Aurora has no list of these and of plan set requests: their ids come by webhook.
    eagleviewDesignRequestsOf: eagleview.of,
    eagleviewDesignRequest: eagleview.find,
    planSetRequestsOf: planSets.of,
    planSetRequest: planSets.find,
  }
}

function describeRequest(
  random: Random,
  { project, createdAtMs }: ProjectRecord,
  oldestDesignId: string | undefined,
) {
  // Accepting a request makes the design, so a project without a design has accepted nothing.
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
    image_src: random.pick(['Nearmap', 'Nearmap (True Ortho)', null]),
  }
}

const MISSING = ['Photo of the main panel', 'Attic access', 'Utility bill']

function describePlanSetRequest(random: Random, id: string, { design, summary }: DesignRecord) {
  const status = random.pick(['draft', 'submitted', 'completed', 'completed', 'rejected'])
  const missing = random.shuffle(MISSING).slice(0, random.int(1, 2))
  const rejection_reasons = [{ reason: 'missing_information', sub_reasons: missing }]
  return {
    ...draftPlanSetRequest(id, design),
    status,
    ...(status === 'rejected' && { rejection_reasons }),
    // The intake form has these, so they are absent before it is sent. Their members are guesses.
    ...(status !== 'draft' && {
      project_information: { roof_material: 'Composition shingle', stories: 1 },
      electrical_information: { main_panel_amps: 200, dc_watts: summary.system_size_stc },
    }),
  }
}

/** As it is before its intake form is sent. */
export function draftPlanSetRequest(id: string, { id: design_id, project_id }: Design) {
  return {
    id,
    project_id,
    design_id,
    status: 'draft',
    design_url: linkDesign(project_id, design_id),
    intake_form_url: `https://app.example.com/plan-sets/${id}`,
    project_url: `https://app.example.com/projects/${project_id}/overview/dashboard`,
    rejection_reasons: [] as { reason: string; sub_reasons: string[] }[],
    project_information: null as { roof_material: string; stories: number } | null,
    electrical_information: null as { main_panel_amps: number; dc_watts: number } | null,
  }
}

/** Undefined until the request is completed. */
export function createPlanSet(request: PlanSetRequest | undefined) {
  if (request?.status !== 'completed') return undefined
  const { id, project_id, design_id } = request
  return {
    plan_set_request_id: id,
    url: `https://files.example.com/plan-sets/${id}/plan-set.pdf`,
    design_url: linkDesign(project_id, design_id),
  }
}

function linkDesign(projectId: string, designId: string): string {
  return `https://app.example.com/projects/${projectId}/designs/${designId}/cad`
}
