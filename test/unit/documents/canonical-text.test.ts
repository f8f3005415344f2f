import { describe, expect, it } from 'vitest'
import { toCanonicalText } from '../../../src/documents/canonical-text.ts'

const APP = 'query A($id: ID!) { project(id: $id) { id ...F } } fragment F on Project { name owner { id } }'

describe('texts of one document', () => {
  it.each([
    ['printed on other lines', APP.replaceAll(/([{}])/g, '\n$1\n')],
    ['with __typename below the root', APP.replaceAll(' }', ' __typename }')],
    ['with its definitions in another order', APP.replace(/^(.*\} \}) (fragment.*)$/, '$2 $1')],
    ['with a comment', `# from the app\n${APP}`],
    ['with its fields in another order', APP.replace('name owner { id }', 'owner { id } name')],
    ['with its fragments in another order', APP.replace('id ...F', '...F id')],
  ])('are the same %s', (_, text) => {
    expect(text).not.toBe(APP)
    expect(toCanonicalText(text)).toBe(toCanonicalText(APP))
  })

  it.each([
    ['asks for one more field', APP.replace('name', 'name status')],
    ['asks for one field less', APP.replace('id ...F', '...F')],
    ['has another argument', APP.replace('id: $id', 'id: "p"')],
    ['has an alias', APP.replace('name', 'title: name')],
    ['asks for __typename under another name', APP.replace('name', 'name kind: __typename')],
    ['has a condition', APP.replace('name', 'name @include(if: true)')],
    ['is written twice', `${APP} ${APP}`],
  ])('are not the same if one %s', (_, text) => {
    expect(text).not.toBe(APP)
    expect(toCanonicalText(text)).not.toBe(toCanonicalText(APP))
  })

  it.each([
    [
      'variables and arguments',
      'query A($a: Int, $b: ID @x) { p(first: $a, after: "é") @y(c: 1, d: 2) }',
      'query A($b: ID @x, $a: Int) { p(after: "é", first: $a) @y(d: 2, c: 1) }',
    ],
    [
      'fragments of one type',
      '{ node { ... on A { b } ... on A { c d } ... @skip(if: true) { e } } }',
      '{ node { ... @skip(if: true) { e } ... on A { d c } ... on A { b } } }',
    ],
    ['fields below a mutation', 'mutation { a { b c } }', 'mutation { a { c b } }'],
    [
      'fields of the same name',
      '{ a: p(x: 1) { q } a: p(x: 1) { r } }',
      '{ a: p(x: 1) { r } a: p(x: 1) { q } }',
    ],
  ])('are the same with their %s in another order', (_, one, other) => {
    expect(toCanonicalText(one)).not.toBeNull()
    expect(toCanonicalText(one)).toBe(toCanonicalText(other))
  })

  it.each([
    ['of a mutation', 'mutation { a { id } b { id } }', 'mutation { b { id } a { id } }'],
    [
      'of a fragment of a mutation',
      'mutation { ...M } fragment M on Mutation { a b }',
      'mutation { ...M } fragment M on Mutation { b a }',
    ],
    ['of a fragment inside of it', 'mutation { ... { a b } }', 'mutation { ... { b a } }'],
    ['of a list', '{ p(of: [1, 2]) }', '{ p(of: [2, 1]) }'],
    ['of what they belong to', '{ a { b } c { d } }', '{ a { d } c { b } }'],
    ['of what is below', '{ a { b } c }', '{ a { b c } }'],
    ['of a query and a mutation', 'query { a }', 'mutation { a }'],
  ])('are not the same with another order %s', (_, one, other) => {
    expect(toCanonicalText(one)).not.toBeNull()
    expect(toCanonicalText(one)).not.toBe(toCanonicalText(other))
  })

  it('a selection of nothing but __typename remains', () => {
    expect(toCanonicalText('{ tenant { __typename } }')).toContain('__typename')
  })

  it('a text that is not GraphQL has no canonical form', () => {
    expect(toCanonicalText('{ tenant {')).toBeNull()
    expect(toCanonicalText('{'.repeat(16_000))).toBeNull()
  })
})
