// Two objects that are joined have the members of a spread, and one hidden class however often it is done.
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { expect, it } from 'vitest'
import { merge } from '../../src/merge.ts'

setFlagsFromString('--allow-natives-syntax')
const haveSameClass = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (
  one: object,
  other: object,
) => boolean

/** V8 changes how it copies after some runs. */
const RUNS = 1000

it('has one hidden class in each of its runs', () => {
  const classes = Array.from({ length: RUNS }, (_, run) => merge({ a: run, b: run }, { c: run, d: run }))
  expect(classes.filter((made) => !haveSameClass(made, classes[0] ?? {}))).toEqual([])
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
