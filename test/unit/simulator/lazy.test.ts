// Things drawn when they are asked for: found by their id without drawing the others, and always the same.

import { describe, expect, it, vi } from 'vitest'
import { createOwned } from '../../../src/simulator/lazy.ts'

function open() {
  const make = vi.fn((ownerId: string, ids: readonly string[]) =>
    ids.slice(0, 2).map((id) => ({ id, ownerId })),
  )
  const owned = createOwned({ seed: 1, kind: 'things', ownerIds: ['a', 'b', 'c'], most: 3 }, make)
  return { make, owned }
}

describe('a thing of an owner', () => {
  it('is found by its id, for which only its owner is drawn', () => {
    const [thing] = open().owned.of('b')
    const { make, owned } = open()
    expect(owned.find(thing?.id ?? '')).toEqual(thing)
    expect(make.mock.calls.map(([ownerId]) => ownerId)).toEqual(['b'])
  })

  it('is drawn once', () => {
    const { make, owned } = open()
    expect(owned.of('a')).toBe(owned.of('a'))
    expect(make).toHaveBeenCalledOnce()
  })

  it('does not exist for an unknown owner or id', () => {
    const { make, owned } = open()
    expect([owned.of('x'), owned.find('x')]).toEqual([[], undefined])
    expect(make).not.toHaveBeenCalled()
  })
})
