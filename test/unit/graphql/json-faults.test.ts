// What keeps a JSON value of Aurora from being shown, found in turns of the event loop where the value is large.
import { expect, it } from 'vitest'
import { findFault } from '../../../src/graphql/json-faults.ts'

const lists = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
const objects = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
const MARKED = 'M\udcff\udcffller'
const wide = (last: unknown): unknown => ({
  ...Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`m${index}`, [index]])),
  last,
})

it.each<[what: string, value: unknown, fault: string | null]>([
  ['no value', null, null],
  ['a text', 'Müller 😀', null],
  ['an empty object', {}, null],
  ['a value of some levels', { a: [1, { b: [] }, 'x'], c: null }, null],
  ['the most levels of lists', lists(500), null],
  ['the most levels of objects', objects(500), null],
  ['a list behind the most levels', [lists(499), lists(499)], null],
  ['more levels of lists', lists(501), 'depth'],
  ['more levels of objects', objects(501), 'depth'],
  ['more levels behind others', [1, [2], { a: objects(500) }], 'depth'],
  ['a text with a byte that could not be read', MARKED, 'bytes'],
  ['such a text inside', { a: [{ b: MARKED }] }, 'bytes'],
  ['such a name', { a: [{ [MARKED]: 1 }] }, 'bytes'],
])('%s', (_, value, fault) => {
  expect(findFault(value)).toBe(fault)
})

it.each<[what: string, value: unknown, fault: string | null]>([
  ['without a fault', wide(1), null],
  ['with too many levels at its end', wide(lists(500)), 'depth'],
  ['with such a text at its end', wide([MARKED]), 'bytes'],
])('a large value %s is looked at in turns', async (_, value, fault) => {
  const found = findFault(value)
  expect(found).toBeInstanceOf(Promise)
  expect(await found).toBe(fault)
})
