// A sleep of the machine, a clock that is set, and a process that stands still: what each of them is noticed as.
import { expect, it } from 'vitest'
import { watchLostTime } from '../../src/gateway/lost-time.ts'
import { createEventLog } from '../support/builders.ts'
import { createManualClock } from '../support/manual-clock.ts'

const HOUR_MS = 3_600_000

function open() {
  const clock = createManualClock()
  const events = createEventLog()
  const noticed: string[] = []
  const end = watchLostTime({
    clock,
    emit: events.emit,
    onSlept: (ms) => void noticed.push(`slept ${ms}`),
    onStandstill: () => void noticed.push('standstill'),
  })
  return { clock, events, noticed, end }
}

it('a wall clock that is ahead of the other one is a sleep, and noticed once', async () => {
  const { clock, events, noticed } = open()
  await clock.advance(HOUR_MS)
  clock.jumpWall(8 * HOUR_MS)
  await clock.advance(10_000)
  expect(noticed).toEqual([`slept ${8 * HOUR_MS}`, 'standstill'])
  expect(events.of('timeLost')).toEqual([{ hasSlept: true, lostMs: 8 * HOUR_MS }])
})

it('timers that are late by ten seconds are a standstill', async () => {
  const { clock, events, noticed } = open()
  await clock.advance(5000)
  clock.standStill(120_000)
  await clock.advance(10_000)
  expect(noticed).toEqual(['standstill'])
  expect(events.of('timeLost')).toEqual([{ hasSlept: false, lostMs: 119_000 }])
})

it.each([
  ['set back by an hour', -HOUR_MS],
  ['set forwards by some seconds', 9000],
])('a clock that is %s is neither', async (_, byMs) => {
  const { clock, noticed } = open()
  clock.jumpWall(byMs)
  await clock.advance(10_000)
  expect(noticed).toEqual([])
})

it('nothing is looked at after the end', async () => {
  const { clock, noticed, end } = open()
  await clock.advance(5000)
  end()
  expect(clock.countTimers()).toBe(0)
  clock.jumpWall(HOUR_MS)
  await clock.advance(10_000)
  expect(noticed).toEqual([])
})
