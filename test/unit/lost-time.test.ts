// A sleep of the machine, a clock that is set, and a process that stands still: what each of them is noticed as.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { watchLostTime } from '../../src/program/lost-time.ts'
import { createMachine } from '../../src/program/machine.ts'
import { createManualClock } from '../support/manual-clock.ts'

const HOUR_MS = 3_600_000

function open({ isVirtual = true } = {}) {
  const clock = createManualClock()
  const machine = { asleepMs: 5000 }
  const noticed: object[] = []
  const logged: object[] = []
  watchLostTime({
    clock,
    gateway: { noteLostTime: (lost) => void noticed.push(lost) },
    log: { warn: (fields) => void logged.push(fields) },
    machine: { uptimeMs: () => clock.monotonicMs() + machine.asleepMs, mayBeVirtual: () => isVirtual },
  })
  return {
    clock,
    noticed,
    logged,
    sleep(ms: number): void {
      machine.asleepMs += ms
      clock.jumpWall(ms)
    },
  }
}

it('a wall clock that is ahead of the other one is a sleep, and noticed once', async () => {
  const { clock, noticed, logged } = open()
  await clock.advance(HOUR_MS)
  clock.jumpWall(8 * HOUR_MS)
  await clock.advance(10_000)
  expect(noticed).toEqual([{ sleptMs: 8 * HOUR_MS }])
  expect(logged).toEqual([{ sleptMs: 8 * HOUR_MS }])
})

it('a wall clock that is set forwards is no sleep on a machine that has a clock which counts each sleep', async () => {
  const { clock, noticed, logged } = open({ isVirtual: false })
  clock.jumpWall(8 * HOUR_MS)
  await clock.advance(10_000)
  expect([noticed, logged]).toEqual([[], []])
})

it('such a machine has slept for as long as that clock shows, also after its wall clock was set', async () => {
  const { clock, noticed, sleep } = open({ isVirtual: false })
  sleep(HOUR_MS)
  await clock.advance(10_000)
  clock.jumpWall(8 * HOUR_MS)
  await clock.advance(10_000)
  sleep(2 * HOUR_MS)
  clock.jumpWall(HOUR_MS)
  await clock.advance(10_000)
  expect(noticed).toEqual([{ sleptMs: HOUR_MS }, { sleptMs: 2 * HOUR_MS }])
})

it.each([
  ['flags\t\t: fpu vme\n', false],
  ['flags\t\t: fpu hypervisor vme\n', true],
  ['Features\t: fp asimd\n', true],
  ['', true],
])('a machine with the processor %j may be virtual: %s', (text, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'machine-'))
  const file = join(folder, 'cpuinfo')
  if (text !== '') writeFileSync(file, `processor\t: 0\n${text}`)
  expect(createMachine(file).mayBeVirtual()).toBe(expected)
  rmSync(folder, { recursive: true, force: true })
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
