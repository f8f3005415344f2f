// The components that the simulator's designs are built from. All makers and models are invented.

export interface Component {
  readonly id: string
  readonly name: string
  readonly manufacturer: string
  readonly sku: string
  /** USD a piece. */
  readonly price: number
}

/** Watts a piece, at standard and at PVUSA test conditions. */
export interface Module extends Component {
  readonly ratingStc: number
  readonly ratingPtc: number
}

/** Inverters of all kinds, and optimizers. Watts a piece. */
export interface PowerUnit extends Component {
  readonly ratedPower: number
}

export interface Battery extends Component {
  readonly hasIntegratedInverter: boolean
}

// prettier-ignore
export const MODULES: readonly Module[] = [
  module('32833106-536e-45df-80b2-d002cc92d33d', 'Lumenor Black 405', 'Lumenor', 'LUM-405', 178.5, 405, 379.2),
  module('f08db22f-d293-456a-b170-fab23d90fbac', 'Lumenor Black 425', 'Lumenor', 'LUM-425', 189, 425, 398.6),
  module('f3faa8e8-79ea-4723-8ad5-cfbc1d74bd1c', 'HX-430 Black', 'Helion Works', 'HX-430-B', 198.5, 430, 404.1),
  module('3ce1268c-9c80-42e3-bfec-3fee8ed2305d', 'HX-440 Bifacial', 'Helion Works', 'HX-440-BF', 207.25, 440, 413.9),
  module('a93f32a9-a172-4102-8e4e-dc90253d9e30', 'Mesa 400', 'Arroyo Solar', 'MESA-400', 166, 400, 372.8),
]

// prettier-ignore
export const COMMERCIAL_MODULES: readonly Module[] = [
  module('47aa2dba-d9e2-4c8d-809f-001680289e32', 'Mesa 550 Flat', 'Arroyo Solar', 'MESA-550', 221.4, 550, 515.7),
]

/** Smallest first, which the sizing relies on. */
export const STRING_INVERTERS: readonly PowerUnit[] = [
  unit('7f453a0e-f509-4b4f-95de-6e91074206e2', 'Corvid 3.8-US', 'Corvid', 'CRV-3800', 1120, 3800),
  unit('30f47f35-d038-4cfb-8add-40e92c34bf1c', 'Corvid 5.0-US', 'Corvid', 'CRV-5000', 1290, 5000),
  unit('63783933-d5f0-4510-bf6a-f8af81df6383', 'Corvid 6.0-US', 'Corvid', 'CRV-6000', 1410, 6000),
  unit('1e07ea63-524c-498f-94dc-77a72ed0d50a', 'Corvid 7.6-US', 'Corvid', 'CRV-7600', 1585, 7600),
  unit('42a68fec-c75a-43c4-8d0d-866b16519537', 'Corvid 10-US', 'Corvid', 'CRV-10000', 1890, 10000),
  unit('39c0d032-3479-4347-b83b-ea5c88b224f0', 'Corvid 11.4-US', 'Corvid', 'CRV-11400', 2050, 11400),
  unit('d86bb32f-14b9-4257-9266-ef64311275fc', 'Corvid 50-US', 'Corvid', 'CRV-50000', 6400, 50000),
]

export const MICROINVERTERS: readonly PowerUnit[] = [
  unit('e6b1e07c-8f62-4cd6-b27d-b193333bd939', 'Pebble IQ 300', 'Pebble Power', 'PBL-300', 142, 300),
  unit('89eb3061-b44a-424c-9866-f05870093d3e', 'Pebble IQ 366', 'Pebble Power', 'PBL-366', 163.5, 366),
]

// prettier-ignore
export const OPTIMIZER = unit('cd28d864-d6e8-4c6a-998f-69a0138851b0', 'Trim P505', 'Corvid', 'TRM-P505', 58, 505)

/** What a battery without an inverter of its own needs. */
// prettier-ignore
export const STORAGE_INVERTER = unit('36480de2-bd5c-4366-b517-da60fb69e070', 'Hearth Hybrid 5', 'Hearth Energy', 'HTH-H5', 2450, 5000)

export const BATTERIES: readonly Battery[] = [
  battery('1677cffc-d988-47c6-9431-3a3bbe3e00fc', 'Hearth 13', 'Hearth Energy', 'HTH-13', 9800, true),
  battery('d3cdfaf7-7613-48c0-93af-0473184cf29a', 'Hearth 10 DC', 'Hearth Energy', 'HTH-10', 6900, false),
]

// prettier-ignore
export const RAIL = component('c8c0817c-c814-4b98-aab7-658c144f0b6a', 'Skyline rail 4.2 m', 'Skyline Racking', 'SKY-R42', 64)

type Columns = [id: string, name: string, manufacturer: string, sku: string, price: number]

function component(...[id, name, manufacturer, sku, price]: Columns): Component {
  return { id, name, manufacturer, sku, price }
}

function module(
  ...[id, name, manufacturer, sku, price, ratingStc, ratingPtc]: [...Columns, number, number]
): Module {
  return { ...component(id, name, manufacturer, sku, price), ratingStc, ratingPtc }
}

function unit(...[id, name, manufacturer, sku, price, ratedPower]: [...Columns, number]): PowerUnit {
  return { ...component(id, name, manufacturer, sku, price), ratedPower }
}

function battery(
  ...[id, name, manufacturer, sku, price, hasIntegratedInverter]: [...Columns, boolean]
): Battery {
  return { ...component(id, name, manufacturer, sku, price), hasIntegratedInverter }
}
