// The price of a design, step by step, so that every figure follows from the ones before it.

import type { Part, System } from './system.ts'
import { createRandom, roundTo, sum } from './random.ts'
import type { Random } from './random.ts'

/** A type and not an interface, so that it is a JSON object to the compiler too. */
export type Pricing = {
  readonly pricing_method: string | null
  readonly price_per_watt: number | null
  readonly system_price: number
  readonly system_price_breakdown: readonly PriceStep[]
  readonly storage_system_price_breakdown: readonly PriceStep[]
  readonly adders: readonly Omit<PlacedAdder, 'quantity' | 'item_price'>[]
  readonly incentives: readonly { readonly name: string }[]
  readonly pricing_by_component: readonly ReturnType<typeof toComponentLine>[]
}

export interface PriceStep {
  readonly item_type: string
  readonly item_price: number
  readonly cumulative_price: number
  readonly subcomponents: readonly AdderLine[]
}

interface AdderLine {
  readonly adder_name: string
  readonly quantity: number
  readonly item_price: number
}

export interface Incentive {
  readonly name: string
  readonly sum: number
}

/** Tenant-wide. It is not 0, so that a sum of the steps that leaves it out is wrong. */
const STARTING_PRICE = 500

type AdderKind = 'flat' | 'system_size' | 'percent' | 'per_module'
type Adders = readonly { readonly name: string; readonly kind: AdderKind; readonly value: number }[]

const ADDERS: Adders = [
  { name: 'Main panel upgrade', kind: 'flat', value: 2400 },
  { name: 'Steep roof', kind: 'system_size', value: 0.12 },
  { name: 'Critter guard', kind: 'per_module', value: 28.5 },
  { name: 'Trenching', kind: 'flat', value: 1850 },
  { name: 'Project management', kind: 'percent', value: 3 },
]

const DISCOUNTS: Adders = [
  { name: 'Spring promotion', kind: 'flat', value: 2200 },
  { name: 'Referral', kind: 'flat', value: 500 },
  { name: 'Veteran discount', kind: 'percent', value: 2 },
]

const INCENTIVES: readonly Incentive[] = [
  { name: 'State solar rebate', sum: 1500 },
  { name: 'Utility rebate', sum: 1000 },
]

interface Priced {
  readonly pricing: Pricing
  readonly incentives: readonly Incentive[]
}

export function createPricing(seed: number, designId: string, system: System): Priced {
  if (system.arrays.length === 0) return { pricing: NOTHING_TO_PRICE, incentives: [] }
  const random = createRandom(seed, 'pricing', designId)
  const watts = sum(system.arrays.map(({ size }) => size))
  const modules = sum(system.arrays.map(({ count }) => count))
  const solarParts = system.components.filter(({ type }) => type !== 'batteries')
  const storageParts = system.components.filter(({ type }) => type === 'batteries')

  const method = random.pick([...Array<string>(3).fill('price per watt'), 'flat price', 'component'])
  const pricePerWatt = random.between(2.45, 3.65, 2)
  const isPerPart = method === 'component'
  const base = roundTo(isPerPart ? sum(solarParts.map(toAmount)) * MARKUP : pricePerWatt * watts, 2)
  const basis = { watts, modules, priceBefore: STARTING_PRICE + base }
  const adders = place(random, random.shuffle(ADDERS).slice(0, random.int(0, 3)), basis, false)
  const discounts = place(random, random.shuffle(DISCOUNTS).slice(0, random.int(0, 2)), basis, true)
  const incentives = random.shuffle(INCENTIVES).slice(0, random.int(0, 2))
  const solar = toSteps({ starting: STARTING_PRICE, base, adders, discounts, incentives })
  const storage = storageParts.length === 0 ? [] : toSteps({ base: sum(storageParts.map(toAmount)) })

  const pricing = {
    pricing_method: isPerPart ? 'price per component' : method,
    price_per_watt: method === 'price per watt' ? pricePerWatt : null,
    // After the incentives, storage included, as in the contract's example.
    system_price: roundTo((solar.at(-1)?.cumulative_price ?? 0) + (storage.at(-1)?.cumulative_price ?? 0), 2),
    system_price_breakdown: solar,
    storage_system_price_breakdown: storage,
    adders: [...adders, ...discounts].map(({ quantity: _, item_price: __, ...adder }) => adder),
    incentives: incentives.map(({ name }) => ({ name })),
    pricing_by_component: system.components.map(toComponentLine),
  }
  return { pricing, incentives }
}

/** A price per component is the price of the parts times this factor, which covers work and margin. */
const MARKUP = 2.6

const NOTHING_TO_PRICE: Pricing = {
  pricing_method: null,
  price_per_watt: null,
  system_price: 0,
  system_price_breakdown: [],
  storage_system_price_breakdown: [],
  adders: [],
  incentives: [],
  pricing_by_component: [],
}

interface PlacedAdder extends AdderLine {
  readonly id: string
  readonly adder_value: number
  readonly is_discount: boolean
  readonly adder_type: AdderKind
}

/** What the amount of an adder is computed from. */
interface Basis {
  readonly watts: number
  readonly modules: number
  readonly priceBefore: number
}

function place(random: Random, list: Adders, basis: Basis, is_discount: boolean): readonly PlacedAdder[] {
  const quantities = { flat: 1, percent: 1, system_size: basis.watts, per_module: basis.modules }
  return list.map(({ name: adder_name, kind: adder_type, value: adder_value }) => {
    const quantity = quantities[adder_type]
    const unit = adder_type === 'percent' ? (basis.priceBefore * adder_value) / 100 : adder_value
    const amount = roundTo(unit * quantity, 2)
    const item_price = is_discount ? -amount : amount
    return { id: random.uuid(), adder_name, adder_value, is_discount, adder_type, quantity, item_price }
  })
}

interface Amounts {
  readonly starting?: number
  readonly base: number
  readonly adders?: readonly PlacedAdder[]
  readonly discounts?: readonly PlacedAdder[]
  readonly incentives?: readonly Incentive[]
}

function toSteps({ starting = 0, base, adders = [], discounts = [], incentives = [] }: Amounts): PriceStep[] {
  const lines = (list: readonly PlacedAdder[]) =>
    list.map(({ adder_name, quantity, item_price }) => ({ adder_name, quantity, item_price }))
  // `0 - sum`: a minus sign alone would turn a sum of 0 into -0.
  const granted = 0 - sum(incentives.map((incentive) => incentive.sum))
  return addUp([
    { item_type: 'starting_price', item_price: starting, subcomponents: [] },
    { item_type: 'base_price', item_price: base, subcomponents: [] },
    { item_type: 'adders', item_price: sumOf(adders), subcomponents: lines(adders) },
    { item_type: 'discounts', item_price: sumOf(discounts), subcomponents: lines(discounts) },
    { item_type: 'incentives', item_price: granted, subcomponents: [] },
  ])
}

export function sumOf(lines: readonly { readonly item_price: number }[]): number {
  return roundTo(sum(lines.map((line) => line.item_price)), 2)
}

/** The steps with the price that is reached at each of them. */
export function addUp(steps: readonly Omit<PriceStep, 'cumulative_price'>[]): PriceStep[] {
  let running = 0
  return steps.map(({ item_type, item_price, subcomponents }) => {
    running = roundTo(running + item_price, 2)
    return { item_type, item_price, cumulative_price: running, subcomponents }
  })
}

function toAmount({ component, quantity }: Part): number {
  return component.price * quantity
}

function toComponentLine({ type, component, quantity }: Part) {
  const { name, manufacturer, price } = component
  return { component_type: type, name, manufacturer_name: manufacturer, quantity, price }
}
