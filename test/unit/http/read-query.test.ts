// A query is read as URLSearchParams reads it, whether or not anything of it is encoded.
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { readQuery } from '../../../src/http/read-query.ts'

it('names and values are those of URLSearchParams, in their order', () => {
  const sign = fc.constantFrom(
    'a',
    'B',
    '7',
    '_',
    '-',
    '=',
    '=',
    '&',
    '&',
    '.',
    '~',
    '%',
    '+',
    '%41',
    'é',
    ' ',
    '?',
  )
  const query = fc.array(sign, { maxLength: 14 }).map((signs) => signs.join(''))
  fc.assert(
    fc.property(query, fc.boolean(), (text, isPlain) => {
      const search = isPlain ? text.replaceAll(/[^\w.~=&-]/g, '') : text
      expect([...readQuery(`?${search}`)]).toEqual([...new URLSearchParams(`?${search}`)])
    }),
    { numRuns: 2000 },
  )
  expect([...readQuery('')]).toEqual([])
  expect([...readQuery('?')]).toEqual([])
})

it.each(['a&', '&', 'a=&', '=&'])('looks at no part of thousands of %s more than twice', (pair) => {
  const search = `?${pair.repeat(5_000)}`
  const indexOf = vi.spyOn(String.prototype, 'indexOf')
  const count = [...readQuery(search)].length
  const found = indexOf.mock.calls.map(([, from = 0], call) => {
    const at = Number(indexOf.mock.results[call]?.value)
    return (at === -1 ? search.length : at) - from
  })
  indexOf.mockRestore()
  expect(count).toBe([...new URLSearchParams(search)].length)
  expect(found.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2 * search.length)
})

it('reads nothing before the first pair is asked for, since the sender is checked first', () => {
  const Params = vi.spyOn(globalThis, 'URLSearchParams')
  const query = readQuery('?a=%41')
  expect(Params).not.toHaveBeenCalled()
  Params.mockRestore()
  expect([...query]).toEqual([['a', 'A']])
})
