// Figures in the words of the reader. A figure that is not known is a dash.

const format = (value: number | null | undefined, options: Intl.NumberFormatOptions): string =>
  value == null ? '–' : new Intl.NumberFormat(undefined, options).format(value)

export const inKilowatts = (watts: number | null | undefined): string =>
  `${format(watts == null ? watts : watts / 1000, { maximumFractionDigits: 2 })} kW`

export const inKilowattHours = (energy: number | null | undefined): string =>
  `${format(energy, { maximumFractionDigits: 0 })} kWh`

/** Aurora's prices are in the currency of the tenant, which it does not name. */
export const inMoney = (price: number | null | undefined): string =>
  format(price, { minimumFractionDigits: 2, maximumFractionDigits: 2 })

export const inPercent = (percent: number | null | undefined): string =>
  format(percent == null ? percent : percent / 100, { style: 'percent' })
