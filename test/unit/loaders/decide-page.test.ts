import { describe, expect, it } from 'vitest'
import { decidePage, MAX_LOSS } from '../../../src/loaders/decide-page.ts'
import type { PageQuestion } from '../../../src/loaders/decide-page.ts'
import { FIRST_SHARE } from '../../../src/loaders/page-shares.ts'

const ask = (parts: Partial<PageQuestion>): boolean =>
  decidePage({
    wanted: 0,
    leftBefore: 0,
    share: FIRST_SHARE,
    shareBefore: null,
    bought: 0,
    found: 0,
    ...parts,
  })

describe('a page is worth a call', () => {
  it.each<[string, Partial<PageQuestion>, boolean]>([
    ['nothing wanted', { share: 1 }, false],
    ['one object, surely on it', { wanted: 1, share: 1 }, false],
    ['two objects, surely on it', { wanted: 2, share: 1 }, false],
    ['three objects, surely on it', { wanted: 3, share: 1 }, true],
    ['three objects, of a list nobody has looked at', { wanted: 3 }, false],
    ['four objects, of a list nobody has looked at', { wanted: 4 }, true],
    ['thirty objects, of which two are expected', { wanted: 30, share: 2 / 30 }, true],
    ['thirty objects, of which fewer are', { wanted: 30, share: 1.9 / 30 }, false],
    ['one object, after three that came one after another', { wanted: 1, leftBefore: 3 }, true],
    ['one object, after two', { wanted: 1, leftBefore: 2 }, false],
    ['one object, after many and a page', { wanted: 1, leftBefore: 50, bought: 1, found: 1 }, false],
  ])('for %s: %o -> %s', (_, question, isWorth) => {
    expect(ask(question)).toBe(isWorth)
  })

  it.each<[string, Partial<PageQuestion>, boolean]>([
    ['held half of them', { wanted: 15, shareBefore: 0.5, bought: 1, found: 15 }, true],
    ['held some', { wanted: 27, shareBefore: 0.1, bought: 1, found: 3 }, true],
    ['held few', { wanted: 28, shareBefore: 2 / 30, bought: 1, found: 2 }, false],
    ['held none', { wanted: 30, shareBefore: 0, bought: 1, found: 0 }, false],
    ['cost nothing, and was not looked through', { wanted: 30, shareBefore: null }, true],
  ])('behind a page that %s: %o -> %s', (_, question, isWorth) => {
    expect(ask(question)).toBe(isWorth)
  })

  it('never after a page that showed nothing, however many objects are wanted', () => {
    expect(MAX_LOSS).toBe(1)
    expect(ask({ wanted: 100, share: 1, bought: 1, found: 0 })).toBe(false)
    expect(ask({ wanted: 100, share: 1, bought: 2, found: 1 })).toBe(false)
    expect(ask({ wanted: 100, share: 1, bought: 2, found: 2 })).toBe(true)
  })
})
