// Merged rules find what graphql-js finds with the same rules one by one: the same errors, in the same order.
import fc from 'fast-check'
import { BREAK, buildSchema, GraphQLError, parse, validate } from 'graphql'
import type { ASTVisitor, ValidationContext, ValidationRule } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ALL_RULES } from '../../../src/graphql/known-operations.ts'
import { mergeRules } from '../../../src/graphql/merge-rules.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { readDocuments } from '../../support/documents.ts'
import { makeHardDocument } from '../../support/hard-documents.ts'
import { buildHardSchema } from '../../support/hard-schema.ts'

const hardSchema = buildHardSchema()

function expectSame(text: string, of = schema, rules = ALL_RULES): readonly GraphQLError[] {
  const document = parse(text)
  const one = validate(of, document, rules)
  expect(validate(of, document, [mergeRules(rules)]).map((error) => error.toJSON())).toEqual(
    one.map((error) => error.toJSON()),
  )
  return one
}

/** Wrong in one place each: names that are not there, or are there twice, and braces that are left out stay readable. */
const SPOILERS: readonly ((text: string, at: number) => string)[] = [
  (text, at) =>
    text.replace(/\b(?:id|name|a|b|c)\b/g, (word, place: number) =>
      place % 7 === at % 7 ? `${word}X` : word,
    ),
  (text, at) =>
    text.replace(/\$(\w+)/g, (word, name: string, place: number) =>
      place % 5 === at % 5 ? `$${name}Y` : word,
    ),
  (text) => text.replace(/fragment (\w+)/, 'fragment Other'),
  (text) => `${text} ${text}`,
  (text, at) =>
    text.replace(/ on (\w+)/g, (word, _name, place: number) => (place % 3 === at % 3 ? ' on Query' : word)),
  (text) => text.replace(/@(?:skip|include)\(if: ?([^)]+)\)/g, '@skip(if: $1) @skip(if: 1)'),
  (text) => text.replace(/^\s*(?:query\b[^{]*)?\{/, 'subscription {'),
]

describe('merged rules', () => {
  it.each(readDocuments())('find nothing in $name', ({ query }) => {
    expect(expectSame(query)).toEqual([])
  })

  it('find the same in documents that are wrong', () => {
    const found = new Set<string>()
    fc.assert(
      fc.property(fc.integer(), fc.nat(SPOILERS.length - 1), fc.nat(50), (seed, spoiler, at) => {
        const { text } = makeHardDocument(seed, hardSchema)
        for (const each of [text, SPOILERS[spoiler]?.(text, at) ?? text])
          for (const { message } of expectSame(each, hardSchema)) found.add(message.replace(/".*?"/g, '""'))
      }),
      { numRuns: 50 },
    )
    // Most rules have found something: the comparison is not empty.
    expect(found.size).toBeGreaterThan(8)
  })

  it.each([
    '{ project(id: 1, id: 2, x: 3) { nothing } project(id: "b") { id } }',
    'query ($a: Int, $a: Nothing!, $unused: ID) { projects(first: $b) { nodes { ...F } } } fragment F on User { id ...F }',
    '{ ...on Nothing { id } __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
    'query A { __typename } query A { __typename } { __typename } type T { a: Int }',
    `{ ${Array.from({ length: 150 }, (_, nr) => `x${nr}`).join(' ')} }`,
    '{ tenant @nothing @skip @skip(if: 1) { name { first } } projects }',
    'mutation { updateProject(id: "p", input: { name: 1, name: 2, no: 3 }) { project } }',
  ])('find the same in %s', (text) => {
    expect(expectSame(text).length).toBeGreaterThan(0)
  })

  it('give a rule nothing below a node that it skips, and nothing after BREAK', () => {
    const seen: string[] = []
    const rule =
      (name: string, answer: (field: string) => unknown): ValidationRule =>
      (context: ValidationContext): ASTVisitor => ({
        Field: {
          enter(node) {
            seen.push(`${name} ${node.name.value}`)
            context.reportError(new GraphQLError(`${name} ${node.name.value}`))
            return answer(node.name.value) as undefined
          },
          leave: (node) => void seen.push(`${name} leaves ${node.name.value}`),
        },
      })
    const every: ValidationRule = () => ({ enter: ({ kind }) => void seen.push(kind) })
    const rules = [
      rule('all', () => undefined),
      rule('some', (field) => (field === 'a' ? false : undefined)),
      rule('few', (field) => (field === 'b' ? BREAK : undefined)),
      every,
    ]
    const of = buildSchema('type Query { a: Query b: Query c: Query }')
    const text = '{ a { b { c } } b { c } c }'
    validate(of, parse(text), rules)
    const oneByOne = seen.splice(0)
    expectSame(text, of, rules)
    expect(seen.slice(oneByOne.length)).toEqual(oneByOne)
    expect(oneByOne).toContain('some leaves b')
  })
})
