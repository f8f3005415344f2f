// Calls, turns and memory of an answer that many watch are taken in the name of each of them in turn.
import { expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { createLive } from '../../../src/live/live.ts'
import { AT_ONCE } from '../../../src/turns/pace.ts'
import { toAnswered } from '../../support/answered.ts'
import { buildScope } from '../../support/builders.ts'
import { readStream } from '../../support/live.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const scope = buildScope()
const QUESTION = { key: 'a', scope: scope.key, body: Buffer.alloc(0), isEvent: false, isCacheOnly: false }
/** It has failed in part, so it is made again. */
const ANSWER = { data: { a: 1 }, errors: [{ message: 'm' }], extensions: { upstream: {} } }

it('an answer that is made again is made for each client that watches it in turn', async () => {
  const clock = createManualClock()
  const asked: string[] = []
  const live = createLive({
    cache: createCache({ maxBytes: 1024, clock }),
    clock,
    changes: { listen: () => () => {} },
    again: ({ bytes }) => bytes,
    later: AT_ONCE,
    toFault: (fault) => {
      throw fault
    },
    ask(_question, { caller, purpose }) {
      asked.push(`${purpose} ${caller.name}`)
      return toAnswered(ANSWER, { isSpoilt: true })
    },
  })
  const clients = ['a', 'b', 'c'].map((name) =>
    readStream(live.open(QUESTION, { name, scope, isReadOnly: false })),
  )
  await settle()
  asked.length = 0
  for (let run = 0; run < 7; run += 1) await clock.advance(5 * 60_000)
  const names = asked.map((each) => each.slice(-1))
  const counts = ['a', 'b', 'c'].map((name) => names.filter((each) => each === name).length)
  expect(asked.length).toBeGreaterThanOrEqual(6)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  // Whoever has left pays for nothing more.
  clients[0]?.stream.stop()
  asked.length = 0
  for (let run = 0; run < 4; run += 1) await clock.advance(5 * 60_000)
  expect(asked.length).toBeGreaterThanOrEqual(3)
  expect(asked.join()).not.toContain('a,')
  expect(new Set(asked.map((each) => each.slice(-1)))).toEqual(new Set(['b', 'c']))
})
