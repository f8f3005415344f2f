import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGlobalId, readId, toGlobalId } from '../../../src/graphql/global-id.ts'

const UUID = '7d0c5a52-6f1e-4b5c-9a0e-2f4c8e6b1a90'

describe('a global id', () => {
  it('can be read by people: the type, a colon, the id within it', () => {
    expect(toGlobalId('Project', UUID)).toBe(`Project:${UUID}`)
  })

  it('gives its type and key back, whatever the key is', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(parseGlobalId(toGlobalId('Financing', key))).toEqual({ typeName: 'Financing', key })
      }),
    )
  })

  it.each([
    ['Project:', { typeName: 'Project', key: '' }],
    ['Project:a:b', { typeName: 'Project', key: 'a:b' }],
    [':a', null],
    [':', null],
    [UUID, null],
    ['', null],
  ])('is parsed from %j', (id, parsed) => {
    expect(parseGlobalId(id)).toEqual(parsed)
  })
})

describe('an argument that takes ids of one type', () => {
  it.each([
    ['a global id', `Project:${UUID}`, UUID],
    ['Aurora’s own id', UUID, UUID],
    ['an empty key, which is refused where it would be used', 'Project:', ''],
    ['an empty text, likewise', '', ''],
  ])('takes %s', (_what, id, key) => {
    expect(readId('Project', id)).toBe(key)
  })

  it.each(['Design:1', 'project:1', 'Projects:1', 'https://host/1'])(
    'refuses %s, and says what it wants',
    (id) => {
      expect(() => readId('Project', id)).toThrow(
        expect.objectContaining({
          code: 'BAD_USER_INPUT',
          message: 'This id is not one of a Project: give "Project:<id>" or the id alone.',
        }),
      )
    },
  )
})
