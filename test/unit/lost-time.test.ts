// A sleep of the machine, a clock that is set, and a process that stands still: what each of them is noticed as.
import { expect, it } from 'vitest'
import { watchLostTime } from '../../src/program/lost-time.ts'
import { createManualClock } from '../support/manual-clock.ts'

const HOUR_MS = 3_600_000

function open() {
  const clock = createManualClock()
  const noticed: object[] = []
  const logged: object[] = []
  watchLostTime({
    clock,
    gateway: { noteLostTime: (lost) => void noticed.push(lost) },
    log: { warn: (fields) => void logged.push(fields) },
  })
  return { clock, noticed, logged }
}

it('a wall clock that is ahead of the other one is a sleep, and noticed once', async () => {
  const { clock, noticed, logged } = open()
  await clock.advance(HOUR_MS)
  clock.jumpWall(8 * HOUR_MS)
  await clock.advance(10_000)
  expect(noticed).toEqual([{ sleptMs: 8 * HOUR_MS }])
  expect(logged).toEqual([{ sleptMs: 8 * HOUR_MS }])
})

it('timers that are late by ten seconds are a standstill', async () => {
  const { clock, noticed, logged } = open()
  await clock.advance(5000)
  clock.standStill(120_000)
  await clock.advance(10_000)
  expect(noticed).toEqual([{ sleptMs: 0 }])
  expect(logged).toEqual([{ stoodStillMs: 119_000 }])
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
