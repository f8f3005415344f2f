// Designs and their summaries: a system is drawn once, and everything that Aurora returns about it is computed from it.

import { sizeSystem } from './system.ts'
import type { System } from './system.ts'
import type { ConsumptionProfile, ProjectRecord } from './project-data.ts'
import { createRandom, roundTo, sum } from './random.ts'
import type { Random } from './random.ts'
import { DAY_MS, toIsoTime } from './timestamps.ts'

export type Design = ReturnType<typeof createDesign>['design']
export type DesignSummary = ReturnType<typeof createDesign>['summary']

/** `nth` counts from 0, the oldest design of the project. */
export interface DesignPlace {
  readonly id: string
  readonly nth: number
  readonly isNewest: boolean
}

export function createDesign(
  seed: number,
  owner: ProjectRecord,
  { id, nth, isNewest }: DesignPlace,
  profile: ConsumptionProfile | undefined,
) {
  const random = createRandom(seed, 'design', owner.index, nth)
  const isCommercial = owner.project.project_type === 'commercial'
  // The oldest design comes within hours of the project, each later one some days after.
  const createdAtMs = owner.createdAtMs + nth * 3 * DAY_MS + random.int(1, 40) * (DAY_MS / 24)
  const system = random.chance(0.95) ? sizeSystem(random, isCommercial) : BARE_ROOF
  const isSimulated = system.arrays.length > 0 && random.chance(0.88)
  const shared = {
    external_provider_id: random.chance(0.3) ? `CRM-${20000 + owner.index}-D${nth + 1}` : null,
    created_at: toIsoTime(createdAtMs),
    system_size_stc: sum(system.arrays.map((array) => array.size)),
    system_size_ptc: roundTo(sum(system.arrays.map(({ model, count }) => model.ratingPtc * count)), 1),
    system_size_ac: system.acWatts,
  }
  const design = {
    id,
    project_id: owner.project.id,
    name: random.pick(['Full roof', 'South roof', 'South roof plus garage', 'Budget option', 'With battery']),
    ...shared,
    milestone: createMilestone(random, isNewest ? owner.stage : null, createdAtMs),
  }
  const summary = {
    design_id: id,
    project_id: owner.project.id,
    ...shared,
    bill_of_materials: system.billOfMaterials,
    arrays: system.arrays.map(({ array }) => (isSimulated ? array : withoutShading(array))),
    string_inverters: system.stringInverters,
    storage_inverters: system.storageInverters,
    batteries: system.batteries,
    storage_selected_operating_mode: system.batteries.length > 0 ? 'self_consumption' : null,
    energy_production: createEnergy(random, system, owner, profile),
  }
  return { design, summary, system, isSimulated, createdAtMs, rate: owner.place.rate }
}

/** A design that a user has just begun. */
export const BARE_ROOF: System = {
  arrays: [],
  billOfMaterials: [],
  components: [],
  stringInverters: [],
  storageInverters: [],
  batteries: [],
  acWatts: 0,
}

function createMilestone(random: Random, stage: string | null, createdAtMs: number) {
  const milestone = stage ?? (random.chance(0.15) ? 'offered' : null)
  if (milestone === null) return null
  return {
    id: random.uuid(),
    milestone,
    notes: random.chance(0.2) ? 'Customer chose the larger battery' : null,
    recorded_at: toIsoTime(createdAtMs + random.int(1, 30) * DAY_MS),
  }
}

/** Aurora has no shading before an irradiance analysis has run. */
function withoutShading({ shading: _, ...array }: System['arrays'][number]['array']) {
  return array
}

function createEnergy(
  random: Random,
  system: System,
  { place }: ProjectRecord,
  profile: ConsumptionProfile | undefined,
) {
  const kwhAtFullSun = sum(system.arrays.map(({ size, exposure }) => (size / 1000) * exposure))
  // Further north, summer and winter days differ more.
  const season = 0.12 + (place.latitude - 25) / 60
  const monthly = Array.from({ length: 12 }, (_, month) => {
    const share = (1 - season * Math.cos(((month + 0.3) / 6) * Math.PI)) / 12
    return roundTo(kwhAtFullSun * place.yieldPerKw * share, 1)
  })
  const annual = roundTo(sum(monthly), 1)
  const consumed = profile && sum(profile.monthly_energy)
  return {
    up_to_date: random.chance(0.9),
    annual,
    annual_offset:
      consumed !== undefined && consumed > 0 ? `${Math.round((annual / consumed) * 100)}%` : null,
    monthly,
    hourly: null,
    loss_summary: [],
  }
}
