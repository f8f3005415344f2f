import { describe, expect, it } from 'vitest'
import { drawPicture } from '../../../bench/picture.ts'

const bar = (label: string, value: number, isOurs = false) => ({ label, value, text: String(value), isOurs })
const widths = (svg: string): number[] =>
  [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width))

describe('the picture of a benchmark', () => {
  it('bars are as long as their values', () => {
    const svg = drawPicture([{ title: 'speed', bars: [bar('a', 1), bar('b', 0.5), bar('c', 0)] }])
    const [all = 0, half = 0, none = 0] = widths(svg)
    expect(half).toBe(all / 2)
    expect(none).toBe(1)
  })

  it('a chart with a whole leaves room for what is missing', () => {
    const svg = drawPicture([{ title: 'share', full: 100, bars: [bar('a', 50), bar('b', 200)] }])
    const [half = 0, all = 0] = widths(svg)
    expect(half).toBe(all / 2)
  })

  it('text that looks like markup stays text', () => {
    const svg = drawPicture([{ title: 'p99 < 4 & "more"', bars: [bar('<script>', 1)] }])
    expect(svg).not.toContain('<script>')
    expect(svg).toContain('p99 &lt; 4 &amp; &quot;more&quot;')
  })

  it('our bar is marked, and every bar is in the description', () => {
    const svg = drawPicture([{ title: 'calls', bars: [bar('peer', 151), bar('this gateway', 142, true)] }])
    expect(svg.match(/class="ours"/g)).toHaveLength(3)
    expect(svg).toContain('<desc>calls: peer 151; this gateway 142.</desc>')
  })

  it('no chart, and a chart without bars, are drawn without a number that is none', () => {
    expect(drawPicture([{ title: 'empty', bars: [] }])).not.toMatch(/NaN|Infinity/)
    expect(drawPicture([])).not.toMatch(/NaN|Infinity/)
  })
})
