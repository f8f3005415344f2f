import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { countTokens, measureDocument } from '../../../../src/graphql/limits/measure-document.ts'

const doubling = (levels: number): string =>
  Array.from(
    { length: levels },
    (_, level) =>
      `fragment f${level} on T { ${level === levels - 1 ? 'a' : `...f${level + 1} ...f${level + 1}`} }`,
  ).join(' ')

it.each<[string, ReturnType<typeof measureDocument>]>([
  ['{ a b { c d } }', { fields: 4, depth: 2, rootFields: 2 }],
  ['{ ...F ... on T { b } } fragment F on T { a { b } }', { fields: 3, depth: 2, rootFields: 2 }],
  ['query A { a } query B { a b { c } }', { fields: 3, depth: 2 }],
  ['{ ...F } fragment F on T { a ...F }', { fields: 1, depth: 1 }],
  ['{ ...G } fragment G on T { a { ...F } } fragment F on T { b { c } }', { depth: 3 }],
  [`{ ...f0 } ${doubling(30)}`, { fields: 2 ** 29 }],
  ['{ x: a ...F ...F } fragment F on T { y: a }', { aliases: 3 }],
  ['query @a { a @b ... @c { a } ...F @d } fragment F on T { b @e }', { directives: 5 }],
  ['{ a(ids: [1, 2, null, 4.5]) }', { listLength: 0 }],
  ['{ a(ids: ["a", "b"], o: { l: [{}, {}, {}] }) }', { listLength: 3 }],
  ['{ __schema { types { fields { args { type { name } } } } } }', { depth: 0, fields: 0, rootFields: 1 }],
])('%s', (text, figures) => {
  expect(measureDocument(parse(text))).toMatchObject(figures)
})

it.each([
  ['{ a }', 3],
  ['{ a(b: "x, y") # c d\n}', 8],
  ['{ a " }', 2],
])('%s has %i tokens', (text, tokens) => {
  expect(countTokens(text)).toBe(tokens)
})
