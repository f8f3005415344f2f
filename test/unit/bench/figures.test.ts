import { describe, expect, it } from 'vitest'
import { median, mediansOf, printNumber, printTable, quantile, ratiosToBase } from '../../../bench/figures.ts'

describe('the arithmetic of benchmarks', () => {
  it('the median is the middle value, or the mean of the two middle ones', () => {
    expect(median([3, 1, 100])).toBe(2 + 1)
    expect(median([4, 1, 3, 100])).toBe(3.5)
    expect(median([])).toBeNaN()
  })

  it('a quantile is the value that the share does not exceed', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(quantile(values, 0.5)).toBe(50)
    expect(quantile(values, 0.99)).toBe(99)
    expect(quantile(values, 0)).toBe(1)
    expect(quantile([], 0.5)).toBeNaN()
  })

  const row = (peer: string, round: number, value: number | null) => ({ peer, round, value })

  it('a ratio is taken within a round, so that a slow round does not change it', () => {
    const rows = [
      row('base', 0, 100),
      row('peer', 0, 50),
      row('base', 1, 10),
      row('peer', 1, 5),
      row('base', 2, 80),
      row('peer', 2, 60),
    ]
    const ratios = ratiosToBase(rows, 'base', ({ value }) => value)
    expect(ratios.get('peer')).toBe(0.5)
    expect(ratios.get('base')).toBe(1)
  })

  it('what was not measured, and a round without its base, have no ratio', () => {
    const rows = [
      row('base', 0, 0),
      row('peer', 0, 5),
      row('peer', 1, 5),
      row('base', 2, null),
      row('peer', 2, 5),
    ]
    expect(ratiosToBase(rows, 'base', ({ value }) => value)).toEqual(new Map())
    expect(mediansOf([row('peer', 0, null), row('peer', 1, 7)], ({ value }) => value)).toEqual(
      new Map([['peer', 7]]),
    )
  })

  it('numbers have two digits where they are small, and thousands are grouped', () => {
    expect([0.0342, 5.81, 11.6, 40_683, 0, Number.NaN].map(printNumber)).toEqual([
      '0.034',
      '5.8',
      '12',
      '40,683',
      '0',
      '',
    ])
  })

  it('a table has columns of one width', () => {
    expect(printTable(['', 'of bare'], [['this gateway', '0.6'], ['x']])).toBe(
      [
        '|              | of bare |',
        '| ------------ | ------- |',
        '| this gateway | 0.6     |',
        '| x            |         |',
      ].join('\n'),
    )
  })
})
