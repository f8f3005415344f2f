// What was spent, over real files: what the next process holds, whatever became of the files and the clocks in between.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openMemoryLedger } from '../../../src/budget/ledger.ts'
import type { Slot } from '../../../src/budget/ledger.ts'
import { countFree, limitNow } from '../../../src/budget/window.ts'
import { openSpent } from '../../../src/spent/spent.ts'
import { createEventLog, nth } from '../../support/builders.ts'
import { settle } from '../../support/manual-clock.ts'
import { createMachine } from '../../support/two-clocks.ts'

const WINDOW_MS = 60_000
const MARGIN_MS = 40
/** The time limit of an attempt, and what is added to it. */
const FLIGHT_MS = 5000 + 2000
const LIMIT = 10
const NOBODY = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 }

const root = mkdtempSync(join(tmpdir(), 'spent-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

function open() {
  const machine = createMachine()
  const { clock, bootClock } = machine
  const events = createEventLog()
  const stateDir = join(root, String((folders += 1)), 'state')
  const start = (parts: { isSimulated?: boolean; stateDir?: string | null } = {}) =>
    openSpent({
      stateDir,
      isSimulated: false,
      rateWindowMs: WINDOW_MS,
      attemptTimeoutMs: 5000,
      clock,
      bootClock: { ...bootClock, bootId: bootClock.bootId },
      emit: events.emit,
      ...parts,
    })
  /** A process of its own, which ends without a word unless it is closed. */
  const startLedger = (name = 'key') => {
    const spent = start()
    const record = spent?.openRecord(name)
    const ledger = openMemoryLedger(clock)({
      name,
      limit: LIMIT,
      windowMs: WINDOW_MS,
      onFreed: () => {},
      waiting: () => NOBODY,
      record,
    })
    const take = async (): Promise<Slot> => {
      const got = await ledger.take('mutation')
      if ('retryAtMs' in got) throw new Error('no slot')
      await got.recorded
      return got
    }
    return { spent, ledger, take, free: () => countFree(ledger.window, clock.monotonicMs()) }
  }
  const paths = (): string[] => readdirSync(stateDir).map((file) => join(stateDir, file))
  return { ...machine, events, stateDir, start, startLedger, paths }
}

describe('the next process', () => {
  it('holds a slot until a window after its answer, and one without an answer a flight longer', async () => {
    const { clock, startLedger } = open()
    const first = startLedger()
    const answered = await first.take()
    await first.take()
    await clock.advance(1000)
    answered.answered()
    // Within a moment the answer is written.
    await clock.advance(200)

    await clock.advance(10_000)
    const second = startLedger()
    expect(second.free()).toBe(LIMIT - 2)
    await clock.advance(WINDOW_MS + MARGIN_MS - 10_200 - 1)
    expect(second.free()).toBe(LIMIT - 2)
    await clock.advance(1)
    expect(second.free()).toBe(LIMIT - 1)
    await clock.advance(FLIGHT_MS - 1000 - 1)
    expect(second.free()).toBe(LIMIT - 1)
    await clock.advance(1)
    expect(second.free()).toBe(LIMIT)
  })

  it('holds each of the calls that leave in one turn after one write, and none leaves before it', async () => {
    const { startLedger, paths } = open()
    const { ledger } = startLedger()
    const slots = await Promise.all([1, 2, 3].map(() => ledger.take('mutation')))
    const writes = new Set(slots.map((slot) => ('recorded' in slot ? slot.recorded : null)))
    expect(writes.size).toBe(1)
    await nth([...writes], 0)
    expect(
      readFileSync(nth(paths(), 0), 'latin1')
        .split('\n')
        .filter((line) => line.startsWith('taken ')),
    ).toHaveLength(3)
    expect(startLedger().free()).toBe(LIMIT - 3)
  })

  it('holds a slot that was taken just before the end', async () => {
    const { startLedger, paths } = open()
    const { spent, ledger } = startLedger()
    await ledger.take('mutation')
    spent?.close()
    expect(startLedger().free()).toBe(LIMIT - 1)
    const [file = ''] = paths()
    const written = readFileSync(file, 'latin1')
    await nextTurn()
    expect(readFileSync(file, 'latin1')).toBe(written)
  })

  it('holds the calls of replies that have come one after the other in a turn after one write', async () => {
    const { startLedger } = open()
    const { ledger } = startLedger()
    const first = await ledger.take('mutation')
    await new Promise<void>((resolve) => process.nextTick(resolve))
    const second = await ledger.take('mutation')
    expect('recorded' in first && 'recorded' in second && first.recorded === second.recorded).toBe(true)
  })

  it('holds no slot whose call never left, and has a first start wait for nothing', async () => {
    const { clock, startLedger } = open()
    const first = startLedger()
    expect(first.free()).toBe(LIMIT)
    ;(await first.take()).neverSent()
    await clock.advance(200)
    expect(startLedger().free()).toBe(LIMIT)
  })

  it('holds the slots of the same key alone', async () => {
    const { startLedger } = open()
    await startLedger('one').take()
    expect(startLedger('other').free()).toBe(LIMIT)
    expect(startLedger('one').free()).toBe(LIMIT - 1)
  })

  it('is paused as long, one call at a time tries the key, and its limit is as low', async () => {
    const { clock, startLedger } = open()
    startLedger().ledger.pause(clock.monotonicMs() + 20_000, { isFirstInARow: true })
    await clock.advance(5000)
    const { ledger, free, take } = startLedger()
    expect(ledger.window.pausedUntilMs).toBe(clock.monotonicMs() + 15_000)
    await clock.advance(15_000)
    expect(free()).toBe(1)
    expect(limitNow(ledger.window, clock.monotonicMs())).toBe(7)
    ;(await take()).answered()
    expect(free()).toBe(6)
  })

  it('counts what several processes have left, one of them still alive', async () => {
    const { startLedger } = open()
    const alive = startLedger()
    await alive.take()
    await startLedger().take()
    expect(startLedger().free()).toBe(LIMIT - 2)
    await alive.take()
    expect(startLedger().free()).toBe(LIMIT - 3)
  })

  it('removes files that say nothing of now; a process that is still there writes its own anew', async () => {
    const { clock, startLedger, paths } = open()
    const alive = startLedger()
    ;(await alive.take()).answered()
    await clock.advance(2 * WINDOW_MS)
    startLedger()
    expect(paths()).toEqual([])
    await alive.take()
    expect(startLedger().free()).toBe(LIMIT - 1)
  })
})

describe('clocks that were set', () => {
  it.each([3_600_000, -3_600_000, 86_400_000 * 400])(
    'by %i ms free no slot, and hold none longer',
    async (byMs) => {
      const { clock, setWall, startLedger } = open()
      ;(await startLedger().take()).answered()
      await clock.advance(1000)
      setWall(byMs)
      const { free } = startLedger()
      await clock.advance(WINDOW_MS + MARGIN_MS - 1001)
      expect(free()).toBe(LIMIT - 1)
      await clock.advance(1)
      expect(free()).toBe(LIMIT)
    },
  )

  it('on a machine that was restarted, the time since then is the least that has passed', async () => {
    const { clock, setWall, restart, startLedger } = open()
    ;(await startLedger().take()).answered()
    await clock.advance(1000)
    restart()
    await clock.advance(20_000)
    setWall(3_600_000)
    const { free } = startLedger()
    await clock.advance(WINDOW_MS + MARGIN_MS - 20_001)
    expect(free()).toBe(LIMIT - 1)
    await clock.advance(1)
    expect(free()).toBe(LIMIT)
  })

  it('on another machine with the same folder, the wall clock bounds what has passed', async () => {
    const { clock, stateDir, startLedger } = open()
    ;(await startLedger().take()).answered()
    await clock.advance(10_000)
    const other = createMachine(900_000_000)
    await other.clock.advance(10_000)
    const spent = openSpent({
      stateDir,
      isSimulated: false,
      rateWindowMs: WINDOW_MS,
      attemptTimeoutMs: 5000,
      clock: other.clock,
      bootClock: { ...other.bootClock, bootId: 'other' },
      emit: () => {},
    })
    expect(spent?.openRecord('key').carried.slots).toMatchObject([
      { freesAtMs: other.clock.monotonicMs() + WINDOW_MS + MARGIN_MS - 10_000 },
    ])
  })
})

describe('a file', () => {
  it.each<[string, (path: string) => void]>([
    ['is cut off', (path) => truncateSync(path, readFileSync(path).length - 7)],
    ['ends in garbage', (path) => appendFileSync(path, 'taken 0123456789abcdef 9 17')],
    ['has garbage in between', (path) => appendFileSync(path, '\u0000\n\n{"a":1}\ntaken x y z .\n')],
  ])('that %s says what its whole lines say', async (_, damage) => {
    const { startLedger, paths } = open()
    const { take } = startLedger()
    await take()
    await take()
    await take()
    damage(nth(paths(), 0))
    const { free } = startLedger()
    expect(free()).toBeGreaterThanOrEqual(LIMIT - 3)
    expect(free()).toBeLessThanOrEqual(LIMIT - 2)
  })

  it('of another program, of another form, or none at all, is left as it is and stops nothing', async () => {
    const { events, startLedger, stateDir, paths } = open()
    await startLedger().take()
    const name = (digit: number): string =>
      join(stateDir, `spent-${String(digit).repeat(8)}-0000-0000-0000-000000000000.log`)
    writeFileSync(name(1), '')
    writeFileSync(name(2), 'aurora-gateway-spent 2 boot .\n')
    writeFileSync(name(3), Buffer.from([0xff, 0xfe, 0, 10]))
    mkdirSync(name(4))
    symlinkSync('/dev/zero', name(5))
    writeFileSync(join(stateDir, 'notes.txt'), 'mine')
    expect(startLedger().free()).toBe(LIMIT - 1)
    expect(paths()).toHaveLength(7)
    expect(events.of('spentNotKept')).toEqual([])
  })

  it('grows no further than what a window holds, whatever was spent before', async () => {
    const { clock, startLedger, paths } = open()
    const { take } = startLedger()
    for (let round = 0; round < 300; round += 1) {
      for (let call = 0; call < LIMIT; call += 1) (await take()).answered()
      await clock.advance(WINDOW_MS + MARGIN_MS)
    }
    await take()
    expect(readFileSync(nth(paths(), 0)).length).toBeLessThan(70_000)
    expect(startLedger().free()).toBe(LIMIT - 1)
  })

  it('that has grown and was written anew says of each slot and each pause what was written', async () => {
    const { clock, start, startLedger, stateDir, paths } = open()
    const record = start()?.openRecord('key')
    record?.paused(clock.monotonicMs() + 1_000_000, { limit: 7, atMs: clock.monotonicMs() })
    await clock.advance(WINDOW_MS + MARGIN_MS + FLIGHT_MS + 1000)
    const early = Array.from({ length: 600 }, (_, index) => `early${index}`)
    const late = Array.from({ length: 2500 }, (_, index) => `late${index}`)
    for (const id of early) void record?.taken(id)
    for (const id of early) record?.answered(id)
    await clock.advance(2 * WINDOW_MS)
    for (const id of late.slice(0, 1000)) await record?.taken(id)
    await clock.advance(WINDOW_MS / 2)
    for (const id of late.slice(1000)) await record?.taken(id)
    record?.neverSent('late0')
    await clock.advance(200)

    const text = readFileSync(nth(paths(), 0), 'latin1')
    expect(text).not.toContain(' early0 ')
    const { carried } = start()?.openRecord('key') ?? {}
    expect(carried?.slots).toHaveLength(late.length - 1)
    expect(carried).toMatchObject({ isUnproven: true, learned: { limit: 7 } })
    const pausedForMs = (carried?.pausedUntilMs ?? 0) - clock.monotonicMs()
    expect(pausedForMs).toBeGreaterThan(700_000)
    expect(startLedger().free()).toBe(0)
    rmSync(stateDir, { recursive: true })
  })

  it('that cannot be written stops no call; one event says so, and the next one that can be is whole', async () => {
    const { events, startLedger, stateDir } = open()
    const { take, ledger, free } = startLedger()
    await take()
    rmSync(stateDir, { recursive: true })
    writeFileSync(stateDir, 'in the way')
    await take()
    await take()
    expect(free()).toBe(LIMIT - 3)
    expect(events.of('spentNotKept')).toHaveLength(1)
    rmSync(stateDir)
    await take()
    ledger.end()
    await settle()
    expect(startLedger().free()).toBe(LIMIT - 4)
  })

  it('is made for the simulator never, nor where no folder is set', () => {
    const { start } = open()
    expect([start({ isSimulated: true }), start({ stateDir: null })]).toEqual([null, null])
  })
})
