// Draws how costs grow, as an SVG: one panel for each series, a line for each cost, divided by its cost at the smallest size.
// A pure function of its rows.
import { PICTURE_STYLE, escapeText, roundToTenth } from './picture.ts'

export interface GrowthSeries {
  readonly title: string
  readonly sizes: readonly number[]
  /** NaN, or null in JSON, where a size was not measured. */
  readonly costs: Readonly<Record<string, readonly (number | null)[]>>
}

const WIDTH = 760
const PLOT = { left: 48, width: 420, height: 150 }
const TITLE_HEIGHT = 34
const AXIS_HEIGHT = 30
/** What grows beyond is drawn at the edge, with its number beside it. */
const MOST = 4
/** The band within which a cost counts as flat. */
const FLAT = 1.3
const LABEL_HEIGHT = 16

interface Line {
  readonly name: string
  readonly points: readonly { readonly size: number; readonly ratio: number }[]
}

export function toLines({ sizes, costs }: GrowthSeries): readonly Line[] {
  return Object.entries(costs).map(([name, values]) => {
    const known = sizes.flatMap((size, index) => {
      const value = values[index] ?? Number.NaN
      return Number.isFinite(value) ? [{ size, value }] : []
    })
    const first = known[0]?.value ?? 0
    return { name, points: known.map(({ size, value }) => ({ size, ratio: first > 0 ? value / first : 1 })) }
  })
}

export function drawGrowth(all: readonly GrowthSeries[]): string {
  let top = 12
  const panels = all.map((series) => {
    const panel = drawPanel(series, top)
    top += TITLE_HEIGHT + PLOT.height + AXIS_HEIGHT
    return panel
  })
  const described = all
    .map((series) => `${series.title}: ${toLines(series).map(describeLine).join('; ')}.`)
    .join(' ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img">`,
    `  <desc>${escapeText(described)}</desc>`,
    `  <style>${PICTURE_STYLE}  path { fill: none; stroke: #b35900; stroke-width: 2 }
  .flat { fill: #8c959f; opacity: 0.25 }
  </style>`,
    ...panels,
    '</svg>',
    '',
  ].join('\n')
}

const describeLine = ({ name, points }: Line): string =>
  `${name} ${(points.at(-1)?.ratio ?? 1).toFixed(2)} times its first value`

function drawPanel(series: GrowthSeries, top: number): string {
  const { title, sizes } = series
  const plotTop = top + TITLE_HEIGHT
  const largest = Math.max(10, ...sizes)
  const x = (size: number): number =>
    roundToTenth(PLOT.left + (Math.log10(Math.max(1, size)) / Math.log10(largest)) * PLOT.width)
  const y = (ratio: number): number =>
    roundToTenth(plotTop + PLOT.height * (1 - Math.min(MOST, ratio) / MOST))
  const lines = toLines(series)
  const ends = placeLabels(
    lines.map(({ points }) => y(points.at(-1)?.ratio ?? 1)),
    plotTop,
  )
  return [
    `  <text class="title" x="12" y="${top + 16}">${escapeText(title)}</text>`,
    `  <rect class="flat" x="${PLOT.left}" y="${y(FLAT)}" width="${PLOT.width}" height="${roundToTenth(y(1 / FLAT) - y(FLAT))}"/>`,
    ...[0, 1, 2, 3, MOST].map(
      (ratio) => `  <text x="${PLOT.left - 8}" y="${y(ratio) + 4}" text-anchor="end">${ratio}</text>`,
    ),
    ...sizes.map(
      (size) =>
        `  <text x="${x(size)}" y="${plotTop + PLOT.height + 18}" text-anchor="middle">${size.toLocaleString('en-US')}</text>`,
    ),
    ...lines.flatMap(({ name, points }, index) => {
      const path = points
        .map(({ size, ratio }, at) => `${at === 0 ? 'M' : 'L'}${x(size)} ${y(ratio)}`)
        .join('')
      const label = `${name} × ${(points.at(-1)?.ratio ?? 1).toFixed(1)}`
      return [
        ...(points.length > 0 ? [`  <path d="${path}"/>`] : []),
        `  <text x="${PLOT.left + PLOT.width + 10}" y="${(ends[index] ?? plotTop) + 4}">${escapeText(label)}</text>`,
      ]
    }),
  ].join('\n')
}

/** Labels of lines that end close to each other stand below each other, within the panel. */
function placeLabels(wanted: readonly number[], top: number): readonly number[] {
  const order = wanted.map((at, index) => ({ at, index })).toSorted((left, right) => left.at - right.at)
  const bottom = top + PLOT.height
  const placed: number[] = []
  let next = top
  for (const [rank, { at, index }] of order.entries()) {
    const below = (order.length - 1 - rank) * LABEL_HEIGHT
    const y = Math.max(next, Math.min(at, bottom - below))
    placed[index] = y
    next = y + LABEL_HEIGHT
  }
  return placed
}
