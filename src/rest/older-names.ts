// Renames the members of versions before 2024.05 to those of 2024.05, so that no other file handles older names.
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'

/** Current members stay unchanged; an older name is used only where the current one is absent. */
export const readOlderNames = (kind: Kind, members: Members): Members => READERS[kind]?.(members) ?? members

/** 2018.01 and 2022.09 have the members of the address on the project itself. */
function withLocation(project: Members): Members {
  const { address, latitude, longitude, customer_address: customerAddress } = project
  const isFlat = address !== undefined || latitude !== undefined || longitude !== undefined
  return {
    ...(isFlat && { location: { property_address: address, latitude, longitude } }),
    ...(customerAddress !== undefined && { mailing_address: customerAddress }),
    ...project,
  }
}

/** In 2022.09 each user has one partner. */
function withPartnerIds(user: Members): Members {
  const { partner_id: partnerId } = user
  return typeof partnerId === 'string' ? { partner_ids: [partnerId], ...user } : user
}

/** The flag `modules` of a roof was `panels` before. */
function withModules(summary: Members): Members {
  const { roofs } = summary
  return Array.isArray(roofs) ? { ...summary, roofs: roofs.map(withModulesOfRoof) } : summary
}

function withModulesOfRoof(roof: unknown): unknown {
  const flagged = withModulesFlag(roof)
  if (typeof flagged !== 'object' || flagged === null) return flagged
  const { faces } = flagged as Members
  return Array.isArray(faces) ? { ...flagged, faces: faces.map(withModulesFlag) } : flagged
}

function withModulesFlag(area: unknown): unknown {
  if (typeof area !== 'object' || area === null) return area
  const { panels } = area as Members
  return panels === undefined ? area : { modules: panels, ...area }
}

/** The maker is `manufacturer` in the CSV of partners and `manufacturer_name` in the bill of materials; components have either. */
function withManufacturerName(component: Members): Members {
  const { manufacturer } = component
  return manufacturer === undefined ? component : { manufacturer_name: manufacturer, ...component }
}

/** Before 2024.05 prices are costs. */
const OLDER_PRICE_NAMES = {
  pricing_method: 'pricing_mode',
  system_price: 'system_cost',
  system_price_breakdown: 'system_cost_breakdown',
  storage_system_price_breakdown: 'storage_system_cost_breakdown',
} as const

/** Beware: `adders` was the step of discounts, and `adders_without_discounts` was the step of adders. */
const OLDER_STEPS: ReadonlyMap<unknown, string> = new Map([
  ['starting_cost', 'starting_price'],
  ['base_cost', 'base_price'],
  ['adders_without_discounts', 'adders'],
  ['adders', 'discounts'],
])

function withPrices(pricing: Members): Members {
  const current: Record<string, unknown> = { ...pricing }
  for (const [name, olderName] of Object.entries(OLDER_PRICE_NAMES)) {
    const older = pricing[olderName]
    if (Object.hasOwn(pricing, name) || older === undefined) continue
    current[name] = Array.isArray(older) ? older.map(withStep) : older
  }
  return current
}

function withStep(step: unknown): unknown {
  if (typeof step !== 'object' || step === null) return step
  const { item_type: type, item_cost: cost, cumulative_cost: cumulative } = step as Members
  return {
    ...(cost !== undefined && { item_price: cost }),
    ...(cumulative !== undefined && { cumulative_price: cumulative }),
    ...step,
    ...(OLDER_STEPS.has(type) && { item_type: OLDER_STEPS.get(type) }),
  }
}

const READERS: Readonly<Partial<Record<Kind, (members: Members) => Members>>> = {
  project: withLocation,
  pricing: withPrices,
  user: withPartnerIds,
  roofSummary: withModules,
  module: withManufacturerName,
  inverter: withManufacturerName,
  dcOptimizer: withManufacturerName,
}
