// The script that Redis runs does the same as the model, whatever messages come in whatever order.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PoolMessage, PoolState } from '../../src/redis/pool-protocol.ts'
import { CONTACT_AT } from '../../src/redis/pool-script.ts'
import { buildPool, buildPoolMessage } from '../support/build-pool.ts'
import { examplesOf } from '../support/examples.ts'
import { applyMessage } from '../support/pool-model.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'

const SCRIPT = `local redisMs = tonumber(ARGV[3])\n${CONTACT_AT}`
const START_MS = 1_795_648_096_644

const OPEN = buildPool({ generation: 'open', openAt: START_MS, mayOpenAt: START_MS, at: START_MS })

const step = fc.record({
  elapsedMs: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 1500 }) },
    { weight: 1, arbitrary: fc.integer({ min: -3_600_000, max: 3_600_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 3000, max: 20_000 }) },
  ),
  replica: fc.constantFrom('a', 'b', 'c'),
  isKnown: fc.boolean(),
  behindMs: fc.integer({ min: -200, max: 900 }),
  knownStep: fc.constantFrom(-100, -1, -1, 0, 1),
  knownAgoMs: fc.constantFrom(-900, 0, 4999, 5000, 60_000),
  seqStep: fc.constantFrom(1, 1, 1, 1, 0, -2),
  lease: fc.integer({ min: 0, max: 3 }),
  held: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.integer({ min: -1, max: 6000 }), { maxKeys: 3 }),
  waiting: fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1), fc.nat(1)),
  take: fc.boolean(),
  rank: fc.integer({ min: 0, max: 3 }),
  kept: fc.integer({ min: 0, max: 2 }),
  lendMs: fc.constantFrom(-1, 200),
  pauseForMs: fc.constantFrom(-1, -1, -1, -1, 700),
  learnedLimit: fc.constantFrom(-1, -1, -1, -1, 5),
  resumedForMs: fc.constantFrom(-1, -1, 0, 300, 2000),
  isGoodbye: fc.constantFrom(false, false, false, false, true),
  limit: fc.constantFrom(10, 10, 10, 7),
  share: fc.constantFrom(3, 3, 2),
  former: fc.record({
    generation: fc.constantFrom('', 'old', 'old', 'old', 'older'),
    isWhole: fc.constantFrom(true, true, true, false),
    peers: fc.constantFrom<Record<string, true>>({}, {}, { a: true }, { b: true, c: true }),
    orphansForMs: fc.constantFrom(0, 0, 0, 900),
  }),
})

describe.skipIf(redisProgram === null)('the script of the pool', () => {
  it('answers and stores the same as the model', async () => {
    await using redis = await startRedis()
    let grants = 0
    await redis.admin(async (client) => {
      let runs = 0
      const run = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const key = `pool:${(runs += 1)}`
        // In half of the runs there is an open pool already.
        let state: PoolState | null = runs % 2 === 0 ? OPEN : null
        if (state) await client.set(key, JSON.stringify(state))
        let redisMs = START_MS
        const seqs = { a: 10, b: 10, c: 10 }
        let slot = 0
        for (const {
          elapsedMs,
          isKnown,
          behindMs,
          seqStep,
          knownStep,
          knownAgoMs,
          held,
          take,
          ...rest
        } of steps) {
          redisMs += elapsedMs
          const { replica } = rest
          seqs[replica] += seqStep
          const message: PoolMessage = {
            ...rest,
            seq: seqs[replica],
            knownSeq: Math.max(-1, seqs[replica] + knownStep),
            knownAt: (state?.at ?? redisMs) - knownAgoMs,
            generation: isKnown ? (state?.generation ?? '') : '',
            sentAt: isKnown && state ? state.at + Math.max(0, elapsedMs) - behindMs : -1,
            token: `t${slot}`,
            windowMs: 5000,
            flightMs: 500,
            recoverMs: 100_000,
            held: Object.fromEntries(Object.entries(held).map(([id, ms]) => [`${replica}.${id}`, ms])),
            take: take ? `${replica}.${(slot += 1)}` : '',
          }
          const pure = applyMessage(structuredClone(state), redisMs, message)
          const text = String(await client.eval(SCRIPT, 1, key, JSON.stringify(message), 60_000, redisMs))
          const answer = JSON.parse(text) as Record<string, unknown>
          if (pure.answer.isVoid) expect(answer).toEqual({ isVoid: true, at: pure.answer.at })
          else {
            if (!Array.isArray(answer['frees'])) answer['frees'] = []
            expect(answer).toEqual(pure.answer)
            state = pure.state
            expect(JSON.parse((await client.get(key)) ?? '')).toEqual(JSON.parse(JSON.stringify(state)))
            if (pure.answer.isGranted) grants += 1
          }
        }
      })
      await fc.assert(run, { numRuns: examplesOf(250) })
    })
    // Fewer grants would mean that the property compared next to nothing.
    expect(grants).toBeGreaterThan(20)
  })

  it('begins anew where the pool is not readable', async () => {
    await using redis = await startRedis()
    const message = buildPoolMessage({
      replica: 'a',
      token: 't',
      windowMs: 5000,
      flightMs: 500,
      share: 3,
      lease: 3,
    })
    const text = JSON.stringify(message)
    for (const garbage of ['', 'garbage', '7', '{}', '[]']) {
      const answer = await redis.admin(async (client) => {
        await client.set('pool', garbage)
        return String(await client.eval(SCRIPT, 1, 'pool', text, 60_000, START_MS))
      })
      expect(JSON.parse(answer)).toMatchObject({ generation: 't', opensInMs: 5500, lease: 3 })
    }
  })
})
