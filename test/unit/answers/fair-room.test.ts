// Who loses what in a memory that several share.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFairRoom } from '../../../src/answers/fair-room.ts'

function open(maxBytes: number) {
  const gone: string[] = []
  const room = createFairRoom<string>({ maxBytes, onGone: (value) => void gone.push(value) })
  const set = (key: string, holder: string, bytes = 10, tenant = 't'): void =>
    room.set(key, key, { tenant, holder, bytes })
  return { room, set, gone }
}

describe('where there is no room left', () => {
  it('whoever holds most loses, and of it what was used longest ago', () => {
    const { room, set, gone } = open(50)
    for (const key of ['a1', 'a2', 'a3', 'a4']) set(key, 'a')
    set('b1', 'b')
    expect(room.get('a1')).toBe('a1')
    set('b2', 'b')
    set('c1', 'c')
    expect(gone).toEqual(['a2', 'a3'])
    expect(['a1', 'a4', 'b1', 'b2', 'c1'].map((key) => room.get(key))).toEqual(['a1', 'a4', 'b1', 'b2', 'c1'])
  })

  it('one holder with any number of entries takes nothing from those who hold less', () => {
    const { room, set } = open(100)
    set('modest', 'b')
    for (let index = 0; index < 1000; index += 1) set(`greedy ${index}`, 'a')
    expect(room.get('modest')).toBe('modest')
    expect(room.get('greedy 999')).toBe('greedy 999')
    expect(room.get('greedy 990')).toBeUndefined()
  })

  it('the tenant that holds most loses, and of it the caller that holds most', () => {
    const { room, set, gone } = open(100)
    set('quiet 1', 'q', 10, 'quiet')
    set('quiet 2', 'q', 10, 'quiet')
    set('of a caller with more', 'b0', 15, 'busy')
    for (let index = 1; index <= 7; index += 1) set(`busy ${index}`, `b${index}`, 10, 'busy')
    expect(gone).toEqual(['of a caller with more'])
    for (let index = 8; index < 1000; index += 1) set(`busy ${index}`, `b${index}`, 10, 'busy')
    expect(['quiet 1', 'quiet 2', 'busy 999', 'busy 900'].map((key) => room.get(key))).toEqual([
      'quiet 1',
      'quiet 2',
      'busy 999',
      undefined,
    ])
  })

  it('callers of one name at two tenants are two', () => {
    const { room, set, gone } = open(30)
    set('one', 'app', 10, 't1')
    set('other', 'app', 10, 't2')
    set('more', 'app', 20, 't1')
    expect([gone, room.get('other')]).toEqual([['one'], 'other'])
  })

  it('of holders with equal shares, the one who was there longest ago loses', () => {
    const { set, room, gone } = open(30)
    for (const holder of ['a', 'b', 'c']) set(holder, holder)
    room.get('a')
    set('d', 'd')
    expect(gone).toEqual(['b'])
  })

  it('what needs room gets it, however much others hold, unless it is larger than all there is', () => {
    const { set, room, gone } = open(100)
    for (let index = 0; index < 10; index += 1) set(`small ${index}`, `holder ${index}`)
    set('large', 'other', 60)
    expect([room.get('large'), gone.length]).toEqual(['large', 6])
    set('larger than all', 'other', 101)
    expect(room.get('larger than all')).toBeUndefined()
  })

  it('an entry that grows makes others leave, and stays', () => {
    const { set, room, gone } = open(30)
    set('a', 'x')
    set('b', 'x')
    room.grow('a', 15)
    expect([gone, room.get('a')]).toEqual([['b'], 'a'])
    room.grow('unknown', 100)
    expect(room.get('a')).toBe('a')
  })
})

it('no history takes more than the room has, and each value is reported gone exactly once', () => {
  const step = fc.record({
    key: fc.constantFrom('1', '2', '3', '4', '5', '6'),
    tenant: fc.constantFrom('t', 'u'),
    holder: fc.constantFrom('a', 'b', 'c'),
    bytes: fc.integer({ min: 1, max: 40 }),
    do: fc.constantFrom('set' as const, 'get' as const, 'delete' as const, 'grow' as const),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const sizes = new Map<number, number>()
      const room = createFairRoom<number>({
        maxBytes: 100,
        onGone: (value) => expect(sizes.delete(value)).toBe(true),
      })
      for (const [index, each] of steps.entries()) {
        if (each.do === 'set') {
          const before = room.get(each.key)
          sizes.set(index, each.bytes)
          room.set(each.key, index, each)
          if (before !== undefined) expect(sizes.has(before)).toBe(false)
        } else if (each.do === 'grow') {
          const value = room.get(each.key)
          if (value !== undefined) sizes.set(value, (sizes.get(value) ?? 0) + each.bytes)
          room.grow(each.key, each.bytes)
        } else room[each.do](each.key)
        const held = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
        expect(held).toBeLessThanOrEqual(100)
      }
    }),
  )
})
