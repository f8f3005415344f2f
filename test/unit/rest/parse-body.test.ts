// A long body is parsed, read and stored in turns of the event loop, and is the same as one that is read at once.
import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { withStore } from '../../../src/cache/with-store.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { isLong, parseAtOnce, parseBody } from '../../../src/rest/parse-body.ts'
import { createReadReply } from '../../../src/rest/read-reply.ts'
import { nextTurn } from '../../../src/turns/next-turn.ts'
import { buildCall, buildReply } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const LIST = buildCall({ endpoint: READS.listUsers, path: {}, query: {} })
const users = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `u-${index}`, name: 'n'.repeat(900) }))
const bodyOf = (value: unknown) => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  bytes: Buffer.from(JSON.stringify(value)),
})

/** How many turns of the event loop pass until the work is done. */
async function countTurns(work: unknown): Promise<number> {
  const state = { isDone: false }
  void Promise.resolve(work).finally(() => (state.isDone = true))
  await Promise.resolve()
  let turns = 0
  for (; !state.isDone; turns += 1) await nextTurn()
  return turns
}

describe('a body of 90 KB', () => {
  it('takes at least four turns to be decoded, parsed, looked at and read, and two if it came before', async () => {
    const read = createReadReply({ emit: () => {}, knownBytes: 10_000_000 })
    const body = bodyOf({ users: users(100) })
    expect(await countTurns(read(LIST, body))).toBeGreaterThanOrEqual(4)
    expect(await countTurns(read(LIST, body))).toBeGreaterThanOrEqual(1)
    expect(await read(LIST, body)).toMatchObject({ value: users(100), isAgain: true })
  })

  it('is in the cache a turn before it is shown', async () => {
    const cache = createCache({ maxBytes: 1_000_000, clock: createManualClock(0) })
    const reply = { ...buildReply(null), value: users(100), bytes: 90_000 }
    const shown = withStore(cache)(async () => reply)(LIST)
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
    expect(cache.read(LIST)?.answer).toBe(reply)
    expect(await countTurns(shown)).toBeGreaterThanOrEqual(1)
    expect(await shown).toBe(reply)
  })
})

it('a short body is read at once', () => {
  const read = createReadReply({ emit: () => {}, knownBytes: 0 })
  expect(read(LIST, bodyOf({ users: users(10) }))).not.toBeInstanceOf(Promise)
})

describe.each([
  ['numbers that JavaScript would round', `{"x":[9007199254740993,1e400,0.1],"y":"Y"}`],
  ['levels that are cut', `{"x":${'['.repeat(900)}1${']'.repeat(900)},"y":"Y"}`],
  ['no JSON', `{"x":1,"y":"Y"`],
])('a long body with %s', (_, form) => {
  it('is what it is when it is parsed at once', async () => {
    const bytes = Buffer.from(form.replace('Y', 'y'.repeat(100_000)))
    expect(isLong(bytes.length)).toBe(true)
    const outcome = (work: () => unknown) =>
      Promise.resolve()
        .then(work)
        .catch((error: unknown) => String((error as Error).name))
    expect(await outcome(() => parseBody({ bytes }))).toEqual(await outcome(() => parseAtOnce({ bytes })))
  })
})
