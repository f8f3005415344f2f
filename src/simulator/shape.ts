// Forms that Aurora's answers may have where the form is not public: one switch for each uncertain point.

import type { Random } from './random.ts'
import { toAuroraTime } from './timestamps.ts'

/** All values of every switch; the first is that of the contract, or the likeliest. */
export const SHAPE_SWITCHES = {
  /** thin: id, name and created_at alone. */
  listedProjects: ['full', 'thin'],
  listedDesigns: ['full', 'thin'],
  /** Whether the list of users depends on page and per_page. */
  userPaging: ['honoured', 'ignored'],
  /** Whether a single design carries the sizes that a listed one has. */
  designSizes: [false, true],
  /** older: system_cost and its steps, where "adders" means the discounts. */
  pricingNames: ['current', 'older'],
  /** Pricing without its wrapper. */
  barePricing: [false, true],
  /** The arrays of a summary as a string of JSON. */
  arraysAsText: [false, true],
  designTimestamps: ['iso', 'aurora'],
  /** older: a roof and its faces have `panels` instead of `modules`. */
  roofNames: ['current', 'older'],
  /** in-bill: arrays leave out makers that the bill of materials names. other-names: inverters have `manufacturer_name`, too. */
  makers: ['everywhere', 'in-bill', 'other-names'],
  /** The members of 2018.01 and 2022.09: a flat address in place of `location`, panels, a time of the last change. */
  flatProjects: [false, true],
  energyProduction: ['as-simulated', 'present', 'absent', 'null', 'empty'],
  /** The status of a job that is not at its end. */
  jobWords: ['documented', 'running', 'unknown'],
  /** Whether a job comes under its documented name. */
  jobWrapper: ['documented', 'other'],
  /** Clients received 200. */
  creationStatus: [200, 201],
  /** An unknown member in every object. */
  unknownMembers: [false, true],
  unknownEnumValues: [false, true],
  /** Every list without a promised order has another order at every call. */
  shuffle: [false, true],
} as const

export type Shape = { readonly [Name in keyof typeof SHAPE_SWITCHES]: (typeof SHAPE_SWITCHES)[Name][number] }

export type JsonObject = Readonly<Record<string, unknown>>

/** The members of an object that has none of their values yet. */
export const withoutValues = (...names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, null]))

export const DEFAULT_SHAPE = Object.fromEntries(
  Object.entries(SHAPE_SWITCHES).map(([name, values]) => [name, values[0]]),
) as Shape

/** Undefined unless `value` is an object that holds switches and known values only. */
export function parseShape(value: unknown): Partial<Shape> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const switches: Readonly<Record<string, readonly unknown[]>> = SHAPE_SWITCHES
  return Object.entries(value).every(([name, chosen]) => switches[name]?.includes(chosen)) ? value : undefined
}

/** Applies the switches that change every answer. Operations apply the others. */
export function reshape(body: unknown, shape: Shape, random: Random): unknown {
  const passes: ((value: unknown) => unknown)[] = []
  if (shape.shuffle) passes.push((value) => shuffleLists(value, random))
  if (shape.unknownEnumValues) passes.push((value) => mapObjects(value, replaceEnumValues))
  if (shape.unknownMembers) passes.push((value) => mapObjects(value, addUnknownMember))
  return passes.reduce((value, pass) => pass(value), body)
}

export function thin(item: JsonObject): JsonObject {
  return { id: item['id'], name: item['name'], created_at: item['created_at'] }
}

export function flattenProject(full: FullProject): JsonObject {
  const { location, mailing_address, preferred_solar_modules, ...project } = full
  const { property_address: address, latitude, longitude } = location
  return {
    ...project,
    address,
    latitude,
    longitude,
    customer_address: mailing_address,
    preferred_solar_panels: preferred_solar_modules,
    updated_at: full.created_at,
  }
}

interface FullProject {
  readonly created_at: string
  readonly preferred_solar_modules: readonly string[]
  readonly location: { property_address: string; latitude: number; longitude: number }
  readonly mailing_address: string | null
}

/** For a design or a summary, milestone included. */
export function retime<T extends { readonly created_at: string; readonly milestone?: Milestone }>(
  design: T,
): T {
  const { milestone } = design
  return {
    ...design,
    created_at: toAuroraTime(Date.parse(design.created_at)),
    ...(milestone && {
      milestone: { ...milestone, recorded_at: toAuroraTime(Date.parse(milestone.recorded_at)) },
    }),
  }
}

type Milestone = { readonly recorded_at: string } | null

/** The names of versions before 2024.05. The older names of the members of a step are not public. */
export function renamePricing(pricing: JsonObject): JsonObject {
  const names: Readonly<Record<string, string>> = {
    pricing_method: 'pricing_mode',
    system_price: 'system_cost',
    system_price_breakdown: 'system_cost_breakdown',
    storage_system_price_breakdown: 'storage_system_cost_breakdown',
  }
  return Object.fromEntries(
    Object.entries(pricing).map(([name, value]) => [
      names[name] ?? name,
      name.endsWith('_breakdown') ? mapObjects(value, renameStep) : value,
    ]),
  )
}

function renameStep(step: JsonObject): JsonObject {
  const names: Readonly<Record<string, string>> = {
    starting_price: 'starting_cost',
    base_price: 'base_cost',
    adders: 'adders_without_discounts',
    discounts: 'adders',
  }
  const type = step['item_type']
  return typeof type === 'string' ? { ...step, item_type: names[type] ?? type } : step
}

export function renameMakers<T extends Summary>(summary: T, makers: Shape['makers']): T {
  if (makers === 'everywhere') return summary
  const arrays = summary.arrays.map((array) => ({ ...array, module: without(array.module, 'manufacturer') }))
  if (makers === 'in-bill') return { ...summary, arrays }
  const string_inverters = summary.string_inverters.map(({ manufacturer, ...inverter }) => ({
    ...inverter,
    manufacturer_name: manufacturer,
  }))
  return { ...summary, arrays, string_inverters }
}

interface Summary {
  readonly arrays: readonly { readonly module: object }[]
  readonly string_inverters: readonly { readonly manufacturer: string }[]
}

const without = (object: object, member: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== member))

/** The older name of `modules_area` is not public. */
export function renameRoofs(roofs: readonly object[]): unknown {
  return mapObjects(roofs, ({ modules, ...rest }) =>
    modules === undefined ? rest : { ...rest, panels: modules },
  )
}

/** Promised: projects newest first, and the steps of a price one after the other. */
const ORDERED_LISTS = ['projects', 'system_price_breakdown', 'storage_system_price_breakdown']

function shuffleLists(value: unknown, random: Random, name = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((item: unknown) => shuffleLists(item, random))
    return ORDERED_LISTS.includes(name) || typeof list[0] !== 'object' ? list : random.shuffle(list)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, shuffleLists(item, random, key)]),
  )
}

/** Sets of values that Aurora may extend at any time. The steps of a price stay, because its sum depends on them. */
const NEW_ENUM_VALUES: JsonObject = {
  project_type: 'agrivoltaic',
  account_status: 'hibernating',
  milestone: 'commissioned',
  component_type: 'hydrogen_tanks',
  input_mode: 'smart_meter',
  pricing_method: 'price per kilowatt-hour',
  pricing_mode: 'price per kilowatt-hour',
  adder_type: 'per_storey',
  financing_option: 'subscription',
  scope: 'region-enabled',
  asset_type: 'Drone Video',
  signing_provider: 'quill',
  event: 'weather_changed',
  status: 'paused',
  reason: 'moved_away',
}

function replaceEnumValues(object: JsonObject): JsonObject {
  const replace = ([name, value]: [string, unknown]): [string, unknown] =>
    typeof value === 'string' ? [name, NEW_ENUM_VALUES[name] ?? value] : [name, value]
  return Object.fromEntries(Object.entries(object).map(replace))
}

function addUnknownMember(object: JsonObject): JsonObject {
  return { ...object, added_by_a_later_version: { is_surprise: true } }
}

/** Innermost first, so that what `change` adds is not changed again. */
function mapObjects(value: unknown, change: (object: JsonObject) => JsonObject): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => mapObjects(item, change))
  if (typeof value !== 'object' || value === null) return value
  return change(
    Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapObjects(item, change)])),
  )
}
