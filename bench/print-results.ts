// Prints what is kept in bench/results again: the tables of bench/README.md and bench/speed.svg for README.md.
// `npm run bench:print`. Nothing is measured.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'prettier'
import { printNumber } from './figures.ts'
import { printGrowth, readGrowth, SERIES_NAMES } from './growth-results.ts'
import { drawGrowth } from './line-picture.ts'
import { isOurs } from './peers/peers.ts'
import { printResult, readColumn, readResult, resultFile } from './peers/results.ts'
import type { Column } from './peers/results.ts'
import { SCENARIOS } from './peers/scenarios.ts'
import { drawPicture } from './picture.ts'
import type { Chart } from './picture.ts'

interface PictureRow {
  readonly scenario: string
  readonly title: string
  readonly column: Column
  readonly unit: string
  readonly order: 'largest first' | 'smallest first'
  readonly full?: number
}

const PICTURE: readonly PictureRow[] = [
  {
    scenario: 'A',
    title: 'The same screen again, cached: requests a second, of bare node:http (more is better)',
    column: { head: '', figure: 'perSecond', isRatio: true },
    unit: '',
    order: 'largest first',
  },
  {
    scenario: 'C',
    title: 'Calls to Aurora for 20 cold screens at once (fewer is better)',
    column: { head: '', figure: 'burst' },
    unit: '',
    order: 'smallest first',
  },
  {
    scenario: 'D',
    title: '60 clients, 90 calls a window: answers in full (more is better)',
    column: { head: '', figure: 'fullPercent' },
    unit: ' %',
    order: 'largest first',
    full: 100,
  },
]

const BEGIN = (name: string): string => `<!-- result ${name} -->`
const END = '<!-- end -->'

writeFileSync(join(import.meta.dirname, 'speed.svg'), drawPicture(PICTURE.filter(has).map(toChart)))
const growth = SERIES_NAMES.flatMap((name) => {
  const result = readGrowth(name)
  return result ? [{ name, result }] : []
})
writeFileSync(join(import.meta.dirname, 'growth.svg'), drawGrowth(growth.map(({ result }) => result)))
const page = join(import.meta.dirname, 'README.md')
const tables = [
  ...Object.keys(SCENARIOS)
    .filter((scenario) => existsSync(resultFile(scenario)))
    .map((scenario) => [scenario, printResult(readResult(scenario))] as const),
  ...growth.map(({ name, result }) => [`growth-${name}`, printGrowth(result)] as const),
]
const text = tables.reduce(replaceTable, readFileSync(page, 'utf8'))
writeFileSync(page, await format(text, { parser: 'markdown', printWidth: 110 }))

function has({ scenario }: PictureRow): boolean {
  return existsSync(resultFile(scenario))
}

function replaceTable(pageText: string, [name, table]: readonly [string, string]): string {
  const begin = pageText.indexOf(BEGIN(name))
  const end = pageText.indexOf(END, begin)
  if (begin < 0 || end < 0) throw new Error(`bench/README.md has no place for ${name}`)
  return `${pageText.slice(0, begin)}${BEGIN(name)}\n\n${table}\n\n${pageText.slice(end)}`
}

function toChart({ scenario, title, column, unit, order, full }: PictureRow): Chart {
  const result = readResult(scenario)
  const bars = [...readColumn(result, column)].map(([peer, value]) => ({
    label: (result.labels[peer] ?? peer).replace(/ \(.*\)$/, ''),
    value,
    text: printNumber(value) + unit,
    isOurs: isOurs(peer),
  }))
  const sign = order === 'largest first' ? -1 : 1
  bars.sort((left, right) => sign * (left.value - right.value))
  return { title, bars, ...(full !== undefined && { full }) }
}
