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
    ['100 after a full page', 100, { longest: 250 }, 'end'],
    ['120 after full pages', 120, { longest: 250 }, 'end'],
    ['240 after full pages, because rows may be hidden', 240, { longest: 250 }, 'more'],
    ['20 after one page of 100, which may have been cut or not', 20, { longest: 100, cut: 100 }, 'more'],
    ['20 after pages cut at 100', 20, { longest: 100, cut: 100, isCutTwice: true }, 'end'],
    ['100 after pages cut at 100', 100, { longest: 100, cut: 100, isCutTwice: true }, 'more'],
    ['20 after a page of 249 and a full one', 20, { longest: 250, cut: 249 }, 'more'],
    ['20 where short pages differ', 20, { longest: 250, isUneven: true }, 'more'],
    ['a full page where each page is the whole list', 250, { longest: 250, isRepeated: true }, 'end'],
  ])('%s', (_what, length, known, end) => {
    expect(decideEnd({ length, size: 250 }, { ...NOTHING_KNOWN, ...known })).toBe(end)
  })

  it('an average is no usual size', () => {
    expect(decideEnd({ length: 50, size: 250, isImagined: true }, NOTHING_KNOWN)).toBe('likely')
  })
})

describe('the end of a list in small pages', () => {
  it.each([1, 2, 3, 4])('of %i: only an empty page is one', (size) => {
    const known = { ...NOTHING_KNOWN, longest: size }
    for (let length = 1; length <= size; length += 1) expect(decideEnd({ length, size }, known)).toBe('more')
  })

  it('of 10: at least half full may be full', () => {
    const ends = [1, 4, 5, 9].map((length) => decideEnd({ length, size: 10 }, NOTHING_KNOWN))
    expect(ends).toEqual(['likely', 'likely', 'more', 'more'])
  })
})

describe('the end of a list that is asked for whole', () => {
  it.each<readonly [number, End]>([
    [3, 'likely'],
    [88, 'likely'],
    [620, 'likely'],
    [10, 'likely'],
    [25, 'more'],
    [100, 'more'],
  ])('%i items', (length, end) => {
    expect(decideEnd({ length, size: Infinity }, NOTHING_KNOWN)).toBe(end)
  })
})
