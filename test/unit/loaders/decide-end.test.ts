import { describe, expect, it } from 'vitest'
import { decideEnd, NOTHING_KNOWN } from '../../../src/loaders/decide-end.ts'
import type { End, KnownPages } from '../../../src/loaders/decide-end.ts'

type Row = readonly [what: string, length: number, known: Partial<KnownPages>, end: End]

describe('the end of a list in pages of 250', () => {
  it.each<Row>([
    ['no item', 0, {}, 'end'],
    ['a full page', 250, {}, 'more'],
    ['more than was asked', 300, {}, 'more'],
    ['a page that lacks one row', 249, {}, 'more'],
    ['a page that lacks a tenth', 225, {}, 'more'],
    ['100, the default of Aurora', 100, {}, 'more'],
    ['20, as other interfaces have it', 20, {}, 'more'],
    ['a few', 7, {}, 'likely'],
    ['60, which is no usual size', 60, {}, 'likely'],
    ['a few, where an empty page followed as many', 7, { ended: 7 }, 'end'],
    ['a few, where an empty page followed fewer', 7, { ended: 6 }, 'likely'],
    ['240 after full pages, because rows may be hidden', 240, { longest: 250 }, 'more'],
    ['20 after one page of 100, which may have been cut or not', 20, { longest: 100, cut: 100 }, 'more'],
    ['100 after pages cut at 100', 100, { longest: 100, cut: 100, isCutTwice: true }, 'more'],
    ['20 after a page of 249 and a full one', 20, { longest: 250, cut: 249 }, 'more'],
    ['20 where short pages differ', 20, { longest: 250, isUneven: true }, 'more'],
    ['99, as a page of 100 with a hidden row', 99, {}, 'doubtful'],
    ['90, as a page of 100 with ten hidden rows', 90, {}, 'doubtful'],
    ['89', 89, {}, 'likely'],
    ['48, as a page of 50 with two hidden rows', 48, {}, 'doubtful'],
    ['29, as a page of 30 with a hidden row', 29, {}, 'doubtful'],
    ['28', 28, {}, 'likely'],
    ['12', 12, {}, 'likely'],
    ['99 after a full page of another list', 99, { longest: 250 }, 'likely'],
  ])('%s', (_what, length, known, end) => {
    expect(decideEnd({ page: 0, length, size: 250 }, { ...NOTHING_KNOWN, ...known })).toBe(end)
  })

  it('an average is no usual size', () => {
    expect(decideEnd({ page: 0, length: 50, size: 250, isImagined: true }, NOTHING_KNOWN)).toBe('likely')
  })
})

describe('a later page of a list, after full ones of 250', () => {
  it.each<readonly [page: number, length: number, end: End]>([
    [1, 220, 'doubtful'],
    [1, 100, 'doubtful'],
    [2, 240, 'more'],
    [2, 220, 'doubtful'],
    [2, 125, 'doubtful'],
    [2, 124, 'end'],
    [2, 120, 'end'],
  ])('page %i of %i items', (page, length, end) => {
    expect(decideEnd({ page, length, size: 250 }, { ...NOTHING_KNOWN, longest: 250 })).toBe(end)
  })

  it.each<readonly [length: number, end: End]>([
    [20, 'end'],
    [51, 'doubtful'],
    [75, 'more'],
    [100, 'more'],
  ])('cut at 100, of %i items', (length, end) => {
    const known = { ...NOTHING_KNOWN, longest: 100, cut: 100, isCutTwice: true }
    expect(decideEnd({ page: 6, length, size: 250 }, known)).toBe(end)
  })

  it('of an unknown size: nothing proves the end', () => {
    expect(decideEnd({ page: 2, length: 120, size: 250 }, { ...NOTHING_KNOWN, longest: 120 })).toBe('more')
    expect(decideEnd({ page: 2, length: 60, size: 250 }, NOTHING_KNOWN)).toBe('doubtful')
  })
})

describe('the end of a list in small pages', () => {
  it.each([1, 2, 3, 4])('of %i: only an empty page is one', (size) => {
    const known = { ...NOTHING_KNOWN, longest: size }
    for (let length = 1; length <= size; length += 1)
      expect(decideEnd({ page: 0, length, size }, known)).toBe('more')
  })

  it('of 10: at least half full may be full', () => {
    const ends = [1, 4, 5, 9].map((length) => decideEnd({ page: 0, length, size: 10 }, NOTHING_KNOWN))
    expect(ends).toEqual(['likely', 'likely', 'more', 'more'])
  })
})

describe('the end of a list that is asked for whole', () => {
  it.each<readonly [number, End]>([
    [3, 'likely'],
    [88, 'likely'],
    [99, 'doubtful'],
    [620, 'likely'],
    [10, 'likely'],
    [25, 'more'],
    [100, 'more'],
  ])('%i items', (length, end) => {
    expect(decideEnd({ page: 0, length, size: Infinity }, NOTHING_KNOWN)).toBe(end)
  })
})
