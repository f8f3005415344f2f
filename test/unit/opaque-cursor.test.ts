// The text of a cursor: what goes in comes out, and any other text has no parts.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeParts, encodeParts } from '../../src/exchange/opaque-cursor.ts'

it('has the parts that it was made of', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (parts) => {
      expect(decodeParts(encodeParts(parts))).toEqual(JSON.parse(JSON.stringify(parts)))
    }),
  )
})

it('that is none of ours has no parts, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(Array.isArray(decodeParts(text))).toBe(true)
    }),
  )
  for (const text of ['', '%%%', encodeParts([]).slice(1), Buffer.from('{"0":1}').toString('base64url')])
    expect(decodeParts(text)).toEqual([])
})

it('that is longer than it may be has no parts', () => {
  const text = encodeParts(['x'.repeat(90)])
  expect(decodeParts(text, text.length)).toEqual(['x'.repeat(90)])
  expect(decodeParts(text, text.length - 1)).toEqual([])
})
