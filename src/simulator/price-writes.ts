// A price after it was changed: its steps are added up anew.

import type { Pricing } from './data.ts'
import { addUp, sumOf } from './pricing-data.ts'
import type { PriceStep } from './pricing-data.ts'
import { roundTo } from './random.ts'
import type { JsonObject } from './shape.ts'

export interface Adder {
  readonly id: string
  readonly adder_name: string
  readonly adder_value: number
  readonly is_discount: boolean
  readonly adder_type: 'flat'
}

/** Stores the members, and computes the base from the price per watt or from the price of the system. */
export function changePrice(pricing: Pricing, members: JsonObject, watts: number): Pricing {
  const changed = { ...pricing, ...members } as Pricing
  const { price_per_watt: perWatt, system_price: flat } = members as Partial<Record<string, number>>
  const base = perWatt === undefined ? flat : perWatt * watts
  if (base === undefined) return changed
  return withStep(changed, 'base_price', (step) => ({ ...step, item_price: roundTo(base, 2) }))
}

export function addAdder(pricing: Pricing, adder: Adder): Pricing {
  const { adder_name, adder_value, is_discount } = adder
  const line = { adder_name, quantity: 1, item_price: is_discount ? -adder_value : adder_value }
  const adders = [...pricing.adders, adder]
  return withLines({ ...pricing, adders }, is_discount, (lines) => [...lines, line])
}

/** Undefined if there is no such adder. */
export function removeAdder(pricing: Pricing, adderId: string): Pricing | undefined {
  const adder = pricing.adders.find(({ id }) => id === adderId)
  if (!adder) return undefined
  const adders = pricing.adders.filter((each) => each !== adder)
  return withLines({ ...pricing, adders }, adder.is_discount, (lines) =>
    lines.filter((line) => line.adder_name !== adder.adder_name),
  )
}

type Lines = PriceStep['subcomponents']

function withLines(pricing: Pricing, isDiscount: boolean, change: (lines: Lines) => Lines): Pricing {
  return withStep(pricing, isDiscount ? 'discounts' : 'adders', (step) => {
    const subcomponents = change(step.subcomponents)
    return { ...step, subcomponents, item_price: sumOf(subcomponents) }
  })
}

const STEPS = ['starting_price', 'base_price', 'adders', 'discounts', 'incentives']

/** A price without modules has no steps, so those that are missing are added first. */
function withStep(pricing: Pricing, type: string, change: (step: PriceStep) => PriceStep): Pricing {
  const steps = STEPS.map((item_type) => {
    const empty = { item_type, item_price: 0, cumulative_price: 0, subcomponents: [] }
    const step = pricing.system_price_breakdown.find((each) => each.item_type === item_type) ?? empty
    return item_type === type ? change(step) : step
  })
  const system_price_breakdown = addUp(steps)
  const solar = system_price_breakdown.at(-1)?.cumulative_price ?? 0
  const storage = pricing.storage_system_price_breakdown.at(-1)?.cumulative_price ?? 0
  return { ...pricing, system_price_breakdown, system_price: roundTo(solar + storage, 2) }
}
