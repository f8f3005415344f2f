// The component database of the tenant: the components that designs use, and many that no design uses.

import {
  COMMERCIAL_MODULES,
  MICROINVERTERS,
  MODULES,
  OPTIMIZER,
  STORAGE_INVERTER,
  STRING_INVERTERS,
} from './catalogue.ts'
import type { Module, PowerUnit } from './catalogue.ts'
import type { CoreData } from './core-data.ts'
import { createRandom, roundTo } from './random.ts'
import { toInverter } from './system.ts'

/** All makers and series are invented, as in the catalogue. */
const MODULE_SERIES = [
  ['Lumenor', 'Lumenor White', 'Lumenor Black', 'Lumenor Shingle', 'Lumenor Twin'],
  ['Helion Works', 'HX', 'HX-N', 'HX-Glass', 'HX-Pro'],
  ['Arroyo Solar', 'Mesa', 'Mesa Dark', 'Butte', 'Butte Bifacial'],
  ['Tallgrass', 'Bluestem', 'Bluestem Black', 'Switch', 'Switch N'],
  ['Kestrel PV', 'K6', 'K8', 'K8 Black', 'K9 Bifacial'],
  ['Nordlys', 'Aura', 'Aura Sort', 'Fjord', 'Fjord Glass'],
  ['Sierra Cell', 'Crest', 'Crest Black', 'Ridge', 'Ridge Twin'],
  ['Monsoon', 'M10', 'M10 Dark', 'M12', 'M12 Bifacial'],
] as const

/** None of the catalogue's ratings, so that no model is listed twice. */
const MODULE_WATTS = [355, 370, 385, 395, 410, 435, 455, 475]

const INVERTER_SERIES = [
  ['Corvid', 'Corvid Hybrid', 'Corvid EU'],
  ['Pebble Power', 'Pebble Three-phase', 'Pebble Hub'],
  ['Hearth Energy', 'Hearth Hybrid', 'Hearth Backup'],
  ['GridPoint', 'GridPoint S', 'GridPoint T'],
  ['Voltaire', 'Voltaire One', 'Voltaire Plus'],
] as const

const INVERTER_WATTS = [2500, 3200, 4200, 4800, 5500, 6600, 7000, 8200, 9600, 12000, 15000, 24000]

const OPTIMIZER_WATTS = [320, 340, 370, 401, 440, 485, 550, 600, 650, 700, 1100]

/** Modules and inverters need more than one page, so that a client that reads only one page fails a test. */
export function createComponents({ seed }: CoreData) {
  const idOf = (name: string): string => createRandom(seed, 'component', name).uuid()
  const modules = combine(MODULE_SERIES, MODULE_WATTS, (manufacturer, series, ratingStc) => {
    const name = `${series} ${ratingStc}W`
    return toModule({ id: idOf(name), name, manufacturer, ratingStc })
  })
  const inverters = combine(INVERTER_SERIES, INVERTER_WATTS, (manufacturer, series, ratedPower) => {
    const name = `${series} ${roundTo(ratedPower / 1000, 1).toFixed(1)}K`
    return toInverter({ id: idOf(name), name, manufacturer, ratedPower })
  })
  const dcOptimizers = OPTIMIZER_WATTS.map((ratedPower) => {
    const name = `PowerTrim ${ratedPower}`
    return toOptimizer({ id: idOf(name), name, manufacturer: 'Helion Works', ratedPower })
  })
  return {
    modules: [...[...MODULES, ...COMMERCIAL_MODULES].map(toModule), ...modules],
    inverters: [...[...STRING_INVERTERS, ...MICROINVERTERS, STORAGE_INVERTER].map(toInverter), ...inverters],
    dcOptimizers: [toOptimizer(OPTIMIZER), ...dcOptimizers],
  }
}

/** Watts of a square metre of present-day cells. */
const WATTS_PER_M2 = 220.2

/** Every module is as wide as six wafers of 182 mm; its length follows from its watts. In millimetres and kilograms. */
export function measureModule(ratingStc: number) {
  const width = 1134
  const length = Math.round(((ratingStc / WATTS_PER_M2) * 1e6) / width)
  return { length, width, height: 35, weight: roundTo((length * width * 11) / 1e6, 1) }
}

function combine<T>(
  series: readonly (readonly [maker: string, ...names: string[]])[],
  watts: readonly number[],
  make: (manufacturer: string, name: string, watts: number) => T,
): T[] {
  return series.flatMap(([maker, ...names]) =>
    names.flatMap((name) => watts.map((rating) => make(maker, name, rating))),
  )
}

function toModule({ id, name, manufacturer, ratingStc }: Omit<Module, 'sku' | 'price' | 'ratingPtc'>) {
  return { id, name, manufacturer, rating_stc: ratingStc, ...measureModule(ratingStc) }
}

function toOptimizer({ id, name, manufacturer, ratedPower }: Omit<PowerUnit, 'sku' | 'price'>) {
  return { id, name, manufacturer, rated_input_power: ratedPower }
}
