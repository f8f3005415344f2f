// Shares of the limit, over real files: what a running gateway leaves free, since when, and for how long.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { takeShare, watchShares } from '../../../src/spent/shares.ts'
import { createMachine } from '../../support/two-clocks.ts'

const root = mkdtempSync(join(tmpdir(), 'shares-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0

/** A window, the time limit of an attempt, and the margins of both. */
const HELD_MS = 60_000 + 5000 + 2000 + 40
const LIMITS = { rateWindowMs: 60_000, attemptTimeoutMs: 5000 }

function open() {
  const folder = join(root, String((folders += 1)))
  const { clock, bootClock } = createMachine()
  const options = { folder, clock, bootClock }
  const changes: number[] = []
  return {
    folder,
    clock,
    changes,
    take: (calls: number) => takeShare({ ...options, ...LIMITS, calls }),
    watch() {
      const watched = watchShares({ ...options, onChange: () => void changes.push(watched.calls()) })
      return watched
    },
  }
}

it('is left free before its program begins, and by a gateway that starts afterwards', async () => {
  const { clock, changes, take, watch } = open()
  const earlier = watch()
  expect(earlier.calls()).toBe(0)
  const share = take(10)
  let isSettled = false
  void share.settled(new AbortController().signal).then(() => (isSettled = true))
  await clock.advance(1000)
  expect([changes, isSettled]).toEqual([[10], false])
  await clock.advance(1500)
  expect(isSettled).toBe(true)
  expect(watch().calls()).toBe(10)
  expect(take(5).others).toBe(10)
  await clock.advance(1000)
  expect(earlier.calls()).toBe(15)
})

it('lasts as long as its program, and then for a window, as far as it was used', async () => {
  const { folder, clock, take, watch } = open()
  const watched = watch()
  const share = take(10)
  await clock.advance(10 * HELD_MS)
  expect(watched.calls()).toBe(10)
  share.close(3)
  await clock.advance(HELD_MS - 1000)
  expect(watched.calls()).toBe(3)
  await clock.advance(2000)
  expect(watched.calls()).toBe(0)
  const unused = take(10)
  unused.close(0)
  expect(watch().calls()).toBe(0)
  expect(readdirSync(folder)).toEqual([])
})

it('of a program that ended without a word is over by itself, and a damaged file is none', async () => {
  const { folder, clock, take, watch } = open()
  const share = take(10)
  const [name = ''] = readdirSync(folder)
  share.close(10)
  writeFileSync(
    join(folder, `share-${'0'.repeat(8)}${name.slice('share-'.length + 8)}`),
    'aurora-gateway-share 1 - 10',
  )
  const watched = watch()
  expect(watched.calls()).toBe(10)
  await clock.advance(HELD_MS + 1000)
  expect(watched.calls()).toBe(0)
})
