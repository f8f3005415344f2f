// P1 over restarts, held against true time: whatever is killed, torn or set, no slot is free before Aurora has forgotten its call.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { openSpent } from '../../src/spent/spent.ts'
import { examplesOf } from '../support/examples.ts'
import { createMachine } from '../support/two-clocks.ts'

const WINDOW_MS = 10_000
const ATTEMPT_MS = 1000
const MAX_HELD_MS = WINDOW_MS + ATTEMPT_MS + 2000 + 40

const root = mkdtempSync(join(tmpdir(), 'spent-model-'))
afterAll(() => rmSync(root, { recursive: true }))

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('call' as const),
      latencyMs: fc.nat(ATTEMPT_MS),
      counted: fc.nat(100),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('unsent' as const) }) },
  { weight: 5, arbitrary: fc.record({ is: fc.constant('pass' as const), ms: fc.nat(4000) }) },
  {
    weight: 2,
    arbitrary: fc.record({ is: fc.constant('kill' as const), isTorn: fc.boolean(), forMs: fc.nat(8000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('setWall' as const),
      byMs: fc.integer({ min: -90_000_000, max: 90_000_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('restart' as const), forMs: fc.nat(6000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constant('garbage' as const), bytes: fc.uint8Array({ maxLength: 60 }) }),
  },
)

interface Counted {
  /** When Aurora counted the call; in the future where that is still to come. */
  readonly atMs: number
}

async function run(
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  hasBootId: boolean,
) {
  const machine = createMachine(20_000)
  if (!hasBootId) machine.hideBootId()
  const { clock, bootClock } = machine
  const stateDir = mkdtempSync(join(root, 'run-'))
  const counted: Counted[] = []
  let ids = 0
  let isAlive = { value: true }

  const start = () => {
    const spent = openSpent({
      stateDir,
      isSimulated: false,
      rateWindowMs: WINDOW_MS,
      attemptTimeoutMs: ATTEMPT_MS,
      clock,
      bootClock: { ...bootClock, bootId: bootClock.bootId },
      emit: () => {},
    })
    const record = spent?.openRecord('key')
    if (!record) throw new Error('nothing can be kept')
    return record
  }
  let record = start()

  function check(): void {
    const nowMs = clock.monotonicMs()
    const held = record.carried.slots.map(({ freesAtMs }) => freesAtMs).sort((one, other) => other - one)
    for (const freesAtMs of held) expect(freesAtMs).toBeLessThanOrEqual(nowMs + MAX_HELD_MS)
    // Slots are alike: as many are held beyond each moment as Aurora still counts calls then.
    const untilMs = counted.map(({ atMs }) => atMs + WINDOW_MS).filter((atMs) => atMs > nowMs)
    untilMs
      .sort((one, other) => other - one)
      .forEach((atMs, place) => expect(held[place] ?? -Infinity).toBeGreaterThanOrEqual(atMs))
  }

  for (const one of steps) {
    switch (one.is) {
      case 'call': {
        const id = String((ids += 1))
        const [own, alive] = [record, isAlive]
        await own.taken(id)
        counted.push({ atMs: clock.monotonicMs() + (one.latencyMs * one.counted) / 100 })
        clock.after(one.latencyMs, () => alive.value && own.answered(id))
        break
      }
      case 'unsent': {
        const id = String((ids += 1))
        void record.taken(id)
        record.neverSent(id)
        break
      }
      case 'pass':
        await clock.advance(one.ms)
        break
      case 'setWall':
        machine.setWall(one.byMs)
        break
      case 'garbage':
        for (const name of readdirSync(stateDir))
          appendFileSync(
            join(stateDir, name),
            Buffer.concat([Buffer.from('\n'), one.bytes, Buffer.from('\n')]),
          )
        break
      case 'kill':
      case 'restart':
        if (one.is === 'kill' && one.isTorn) await tear(stateDir, () => record.taken('torn'))
        isAlive.value = false
        isAlive = { value: true }
        if (one.is === 'restart') machine.restart()
        await clock.advance(one.forMs)
        record = start()
        check()
        break
    }
  }
  rmSync(stateDir, { recursive: true })
}

/** The process ends while it writes a slot: a part of the line is there, and the call has not left. */
async function tear(stateDir: string, take: () => Promise<void> | null): Promise<void> {
  const sizes = new Map(
    readdirSync(stateDir).map((name) => [name, readFileSync(join(stateDir, name)).length]),
  )
  await take()
  for (const name of readdirSync(stateDir)) {
    const path = join(stateDir, name)
    const [before, after] = [sizes.get(name), readFileSync(path).length]
    if (before !== undefined && after > before) truncateSync(path, before + Math.floor((after - before) / 2))
  }
}

it('holds every call that Aurora counts, and nothing for longer than a window and a flight', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 40 }), fc.boolean(), run)
  await fc.assert(property, { numRuns: examplesOf(150) })
})
