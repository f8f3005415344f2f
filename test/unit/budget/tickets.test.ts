import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLASSES } from '../../../src/budget/classes.ts'
import { countWaiting, findFirst, inOrder } from '../../../src/budget/tickets.ts'
import type { Ticket } from '../../../src/budget/tickets.ts'

interface Named extends Ticket {
  readonly name: string
}

const ticket = (name: string, parts: Partial<Ticket> = {}): Named => ({
  name,
  callClass: 'interactive',
  caller: 'a',
  reservedAtMs: null,
  ...parts,
})
const names = (tickets: readonly Named[], turns: Readonly<Record<string, number>> = {}, dueUntilMs = 0) =>
  inOrder(tickets, { turns: new Map(Object.entries(turns)), dueUntilMs }).map(({ name }) => name)

describe('the order', () => {
  it('among the calls of one caller and class, the one that came first', () => {
    expect(names([ticket('1'), ticket('2'), ticket('3')])).toEqual(['1', '2', '3'])
  })

  it('mutations, then reads that somebody waits for, then reads that nobody waits for', () => {
    const tickets = ['warmUp', 'revalidation', 'interactive', 'mutation'] as const

    expect(names(tickets.map((callClass) => ticket(callClass, { callClass })))).toEqual([...CLASSES])
  })

  it('callers in turn, however many calls one of them has', () => {
    const many = ['1', '2', '3'].map((name) => ticket(name))

    expect(names([...many, ticket('b', { caller: 'b' }), ticket('c', { caller: 'c' })])).toEqual([
      '1',
      'b',
      'c',
      '2',
      '3',
    ])
  })

  it('the caller whose last slot is the longest ago', () => {
    const tickets = ['a', 'b', 'c'].map((caller) => ticket(caller, { caller }))

    expect(names(tickets, { a: 3, b: 1, c: 2 })).toEqual(['b', 'c', 'a'])
    expect(names(tickets, { a: 3, b: 1 })).toEqual(['c', 'b', 'a'])
  })

  it('among the calls of one caller, those with a reservation, by its time', () => {
    expect(
      names([ticket('new'), ticket('late', { reservedAtMs: 9 }), ticket('early', { reservedAtMs: 5 })]),
    ).toEqual(['early', 'late', 'new'])
  })

  it('calls whose time has come, in turn of their callers, before those that have none or a later one', () => {
    const tickets = [
      ticket('new', { caller: 'c' }),
      ticket('later', { reservedAtMs: 9 }),
      ...['1', '2'].map((name) => ticket(name, { reservedAtMs: 5 })),
      ticket('b', { caller: 'b', reservedAtMs: 7 }),
    ]

    expect(names(tickets, {}, 7)).toEqual(['1', 'b', '2', 'new', 'later'])
    expect(names(tickets, { a: 2, b: 1 }, 7)).toEqual(['b', '1', '2', 'new', 'later'])
    expect(names([ticket('change', { callClass: 'mutation' }), ...tickets], {}, 7)[0]).toBe('change')
  })
})

it('the first is the first of the order, whatever there is', () => {
  const any = fc.record({
    name: fc.uuid(),
    callClass: fc.constantFrom(...CLASSES),
    caller: fc.constantFrom('a', 'b', 'c'),
    reservedAtMs: fc.option(fc.nat(3)),
  })
  fc.assert(
    fc.property(
      fc.array(any, { maxLength: 12 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(5)),
      fc.nat(3),
      (tickets, turns, dueUntilMs) => {
        const map = { turns: new Map(Object.entries(turns)), dueUntilMs }
        expect(findFirst(tickets, map)).toBe(inOrder(tickets, map)[0])
        expect(inOrder(tickets, map)).toHaveLength(tickets.length)
        expect(new Set(inOrder(tickets, map))).toEqual(new Set(tickets))
      },
    ),
  )
})

it('calls that wait are counted by class', () => {
  expect(countWaiting([ticket('1'), ticket('2', { callClass: 'mutation' }), ticket('3')])).toEqual({
    mutation: 1,
    interactive: 2,
    revalidation: 0,
    warmUp: 0,
  })
})
