import { describe, expect, it } from 'vitest'
import { toCanonicalText } from '../../../src/documents/typenames.ts'

const APP = 'query A($id: ID!) { project(id: $id) { id ...F } } fragment F on Project { name owner { id } }'

describe('texts of one document', () => {
  it.each([
    ['printed on other lines', APP.replaceAll(/([{}])/g, '\n$1\n')],
    ['with __typename below the root', APP.replaceAll(' }', ' __typename }')],
    ['with its definitions in another order', APP.replace(/^(.*\} \}) (fragment.*)$/, '$2 $1')],
    ['with a comment', `# from the app\n${APP}`],
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

  it('a selection of nothing but __typename remains', () => {
    expect(toCanonicalText('{ tenant { __typename } }')).toContain('__typename')
  })

  it('a text that is not GraphQL has no canonical form', () => {
    expect(toCanonicalText('{ tenant {')).toBeNull()
    expect(toCanonicalText('{'.repeat(16_000))).toBeNull()
  })
})
