// Turns of requests: a free one is taken at once, without a promise; nobody overtakes whoever waits.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { httpLimits } from '../../../src/http/limits.ts'
import { createLoop } from '../../../src/turns/loop.ts'
import { createTurns } from '../../../src/http/turns.ts'
import { createTenantsSeen } from '../../../src/turns/tenants-seen.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function open({ maxUnderWayOfCaller = 2 } = {}) {
  const clock = createManualClock()
  const loop = createLoop({ clock })
  const turns = createTurns({
    clock,
    loop,
    seen: createTenantsSeen(clock),
    limits: { ...httpLimits, maxUnderWayOfCaller },
  })
  const take = (caller: string) =>
    turns.take({
      caller,
      tenant: 't',
      address: () => 'here',
      connection: {},
      signal: new AbortController().signal,
    })
  return { loop, turns, take }
}

it('a turn that is free is taken at once, up to the bound of the caller', () => {
  const { turns } = open()
  const taken = [turns.tryTake({ caller: 'a', tenant: 't' }), turns.tryTake({ caller: 'a', tenant: 't' })]
  expect(taken.map((turn) => turn?.kind)).toEqual(['taken', 'taken'])
  expect([
    turns.tryTake({ caller: 'a', tenant: 't' }),
    turns.tryTake({ caller: 'b', tenant: 't' })?.kind,
  ]).toEqual([null, 'taken'])
  taken[0]?.end()
  expect(turns.tryTake({ caller: 'a', tenant: 't' })?.kind).toBe('taken')
})

it('nobody takes a turn at once while others wait for theirs, or while the loop has other steps to do', async () => {
  const { turns, take, loop } = open({ maxUnderWayOfCaller: 1 })
  const first = turns.tryTake({ caller: 'a', tenant: 't' })
  const second = take('a')
  expect(turns.tryTake({ caller: 'b', tenant: 't' })).toBeNull()
  first?.end()
  expect((await second).kind).toBe('taken')
  await nextTurn()
  loop.later('read', () => {}, ['', 'a'])
  expect(turns.tryTake({ caller: 'b', tenant: 't' })).toBeNull()
  while (!loop.isFree()) await nextTurn()
  expect(turns.tryTake({ caller: 'b', tenant: 't' })?.kind).toBe('taken')
})

it('a caller that gets no turn leaves nothing behind', async () => {
  const { turns } = open({ maxUnderWayOfCaller: 0 })
  const left = new AbortController()
  expect(turns.tryTake({ caller: 'a', tenant: 't' })).toBeNull()
  const wait = turns.take({
    caller: 'a',
    tenant: 't',
    address: () => 'here',
    connection: {},
    signal: left.signal,
  })
  left.abort(new Error('left'))
  await expect(wait).rejects.toThrow('left')
})

it('the step in which a waiter would have begun is taken back when the last one leaves, and not before', async () => {
  const { turns, loop } = open()
  const takeOut = loop.later('read', () => {}, ['', 'a'])
  const takeUntil = ({ signal }: AbortController) =>
    turns.take({ caller: 'a', tenant: 't', address: () => 'here', connection: {}, signal })
  const left = [new AbortController(), new AbortController()]
  const waits = left.map(takeUntil)
  takeOut()
  left[0]?.abort(new Error('left'))
  expect(loop.isFree()).toBe(false)
  left[1]?.abort(new Error('left'))
  expect(loop.isFree()).toBe(true)
  for (const wait of waits) await expect(wait).rejects.toThrow('left')
  const again = loop.later('read', () => {}, ['', 'a'])
  const wait = takeUntil(new AbortController())
  again()
  expect((await wait).kind).toBe('taken')
})
