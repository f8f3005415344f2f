// Two objects that are joined have the members of a spread, and one hidden class however often it is done.
import { expect, it } from 'vitest'
import { merge } from '../../src/merge.ts'
import { haveSameLayout } from '../support/same-layout.ts'

it('has one hidden class in each of its runs', () => {
  expect(haveSameLayout(() => merge({ a: 1, b: 1 }, { c: 1, d: 1 }))).toBe(true)
})

it.each<[object, object]>([
  [
    { a: 1, b: 2 },
    { b: 3, c: 4 },
  ],
  [{ b: 2 }, { b: undefined }],
  [JSON.parse('{"__proto__": {"x": 1}}') as object, { a: 1 }],
  [{ a: 1 }, JSON.parse('{"__proto__": {"x": 1}}') as object],
])('is what a spread would be: %j and %j', (first, second) => {
  const expected = { ...first, ...second }
  expect(Object.getOwnPropertyDescriptors(merge(first, second))).toEqual(
    Object.getOwnPropertyDescriptors(expected),
  )
  expect(Object.getPrototypeOf(merge(first, second))).toBe(Object.prototype)
})
