import { describe, expect, it } from 'vitest'
import { chooseClosed } from '../../../src/http/choose-closed.ts'
import type { Place } from '../../../src/http/choose-closed.ts'

const NOW_MS = 100_000
const place = (address: string, state: Place['state'], ageMs: number): Place => ({
  address,
  state,
  sinceMs: NOW_MS - ageMs,
})
const choose = (places: Place[], count: number) => chooseClosed(places, { count, nowMs: NOW_MS })

describe('connections that are closed to make room', () => {
  it('are idle ones of the address that has most, those first that are idle for longest', () => {
    const few = [place('a', 'idle', 60_000)]
    const many = [place('b', 'idle', 5_000), place('b', 'idle', 9_000), place('b', 'sending', 20_000)]
    expect(choose([...few, ...many], 2)).toEqual([many[1], many[0]])
  })

  it('are those in the middle of sending where none is idle, and never those that wait for an answer', () => {
    const places = [place('a', 'busy', 60_000), place('a', 'sending', 3_000), place('a', 'busy', 1)]
    expect(choose(places, 3)).toEqual([places[1]])
  })

  it('leave an address that has few alone as long as another one has more', () => {
    const honest = Array.from({ length: 5 }, () => place('honest', 'idle', 60_000))
    const flood = Array.from({ length: 100 }, () => place('flood', 'idle', 2_000))
    expect(new Set(choose([...honest, ...flood], 90))).toEqual(new Set(flood.slice(-90)))
  })

  it('are young ones only of an address that opens many', () => {
    const few = Array.from({ length: 3 }, () => place('few', 'idle', 10))
    const many = Array.from({ length: 25 }, () => place('many', 'idle', 10))
    expect(choose([...few, ...many], 10).map(({ address }) => address)).toEqual(
      Array.from({ length: 5 }, () => 'many'),
    )
  })
})
