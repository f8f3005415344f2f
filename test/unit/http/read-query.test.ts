// A query is read as URLSearchParams reads it, whether or not anything of it is encoded.
import fc from 'fast-check'
import { expect, it } from 'vitest'
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
