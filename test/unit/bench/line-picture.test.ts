import { describe, expect, it } from 'vitest'
import { drawGrowth, toLines } from '../../../bench/line-picture.ts'

const SIZES = [1, 100, 10_000]
const series = (costs: Record<string, (number | null)[]>) => ({ title: 'by objects', sizes: SIZES, costs })

describe('the picture of growth', () => {
  it('a line begins at 1, at the smallest size that was measured', () => {
    const [flat, late] = toLines(series({ flat: [2, 2, 2], late: [null, 5, 10] }))
    expect(flat?.points.map(({ ratio }) => ratio)).toEqual([1, 1, 1])
    expect(late?.points).toEqual([
      { size: 100, ratio: 1 },
      { size: 10_000, ratio: 2 },
    ])
  })

  it('what was not measured at all, or cost nothing, is drawn without a number that is none', () => {
    expect(drawGrowth([series({ nothing: [null, Number.NaN, null], free: [0, 0, 0] })])).not.toMatch(
      /NaN|Infinity/,
    )
    expect(drawGrowth([])).not.toMatch(/NaN|Infinity/)
  })

  it('what grows beyond the picture is drawn at its edge, with its number', () => {
    const svg = drawGrowth([series({ steep: [1, 10, 1000], edge: [1, 4, 4] })])
    const ends = [...svg.matchAll(/<path d="[^"]*L[\d.]+ ([\d.]+)"/g)].map(([, y]) => Number(y))
    expect(ends).toHaveLength(2)
    expect(ends[0]).toBe(ends[1])
    expect(svg).toContain('steep × 1000.0')
    expect(svg).toContain('<desc>by objects: steep 1000.00 times its first value; edge 4.00 times')
  })

  it('names of lines that end together stand below each other', () => {
    const svg = drawGrowth([series({ a: [1, 1, 1], b: [1, 1, 1], c: [1, 1, 1] })])
    const heights = ['a', 'b', 'c'].map((name) =>
      Number(new RegExp(`y="([\\d.]+)">${name} ×`).exec(svg)?.[1]),
    )
    expect(new Set(heights).size).toBe(3)
  })
})
