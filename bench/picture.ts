// Draws bars as an SVG that can be read on a light and on a dark page. A pure function of its rows.

export interface Bar {
  readonly label: string
  readonly value: number
  /** What is written behind the bar. */
  readonly text: string
  readonly isOurs: boolean
}

export interface Chart {
  readonly title: string
  readonly bars: readonly Bar[]
  /** The value of a bar that fills the width; the largest if absent. */
  readonly full?: number
}

const WIDTH = 760
const LABEL_WIDTH = 290
const BAR_WIDTH = 360
const ROW_HEIGHT = 22
const BAR_HEIGHT = 14
const TITLE_HEIGHT = 34
const MARGIN = 12

/** The greys have a contrast of at least 4.5 on white and on black; colour alone never carries a fact. */
export const PICTURE_STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #57606a }
  .title { font-weight: 600; fill: #24292f }
  .ours { font-weight: 600; fill: #24292f }
  rect { fill: #8c959f }
  rect.ours { fill: #b35900 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .title, .ours { fill: #f0f6fc }
    rect.ours { fill: #f0883e }
  }
`

export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export const roundToTenth = (value: number): number => Math.round(value * 10) / 10

function drawBar({ label, value, text, isOurs }: Bar, full: number, top: number): string {
  const width = full > 0 ? Math.min(1, value / full) * BAR_WIDTH : 0
  const name = isOurs ? ' class="ours"' : ''
  const baseline = top + BAR_HEIGHT - 2
  return [
    `  <text${name} x="${LABEL_WIDTH}" y="${baseline}" text-anchor="end">${escapeText(label)}</text>`,
    `  <rect${name} x="${LABEL_WIDTH + 8}" y="${top}" width="${roundToTenth(Math.max(1, width))}" height="${BAR_HEIGHT}" rx="2"/>`,
    `  <text${name} x="${roundToTenth(LABEL_WIDTH + 14 + Math.max(1, width))}" y="${baseline}">${escapeText(text)}</text>`,
  ].join('\n')
}

/** Charts below each other; the description names every bar, for readers who do not see the picture. */
export function drawPicture(charts: readonly Chart[]): string {
  let top = MARGIN
  const drawn = charts.map(({ title, bars, full = Math.max(0, ...bars.map(({ value }) => value)) }) => {
    const lines = [`  <text class="title" x="${MARGIN}" y="${top + 16}">${escapeText(title)}</text>`]
    top += TITLE_HEIGHT
    for (const bar of bars) {
      lines.push(drawBar(bar, full, top))
      top += ROW_HEIGHT
    }
    top += MARGIN
    return lines.join('\n')
  })
  const described = charts
    .map(({ title, bars }) => `${title}: ${bars.map(({ label, text }) => `${label} ${text}`).join('; ')}.`)
    .join(' ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img">`,
    `  <desc>${escapeText(described)}</desc>`,
    `  <style>${PICTURE_STYLE}  </style>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}
