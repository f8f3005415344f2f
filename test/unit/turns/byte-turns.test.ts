// How much work is under way at the same time, in which order it begins, and that none waits for ever.
import { describe, expect, it } from 'vitest'
import { createByteTurns } from '../../../src/turns/byte-turns.ts'

function open(maxBytes: number) {
  const turns = createByteTurns(maxBytes)
  const begun: string[] = []
  const ask = (name: string, bytes: number, tenant = 'tenant'): void =>
    turns.later(bytes, () => void begun.push(name), [tenant, 'caller'])
  return { turns, begun, ask }
}

describe('turns by bytes', () => {
  it('begin work as long as there is room, and the next one when there is room again', () => {
    const { turns, begun, ask } = open(100)
    ask('first', 60)
    ask('second', 40)
    ask('third', 30)
    expect(begun).toEqual(['first', 'second'])
    expect(turns.beginAtOnce(1)).toBe(false)

    turns.end(40)

    expect(begun).toEqual(['first', 'second', 'third'])
    expect(turns.beginAtOnce(10)).toBe(true)
    expect(turns.beginAtOnce(1)).toBe(false)
  })

  it('do work that is larger than the room alone', () => {
    const { turns, begun, ask } = open(100)
    expect(turns.beginAtOnce(1)).toBe(true)
    ask('large', 500)
    expect(begun).toEqual([])

    turns.end(1)

    expect(begun).toEqual(['large'])
    expect(turns.beginAtOnce(1)).toBe(false)
    turns.end(500)
    expect(turns.beginAtOnce(100)).toBe(true)
  })

  it('let nothing pass the work whose turn it is', () => {
    const { turns, begun, ask } = open(100)
    ask('first', 60)
    ask('large', 100)
    ask('small', 10)

    expect(turns.beginAtOnce(10)).toBe(false)
    expect(begun).toEqual(['first'])
    turns.end(60)
    expect(begun).toEqual(['first', 'large'])
    turns.end(100)
    expect(begun).toEqual(['first', 'large', 'small'])
  })

  it('are shared by tenants, however much one of them asks for', () => {
    const { turns, begun, ask } = open(10)
    for (const name of ['a1', 'a2', 'a3', 'a4']) ask(name, 10, 'a')
    ask('b1', 10, 'b')
    for (let ended = 0; ended < 5; ended += 1) turns.end(10)

    expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'a4'])
  })
})
