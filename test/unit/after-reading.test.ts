import { expect, it } from 'vitest'
import { afterReading } from '../../src/turns/after-reading.ts'
import { createManualClock, settle } from '../support/manual-clock.ts'

function open() {
  const manual = createManualClock()
  const due: (() => void)[] = []
  const clock = {
    ...manual,
    after: (_waitMs: number, callback: () => void) => {
      due.push(callback)
      return () => void due.splice(0)
    },
  }
  let calls = 0
  const cancel = afterReading(clock, 1000, () => (calls += 1))
  const fire = (): void => due.splice(0).forEach((callback) => callback())
  return { clock: manual, cancel, fire, calls: () => calls }
}

it('calls back with its timer, if that is as late as timers of a busy process are', async () => {
  const { clock, fire, calls } = open()
  await clock.advance(1150)
  fire()
  expect(calls()).toBe(1)
})

it('calls back a turn after its timer, once, if the process stood still', async () => {
  const { clock, fire, calls } = open()
  clock.standStill(60_000)
  fire()
  expect(calls()).toBe(0)
  await settle()
  expect(calls()).toBe(1)
})

it('does not call back where it is cancelled in that turn, or before', async () => {
  const late = open()
  late.clock.standStill(60_000)
  late.fire()
  late.cancel()
  const early = open()
  early.cancel()
  early.clock.standStill(60_000)
  early.fire()
  await settle()
  expect([late.calls(), early.calls()]).toEqual([0, 0])
})
