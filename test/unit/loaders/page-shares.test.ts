import { describe, expect, it } from 'vitest'
import { createPageShares, FIRST_SHARE, withoutLearning } from '../../../src/loaders/page-shares.ts'
import type { PageName } from '../../../src/loaders/page-shares.ts'
import { buildScope } from '../../support/builders.ts'

const pageOf = (parts: Partial<PageName> = {}): PageName => ({
  scope: buildScope().key,
  kind: 'project',
  page: 0,
  ...parts,
})
const FIRST = pageOf()

describe('the share of objects that is expected on a page', () => {
  it('begins with half, and follows the answers', () => {
    const shares = createPageShares()
    expect(shares.expect(FIRST)).toBe(FIRST_SHARE)

    shares.learn(FIRST, { looked: 30, found: 30 })
    expect(shares.expect(FIRST)).toBeCloseTo(35 / 40)
    shares.learn(FIRST, { looked: 0, found: 0 })
    expect(shares.expect(FIRST)).toBeCloseTo(35 / 40)
    for (let index = 0; index < 20; index += 1) shares.learn(FIRST, { looked: 30, found: 3 })
    expect(shares.expect(FIRST)).toBeCloseTo(0.1)
  })

  it('after two wrong guesses of thirty objects is too little to guess a third time', () => {
    const shares = createPageShares()
    const expected = [0, 1, 2].map(() => {
      const before = 30 * shares.expect(FIRST)
      shares.learn(FIRST, { looked: 30, found: 0 })
      return before
    })
    expect(expected.map((count) => count >= 2)).toEqual([true, true, false])
  })

  it.each<[string, PageName]>([
    ['another tenant or credential', pageOf({ scope: buildScope('other').key })],
    ['another kind', pageOf({ kind: 'module' })],
    ['another page', pageOf({ page: 1 })],
  ])('is learned apart from %s', (_, other) => {
    const shares = createPageShares()
    shares.learn(FIRST, { looked: 100, found: 0 })
    expect(shares.expect(other)).toBe(FIRST_SHARE)
  })

  it('is the same for all pages far back', () => {
    const shares = createPageShares()
    shares.learn(pageOf({ page: 7 }), { looked: 90, found: 0 })
    expect(shares.expect(pageOf({ page: 1000 }))).toBeCloseTo(0.05)
    expect(shares.expect(pageOf({ page: 6 }))).toBe(FIRST_SHARE)
  })

  it('begins again after a hundred objects that were read one by one because of it', () => {
    const shares = createPageShares()
    shares.learn(FIRST, { looked: 90, found: 0 })
    for (let passed = 0; passed < 90; passed += 30) shares.passOver(FIRST, 30)
    expect(shares.expect(FIRST)).toBeCloseTo(0.05)
    shares.passOver(FIRST, 30)
    expect(shares.expect(FIRST)).toBe(FIRST_SHARE)
  })

  it('is counted anew whenever something is learned', () => {
    const shares = createPageShares()
    shares.learn(FIRST, { looked: 90, found: 0 })
    shares.passOver(FIRST, 99)
    shares.learn(FIRST, { looked: 1, found: 0 })
    shares.passOver(FIRST, 99)
    expect(shares.expect(FIRST)).toBeLessThan(FIRST_SHARE)
  })

  it('is stored for a thousand lists; the list that was not updated for the longest time is deleted', () => {
    const shares = createPageShares()
    const lists = Array.from({ length: 1001 }, (_, index) => pageOf({ scope: buildScope(`t-${index}`).key }))
    const [oldest = FIRST, second = FIRST] = lists
    for (const list of lists.slice(0, 1000)) shares.learn(list, { looked: 90, found: 0 })
    shares.learn(oldest, { looked: 1, found: 0 })
    for (const list of lists.slice(1000)) shares.learn(list, { looked: 90, found: 0 })
    expect(shares.expect(second)).toBe(FIRST_SHARE)
    expect(shares.expect(oldest)).toBeLessThan(FIRST_SHARE)
  })

  it('is not changed by imagined answers', () => {
    const shares = createPageShares()
    shares.learn(FIRST, { looked: 30, found: 0 })
    const imagined = withoutLearning(shares)
    imagined.learn(FIRST, { looked: 30, found: 30 })
    imagined.passOver(FIRST, 1000)
    expect(imagined.expect(FIRST)).toBeCloseTo(5 / 40)
    expect(shares.expect(FIRST)).toBeCloseTo(5 / 40)
  })
})
