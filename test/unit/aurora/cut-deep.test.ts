// Answers of Aurora with more levels than anything that walks them survives.
import { expect, it } from 'vitest'
import { cutDeep } from '../../../src/aurora/cut-deep.ts'

const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const read = (text: string): unknown => cutDeep(text, JSON.parse(text))

it.each([
  ['of usual depth', `{"a":${lists(20)},"b":${objects(20)}}`],
  ['at the limit', lists(600)],
  ['with many shallow members', `[${Array.from({ length: 2000 }, () => '{"a":[1]}').join()}]`],
  ['with brackets in its texts', `{"a":${JSON.stringify(`\\"${'[{'.repeat(1000)}`)},"b":"\\\\"}`],
  ['without levels', '"x"'],
])('a value %s stays the same object', (_, text) => {
  const value: unknown = JSON.parse(text)
  expect(cutDeep(text, value)).toBe(value)
})

it.each([lists(100_000), objects(100_000)])('a deeper value can be written again, such as %.20s', (text) => {
  const cut = read(`{"project":{"id":"p1","name":"Roof","notes":${text}}}`)
  expect(cut).toMatchObject({ project: { id: 'p1', name: 'Roof' } })
  expect(JSON.stringify(cut).length).toBeLessThan(10_000)
})
