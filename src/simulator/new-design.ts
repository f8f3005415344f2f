// A design that a user has just begun: its roof is empty.

import type { DesignRecord } from './data.ts'
import { BARE_ROOF } from './design-data.ts'
import type { Design, DesignSummary } from './design-data.ts'
import type { Maker, OperationRequest } from './operation.ts'
import { createPricing } from './pricing-data.ts'
import type { JsonObject } from './shape.ts'
import { toIsoTime } from './timestamps.ts'

export function beginDesign(seed: number, maker: Maker, members: JsonObject): DesignRecord {
  const id = maker.newId()
  const shared = {
    external_provider_id: null,
    created_at: toIsoTime(maker.nowMs()),
    system_size_stc: 0,
    system_size_ptc: 0,
    system_size_ac: 0,
  }
  const design = { id, name: 'New design', ...shared, milestone: null, ...members } as unknown as Design
  const summary = {
    design_id: id,
    project_id: design.project_id,
    ...shared,
    bill_of_materials: [],
    arrays: [],
    string_inverters: [],
    storage_inverters: [],
    batteries: [],
    storage_selected_operating_mode: null,
    energy_production: NO_ENERGY,
  } as unknown as DesignSummary
  return { design, summary, isSimulated: false, ...createPricing(seed, id, BARE_ROOF), financings: [] }
}

const NO_ENERGY = {
  up_to_date: true,
  annual: 0,
  annual_offset: null,
  monthly: Array.from({ length: 12 }, () => 0),
  hourly: null,
  loss_summary: [],
}

/** The design that is made when a roof model is accepted. */
export function addDesign({ data, maker }: OperationRequest, projectId: string): DesignRecord {
  const record = beginDesign(data.seed, maker, { project_id: projectId })
  data.changes.design.add(projectId, record)
  return record
}
