// Cursors of sorted lists: what is not ours is refused before anything is looked for.
import { expect, it } from 'vitest'
import { decodeIndexCursor, encodeIndexCursor } from '../../../src/list-index/index-cursor.ts'

const NAME = { list: 'abc listProjects', by: 'NAME', isDescending: false }

it.each([
  { value: 'zoe', id: 'p1' },
  { value: '\ud800"', id: '' },
  { value: null, id: 'p' },
  { value: 1.5e12, id: 'ü' },
])('%j comes back', (place) => {
  expect(decodeIndexCursor(NAME, encodeIndexCursor(NAME, place), 'after')).toEqual(place)
})

const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

it.each([
  ['another list', encodeIndexCursor({ ...NAME, list: 'abc listUsers' }, { value: null, id: 'p' })],
  ['another sort', encodeIndexCursor({ ...NAME, by: 'STATUS' }, { value: null, id: 'p' })],
  ['the other direction', encodeIndexCursor({ ...NAME, isDescending: true }, { value: null, id: 'p' })],
  ['another version', text(['s0', NAME.list, 'NAME', 0, null, 'p'])],
  ['an object', text({})],
  ['an id that is none', text(['s1', NAME.list, 'NAME', 0, null, 7])],
  ['a value that is none', text(['s1', NAME.list, 'NAME', 0, { toString: 1 }, 'p'])],
  ['nothing', ''],
  ['no base64', '%%%'],
  ['a long text', text(['s1', NAME.list, 'NAME', 0, 'x'.repeat(5000), 'p'])],
])('%s is refused', (_what, cursor) => {
  expect(() => decodeIndexCursor(NAME, cursor, 'before')).toThrow(
    expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringContaining('`before`') }),
  )
})
