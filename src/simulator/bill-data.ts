// What a customer pays the utility before and after solar. The bodies are not public; the figures are consistent.

import type { CoreData } from './core-data.ts'
import { FIXED_CHARGE } from './project-data.ts'
import { itemAt, roundTo, sum } from './random.ts'

type YearOfBills = ReturnType<typeof toYear>

export interface BillSummary {
  readonly project_id: string
  readonly design_id: string | null
  readonly pre_solar: YearOfBills
  /** Null for a project, and for a design without a simulation. */
  readonly post_solar: YearOfBills | null
}

export interface BillSummaries {
  /** Undefined where the consumption is not known. */
  projectBillSummary(projectId: string): BillSummary | undefined
  designBillSummary(designId: string): BillSummary | undefined
}

export function createBillSummaries(core: CoreData): BillSummaries {
  const projectBillSummary = (projectId: string): BillSummary | undefined => {
    const profile = core.profile(projectId)
    return (
      profile && {
        project_id: projectId,
        design_id: null,
        pre_solar: toYear(profile.monthly_bill, profile.monthly_energy),
        post_solar: null,
      }
    )
  }
  const designBillSummary = (designId: string): BillSummary | undefined => {
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
