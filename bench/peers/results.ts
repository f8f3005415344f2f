// What a scenario measured, as it is kept in bench/results, and the table that is printed from it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mediansOf, printNumber, printTable, ratiosToBase } from '../figures.ts'
import type { Measured } from '../figures.ts'

export interface Row extends Measured {
  readonly figures: Readonly<Record<string, number | null>>
}

export interface Column {
  readonly head: string
  readonly figure: string
  /** Divided by the base's figure of the same round. */
  readonly isRatio?: true
}

export interface Result {
  readonly scenario: string
  readonly title: string
  readonly measuredOn: string
  readonly machine: string
  readonly base: string
  readonly labels: Readonly<Record<string, string>>
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

const folder = join(import.meta.dirname, '../results')

export const resultFile = (scenario: string): string => join(folder, `${scenario}.json`)

export function saveResult(result: Result): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(resultFile(result.scenario), `${JSON.stringify(result, null, 1)}\n`)
}

export const readResult = (scenario: string): Result =>
  JSON.parse(readFileSync(resultFile(scenario), 'utf8')) as Result

/** The median of a column for each peer. */
export function readColumn({ rows, base }: Result, column: Column): ReadonlyMap<string, number> {
  const pick = ({ figures }: Row): number | null => figures[column.figure] ?? null
  return column.isRatio ? ratiosToBase(rows, base, pick) : mediansOf(rows, pick)
}

/** Peers in the order of the first column, the largest first. */
export function printResult(result: Result): string {
  const columns = result.columns.map((column) => readColumn(result, column))
  const order = [...new Set(result.rows.map(({ peer }) => peer))].toSorted(
    (left, right) => (columns[0]?.get(right) ?? 0) - (columns[0]?.get(left) ?? 0),
  )
  const lines = order.map((peer) => [
    result.labels[peer] ?? peer,
    ...columns.map((column) => printNumber(column.get(peer) ?? Number.NaN)),
  ])
  const rounds = 1 + Math.max(...result.rows.map(({ round }) => round))
  return [
    `${result.title}. ${result.measuredOn}, ${result.machine}, medians of ${rounds} alternated ${rounds === 1 ? 'round' : 'rounds'}.`,
    printTable(['', ...result.columns.map(({ head }) => head)], lines),
  ].join('\n\n')
}
