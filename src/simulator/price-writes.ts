// A price after it was changed: its steps are added up anew.

import type { Pricing } from './data.ts'
import { roundTo, sum } from './random.ts'
import type { JsonObject } from './shape.ts'

export interface Adder {
  readonly id: string
  readonly adder_name: string
  readonly adder_value: number
  readonly is_discount: boolean
  readonly adder_type: 'flat'
}

/** Prices that were given for a method that they belong to. */
export function changePrice(pricing: Pricing, members: JsonObject, watts: number): Pricing {
  const changed = { ...pricing, ...members } as Pricing
  const { price_per_watt: perWatt, system_price: flat } = members as {
    price_per_watt?: number
    system_price?: number
  }
  const base = perWatt === undefined ? flat : perWatt * watts
  return base === undefined ? changed : addUp(withStep(changed, 'base_price', base))
}

export const addAdder = (pricing: Pricing, adder: Adder): Pricing =>
  addUp(
    withLines({ ...pricing, adders: [...pricing.adders, adder] }, adder, (lines, line) => [...lines, line]),
  )

/** Undefined where there is no such adder. */
export function removeAdder(pricing: Pricing, adderId: string): Pricing | undefined {
  const adder = pricing.adders.find(({ id }) => id === adderId)
  if (!adder) return undefined
  const adders = pricing.adders.filter(({ id }) => id !== adderId)
  return addUp(
    withLines({ ...pricing, adders }, adder, (lines, { adder_name }) =>
      lines.filter((line) => line.adder_name !== adder_name),
    ),
  )
}

type Step = Pricing['system_price_breakdown'][number]
type Line = Step['subcomponents'][number]

const STEPS = ['starting_price', 'base_price', 'adders', 'discounts', 'incentives']

const stepsOf = ({ system_price_breakdown: steps }: Pricing): Step[] =>
  STEPS.map(
    (item_type) =>
      steps.find((step) => step.item_type === item_type) ?? {
        item_type,
        item_price: 0,
        cumulative_price: 0,
        subcomponents: [],
      },
  )

const withStep = (pricing: Pricing, type: string, item_price: number): Pricing => ({
  ...pricing,
  system_price_breakdown: stepsOf(pricing).map((step) =>
    step.item_type === type ? { ...step, item_price: roundTo(item_price, 2) } : step,
  ),
})

function withLines(
  pricing: Pricing,
  { adder_name, adder_value, is_discount }: { adder_name: string; adder_value: number; is_discount: boolean },
  change: (lines: readonly Line[], line: Line) => readonly Line[],
): Pricing {
  const line = { adder_name, quantity: 1, item_price: is_discount ? -adder_value : adder_value }
  const type = is_discount ? 'discounts' : 'adders'
  const steps = stepsOf(pricing).map((step) => {
    if (step.item_type !== type) return step
    const subcomponents = change(step.subcomponents, line)
    return {
      ...step,
      subcomponents,
      item_price: roundTo(sum(subcomponents.map((each) => each.item_price)), 2),
    }
  })
  return { ...pricing, system_price_breakdown: steps }
}

function addUp(pricing: Pricing): Pricing {
  let running = 0
  const steps = stepsOf(pricing).map((step) => {
    running = roundTo(running + step.item_price, 2)
    return { ...step, cumulative_price: running }
  })
  const storage = pricing.storage_system_price_breakdown.at(-1)?.cumulative_price ?? 0
  return { ...pricing, system_price_breakdown: steps, system_price: roundTo(running + storage, 2) }
}
