// What bench:growth measured, as it is kept in bench/results, and the table that is printed from it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { printNumber, printTable } from './figures.ts'
import { toLines } from './line-picture.ts'
import type { GrowthSeries } from './line-picture.ts'

export const SERIES_NAMES = ['objects', 'tenants', 'cache'] as const
export type SeriesName = (typeof SERIES_NAMES)[number]

export interface GrowthResult extends GrowthSeries {
  readonly measuredOn: string
}

const folder = join(import.meta.dirname, 'results')
const fileOf = (name: SeriesName): string => join(folder, `growth-${name}.json`)

export function saveGrowth(name: SeriesName, result: GrowthResult): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(fileOf(name), `${JSON.stringify(result, null, 1)}\n`)
}

/** Null where it was not measured yet. */
export const readGrowth = (name: SeriesName): GrowthResult | null =>
  existsSync(fileOf(name)) ? (JSON.parse(readFileSync(fileOf(name), 'utf8')) as GrowthResult) : null

/** The last column divides the largest size by the smallest that was measured. */
export function printGrowth(result: GrowthResult): string {
  const { title, measuredOn, sizes, costs } = result
  const lines = toLines(result)
  const rows = Object.entries(costs).map(([name, values], index) => [
    name,
    ...values.map((value) => printNumber(value ?? Number.NaN)),
    printNumber(lines[index]?.points.at(-1)?.ratio ?? Number.NaN),
  ])
  const head = ['', ...sizes.map((size) => size.toLocaleString('en-US')), 'growth']
  return `${title}. ${measuredOn}, CPU time of one process.\n\n${printTable(head, rows)}`
}
