import { expect, it, vi } from 'vitest'
import { createAlarms } from '../../src/turns/alarms.ts'
import { createManualClock } from '../support/manual-clock.ts'

function open() {
  const clock = createManualClock()
  const { at } = createAlarms(clock)
  const rung: string[] = []
  return { clock, rung, set: (name: string, atMs: number) => at(atMs, () => void rung.push(name)) }
}

it('calls back at its time, in the order of the times, and not before', async () => {
  const { clock, rung, set } = open()
  const nowMs = clock.monotonicMs()
  set('late', nowMs + 20)
  set('early', nowMs + 10)
  set('past', nowMs - 5)
  await clock.advance(9)
  expect(rung).toEqual(['past'])
  await clock.advance(1)
  expect(rung).toEqual(['past', 'early'])
  await clock.advance(10)
  expect(rung).toEqual(['past', 'early', 'late'])
})

it('has one timer for all that is due in one millisecond, and none when all are cancelled', async () => {
  const { clock, rung, set } = open()
  const dueMs = clock.monotonicMs() + 10
  const cancels = ['a', 'b', 'c'].map((name, index) => set(name, dueMs - index / 10))
  expect(clock.countTimers()).toBe(1)
  for (const cancel of cancels) cancel()
  expect(clock.countTimers()).toBe(0)
  // Cancelled twice, and set again in between: the new one stays.
  set('again', dueMs)
  for (const cancel of cancels) cancel()
  await clock.advance(10)
  expect(rung).toEqual(['again'])
})

it('calls back what is set for the same time by a callback, and leaves out what one cancels', async () => {
  const { clock, rung } = open()
  const { at } = createAlarms(clock)
  const dueMs = clock.monotonicMs() + 10
  const cancels: (() => void)[] = []
  at(dueMs, () => {
    rung.push('first')
    cancels[0]?.()
    at(dueMs, () => void rung.push('set meanwhile'))
  })
  cancels.push(at(dueMs, () => void rung.push('cancelled')))
  await clock.advance(10)
  expect(rung).toEqual(['first', 'set meanwhile'])
  expect(clock.countTimers()).toBe(0)
})

it('calls those that are due together with one that throws, and throws its error afterwards', async () => {
  const { clock, rung, set } = open()
  const { at } = createAlarms(clock)
  const dueMs = clock.monotonicMs() + 10
  const queued: (() => void)[] = []
  const spy = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => void queued.push(task))
  at(dueMs, () => {
    throw new Error('bug')
  })
  at(dueMs, () => void rung.push('the same time'))
  set('another alarm', dueMs)
  await clock.advance(10)
  spy.mockRestore()
  expect(rung).toEqual(['the same time', 'another alarm'])
  expect(queued).toHaveLength(1)
  expect(() => queued[0]?.()).toThrow('bug')
})
