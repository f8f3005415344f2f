import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { countFields } from '../../../src/graphql/count-fields.ts'

const doubling = Array.from(
  { length: 30 },
  (_, level) => `fragment f${level} on T { ${level === 29 ? 'a' : `...f${level + 1} ...f${level + 1}`} }`,
)

test.each([
  ['{ a b { c d } }', 4],
  ['{ ...F ... on T { b } } fragment F on T { a { b } }', 3],
  ['query A { a } query B { a b }', 3],
  ['{ ...F } fragment F on T { a ...F }', 1],
  [`{ ...f0 } ${doubling.join(' ')}`, 2 ** 29],
])('the fields of a document, its fragments where they are spread: %s', (text, count) => {
  expect(countFields(parse(text))).toBe(count)
})
