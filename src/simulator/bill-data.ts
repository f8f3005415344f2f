// What a customer pays the utility before and after solar. The bodies are not public; the figures are consistent.

import type { CoreData } from './core-data.ts'
import { FIXED_CHARGE } from './project-data.ts'
import { itemAt, roundTo, sum } from './random.ts'

export function createBillSummaries(core: CoreData) {
  /** Undefined if the consumption is not known. */
  const projectBillSummary = (projectId: string) => {
    const profile = core.profile(projectId)
    const pre_solar = profile && toYear(profile.monthly_bill, profile.monthly_energy)
    return pre_solar && { project_id: projectId, design_id: null, pre_solar, post_solar: null }
  }
  const designBillSummary = (designId: string) => {
    const record = core.design(designId)
    const projectId = record?.design.project_id ?? ''
    const before = projectBillSummary(projectId)
    const rate = core.projectRecord(projectId)?.place.rate
    if (!record || !before || rate === undefined) return undefined
    const { monthly } = record.summary.energy_production
    // Energy exported in a month earns nothing, which is the simplest rule that utilities have.
    const bought = before.pre_solar.monthly_energy.map((energy, month) =>
      roundTo(Math.max(0, energy - itemAt(monthly, month)), 1),
    )
    const bills = bought.map((energy) => roundTo(energy * rate + FIXED_CHARGE, 2))
    return { ...before, design_id: designId, post_solar: record.isSimulated ? toYear(bills, bought) : null }
  }
  return { projectBillSummary, designBillSummary }
}

function toYear(monthlyBill: readonly number[], monthlyEnergy: readonly number[]) {
  return {
    annual_bill: roundTo(sum(monthlyBill), 2),
    monthly_bill: monthlyBill,
    monthly_energy: monthlyEnergy,
  }
}
