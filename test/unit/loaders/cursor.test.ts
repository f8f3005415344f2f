import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from '../../../src/loaders/cursor.ts'
import type { Position } from '../../../src/loaders/cursor.ts'
import { buildScope } from '../../support/builders.ts'

const { key } = buildScope()
const list = { scope: key, operation: 'listProjects', pageSize: 250 }
const refusal = expect.objectContaining({ name: 'GatewayError', code: 'BAD_USER_INPUT' }) as Error
const encode = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url')
const mark = `${key.slice(0, 8)} listProjects 250`
const next = { page: 0, index: 1 }

describe('a cursor', () => {
  it('brings back the position it was made of, whatever the ids and times are', () => {
    const position: fc.Arbitrary<Position> = fc.record({
      id: fc.string({ unit: 'grapheme' }),
      next: fc.record({ page: fc.integer({ min: 0, max: 1e9 }), index: fc.integer({ min: 1, max: 1e9 }) }),
      createdAt: fc.option(fc.string()),
    })
    fc.assert(
      fc.property(position, (given) => {
        expect(decodeCursor(list, encodeCursor(list, given))).toEqual(given)
      }),
    )
  })

  it('can stand in a URL and contains no more of the scope than is needed to recognize it', () => {
    const cursor = encodeCursor(list, {
      id: 'p?/+',
      next: { page: 1, index: 0 },
      createdAt: '2026-03-04 17:25:09 UTC',
    })

    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(Buffer.from(cursor, 'base64url').toString()).not.toContain(key)
  })

  it.each([
    ['another credential', buildScope('other')],
    ['another tenant', buildScope('sk_sand_builder', 'other-tenant')],
  ])('of %s is refused', (_what, scope) => {
    const cursor = encodeCursor({ ...list, scope: scope.key }, { id: 'p-1', next, createdAt: null })

    expect(() => decodeCursor(list, cursor)).toThrow(refusal)
  })

  it('of pages of another size is refused, because they contain other items', () => {
    const cursor = encodeCursor({ ...list, pageSize: 100 }, { id: 'p-1', next, createdAt: null })

    expect(() => decodeCursor(list, cursor)).toThrow(refusal)
  })

  it('of another list is refused', () => {
    const cursor = encodeCursor({ ...list, operation: 'listModules' }, { id: 'p-1', next, createdAt: null })

    expect(() => decodeCursor(list, cursor)).toThrow(refusal)
  })

  it.each<[what: string, cursor: string]>([
    ['that is empty', ''],
    ['of words', 'first page please'],
    ['of the old kind of another server', Buffer.from('arrayconnection:3').toString('base64')],
    ['of JSON that is no array', encode({ 0: mark, 1: 0, 2: 'id', 3: null })],
    ['of null', encode(null)],
    ['of a number', encode(7)],
    ['without its parts', encode([])],
    ['without a mark', encode([null, 0, 1, 'id', null])],
    ['of the form with one number', encode([mark, 7, 'id', null])],
    ['with a negative page', encode([mark, -1, 1, 'id', null])],
    ['with a negative index', encode([mark, 1, -1, 'id', null])],
    ['with a fraction of a page', encode([mark, 0.5, 1, 'id', null])],
    ['with a page beyond numbers', encode([mark, 1e300, 1, 'id', null])],
    ['with a page in words', encode([mark, '0', 1, 'id', null])],
    ['without an index', encode([mark, 0, null, 'id', null])],
    ['behind nothing', encode([mark, 0, 0, 'id', null])],
    ['with an id that is a number', encode([mark, 0, 1, 7, null])],
    ['with an id that is an object', encode([mark, 0, 1, { toString: 1 }, null])],
    ['with a time that is a number', encode([mark, 0, 1, 'id', 7])],
    ['without a time', encode([mark, 0, 1, 'id'])],
    ['that is cut', encodeCursor(list, { id: 'p-1', next, createdAt: null }).slice(0, 12)],
    ['of bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]).toString('base64url')],
  ])('%s is refused', (_what, cursor) => {
    expect(() => decodeCursor(list, cursor)).toThrow(refusal)
  })

  it('of random letters is refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (cursor) => {
        expect(() => decodeCursor(list, cursor)).toThrow(refusal)
      }),
      { numRuns: 300 },
    )
  })
})
