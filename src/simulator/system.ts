// One photovoltaic system as the simulator draws it: arrays, electronics, batteries, and the parts they add up to.

import {
  BATTERIES,
  COMMERCIAL_MODULES,
  MICROINVERTERS,
  MODULES,
  OPTIMIZER,
  RAIL,
  STORAGE_INVERTER,
  STRING_INVERTERS,
} from './catalogue.ts'
import type { Battery, Component, Module, PowerUnit } from './catalogue.ts'
import { itemAt, roundTo, sum } from './random.ts'
import type { Random } from './random.ts'

export interface System {
  readonly arrays: readonly PlacedArray[]
  readonly billOfMaterials: readonly ReturnType<typeof toBomLine>[]
  readonly components: readonly Part[]
  readonly stringInverters: readonly ReturnType<typeof toInverter>[]
  readonly storageInverters: readonly ReturnType<typeof toInverter>[]
  readonly batteries: readonly ReturnType<typeof toBattery>[]
  readonly acWatts: number
}

export interface Part {
  readonly type: string
  readonly component: Component
  readonly quantity: number
}

type PlacedArray = ReturnType<typeof placeArray>

export function sizeSystem(random: Random, isCommercial: boolean): System {
  const electronics = random.pick(['microinverters', 'string', 'optimized'] as const)
  const micro = electronics === 'microinverters' ? random.pick(MICROINVERTERS) : undefined
  const optimizer = electronics === 'optimized' ? OPTIMIZER : undefined
  const models = isCommercial ? COMMERCIAL_MODULES : MODULES
  const main = random.pick(models)
  const arrays = Array.from({ length: random.int(1, 4) }, (_, face) => {
    // Few roofs mix models, but those that do have two lines of modules in the bill of materials.
    const model = random.chance(0.04) ? random.pick(models) : main
    const count = isCommercial ? random.int(60, 180) : random.int(4, 14)
    return placeArray(random, { model, count, face: face + 1, isCommercial, micro, optimizer })
  })
  const stringInverters = micro ? [] : chooseInverters(sum(arrays.map(({ size }) => size)))
  const moduleCount = sum(arrays.map(({ count }) => count))
  const battery = random.chance(0.3) ? random.pick(BATTERIES) : undefined
  const batteries = battery ? Array.from({ length: random.int(1, 2) }, () => battery) : []
  const storageInverters = battery && !battery.hasIntegratedInverter ? [STORAGE_INVERTER] : []

  const parts: Part[] = [
    ...countByModel(arrays),
    ...(micro ? [{ type: 'microinverters', component: micro, quantity: moduleCount }] : []),
    ...toParts('inverters', [...stringInverters, ...storageInverters]),
    ...(optimizer ? [{ type: 'dc_optimizers', component: optimizer, quantity: moduleCount }] : []),
    ...toParts('batteries', batteries),
    // About one rail to three modules; racking is the one quantity that may be fractional.
    { type: 'racking_components', component: RAIL, quantity: roundTo(moduleCount / 3, 1) },
  ]
  return {
    arrays,
    billOfMaterials: parts.map(toBomLine),
    components: parts,
    stringInverters: stringInverters.map(toInverter),
    storageInverters: storageInverters.map(toInverter),
    batteries: batteries.map(toBattery),
    acWatts: micro ? micro.ratedPower * moduleCount : sum(stringInverters.map((unit) => unit.ratedPower)),
  }
}

interface Placing {
  readonly model: Module
  readonly count: number
  readonly face: number
  readonly isCommercial: boolean
  readonly micro: PowerUnit | undefined
  readonly optimizer: PowerUnit | undefined
}

function placeArray(random: Random, { model, count, face, isCommercial, micro, optimizer }: Placing) {
  const azimuth = random.between(85, 275, 1)
  const pitch = isCommercial ? 10 : random.int(14, 34)
  const orientation = random.pick(['portrait', 'landscape'])
  const access = random.between(72, 99, 1)
  // East and west yield about a fifth less than south; on a flat roof the direction costs less.
  const aspect = 1 - 0.22 * (1 - Math.cos(((azimuth - 180) * Math.PI) / 180)) * (pitch / 25)
  const size = model.ratingStc * count
  const array = {
    size,
    azimuth,
    pitch,
    orientation,
    configuration: isCommercial ? 'tilted' : 'flush',
    ground_mounted: false,
    face,
    module: {
      id: model.id,
      name: model.name,
      manufacturer: model.manufacturer,
      count,
      rating_stc: model.ratingStc,
      orientation,
    },
    ...(micro && {
      microinverter: { id: micro.id, name: micro.name, count, rated_power: micro.ratedPower },
    }),
    ...(optimizer && { dc_optimizer: { id: optimizer.id, name: optimizer.name, count } }),
    shading: {
      solar_access: toShading(access),
      total_solar_resource_fraction: toShading(roundTo(access * aspect, 1)),
    },
  }
  return { array, model, count, size, exposure: (access / 100) * aspect }
}

/** Trees throw longer shadows in winter. */
function toShading(annual: number) {
  const monthly = Array.from({ length: 12 }, (_, month) =>
    roundTo(Math.min(100, annual * (1 - 0.05 * Math.cos((month / 6) * Math.PI))), 1),
  )
  return { annual, monthly }
}

/** One inverter that is large enough for the arrays, or several of the largest. */
function chooseInverters(stcWatts: number): PowerUnit[] {
  // More DC than AC: the arrays rarely give all they are rated for.
  const needed = stcWatts / 1.25
  const single = STRING_INVERTERS.find(({ ratedPower }) => ratedPower >= needed)
  const largest = itemAt(STRING_INVERTERS, STRING_INVERTERS.length - 1)
  const count = single ? 1 : Math.ceil(needed / largest.ratedPower)
  return Array.from({ length: count }, () => single ?? largest)
}

function countByModel(arrays: readonly PlacedArray[]): Part[] {
  return [...new Set(arrays.map(({ model }) => model))].map((model) => ({
    type: 'modules',
    component: model,
    quantity: sum(arrays.filter((array) => array.model === model).map(({ count }) => count)),
  }))
}

function toParts(type: string, components: readonly Component[]): Part[] {
  return [...new Set(components)].map((component) => ({
    type,
    component,
    quantity: components.filter((other) => other === component).length,
  }))
}

function toBomLine({ type, component, quantity }: Part) {
  const { id, sku, name, manufacturer } = component
  return { id, component_type: type, sku, name, manufacturer_name: manufacturer, quantity }
}

export function toInverter({ id, name, manufacturer, ratedPower }: Omit<PowerUnit, 'sku' | 'price'>) {
  return { id, name, manufacturer, rated_power: ratedPower }
}

function toBattery({ id, name, hasIntegratedInverter }: Battery) {
  return { id, name, has_integrated_inverter: hasIntegratedInverter }
}
