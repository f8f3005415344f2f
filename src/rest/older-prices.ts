// Reads the costs of versions before 2024.05 as the prices of 2024.05.
import type { Members } from '../aurora/body.ts'
import { merge } from '../merge.ts'
import { inObject, readItems } from './items.ts'

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

const OLDER_NAMES = Object.values(OLDER_PRICE_NAMES)

export function withPrices(pricing: Members): Members {
  if (!hasOlder(pricing)) return pricing
  const current: Record<string, unknown> = merge({}, pricing)
  for (const [name, olderName] of Object.entries(OLDER_PRICE_NAMES)) {
    const older = pricing[olderName]
    if (Object.hasOwn(pricing, name) || older === undefined) continue
    current[name] = readItems(older)?.map(inObject(withStep)) ?? older
  }
  return current
}

function hasOlder(pricing: Members): boolean {
  for (const name of OLDER_NAMES) if (pricing[name] !== undefined) return true
  return false
}

function withStep(step: Members): Members {
  const { item_type: type, item_cost: cost, cumulative_cost: cumulative } = step
  return {
    ...(cost !== undefined && { item_price: cost }),
    ...(cumulative !== undefined && { cumulative_price: cumulative }),
    ...step,
    ...(OLDER_STEPS.has(type) && { item_type: OLDER_STEPS.get(type) }),
  }
}
