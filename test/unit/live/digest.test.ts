// When two answers say the same to a client, what of them has failed, and in how many turns a large one is read.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHARS_PER_TURN } from '../../../src/answers/in-turns.ts'
import { digestOf } from '../../../src/live/digest.ts'
import type { UsedReply } from '../../../src/rest/terms.ts'

/** With the number of turns that it waited for. */
async function digest(response: object, replies: readonly object[] = []) {
  let turns = 0
  const bytes = Buffer.from(JSON.stringify(response))
  const values = replies.map(
    (answer, index) => ({ key: `${index}`, answer: new WeakRef(answer) }) as unknown as UsedReply,
  )
  const read = await digestOf({ bytes, values }, { nextTurn: async () => void (turns += 1) })
  return { ...read, turns, bytes: bytes.length }
}

const fingerprintOf = async (response: object): Promise<string> => (await digest(response)).fingerprint

const failed = (extensions: object, message = 'The gateway failed here.') => ({
  errors: [{ message, path: ['a'], extensions }],
  data: { a: null },
  extensions: { upstream: { calls: 0 } },
})

it.each([
  ['the id of a fault in the log', { errorId: 'one' }, { errorId: 'other' }],
  [
    'the times of a repeat',
    { retryAt: '2026-01-01', retryAfter: 1 },
    { retryAt: '2026-01-02', retryAfter: 2 },
  ],
])('answers that differ in %s are the same', async (_name, one, other) => {
  expect(await fingerprintOf(failed(one))).toBe(await fingerprintOf(failed(other)))
})

it('answers whose errors differ otherwise are not the same', async () => {
  expect(await fingerprintOf(failed({ code: 'A' }))).not.toBe(await fingerprintOf(failed({ code: 'B' })))
  expect(await fingerprintOf(failed({}))).not.toBe(await fingerprintOf(failed({}, 'errorId')))
})

it('answers that differ in the age of what is stale are the same, and not those that differ in what is stale', async () => {
  const withStale = (entry: object) => ({
    data: { a: 1 },
    extensions: {
      upstream: { calls: 0 },
      freshness: [
        {
          path: ['a'],
          operation: 'o',
          fetchedAt: '2026-01-01',
          ageSeconds: 9,
          reason: 'RATE_LIMITED',
          ...entry,
        },
      ],
    },
  })
  const first = await fingerprintOf(withStale({}))
  expect(await fingerprintOf(withStale({ fetchedAt: '2026-01-02', ageSeconds: 14 }))).toBe(first)
  for (const other of [{ reason: 'UNCONFIRMED' }, { path: ['b'] }])
    expect(await fingerprintOf(withStale(other))).not.toBe(first)
})

it('data that is called as a time of a repeat is data, also beside errors', async () => {
  const withData = (retryAt: string) => ({ ...failed({}), data: { retryAt } })
  expect(await fingerprintOf(withData('one'))).not.toBe(await fingerprintOf(withData('other')))
})

it('what has failed is found whatever the errors contain', async () => {
  const error = fc.record({
    message: fc.oneof(
      fc.string(),
      fc.constantFrom('"}],"data":{', '\\', '\\"', '{', '}]', ',"extensions":{'),
    ),
    extensions: fc.record({ code: fc.string(), plan: fc.jsonValue() }),
  })
  const times = fc.array(fc.integer({ min: 0, max: 10 ** 12 }), { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(error, { minLength: 1 }),
      times,
      fc.option(fc.jsonValue()),
      fc.boolean(),
      async (errors, retryAtMs, data, hasData) => {
        const late = retryAtMs.map((atMs) => ({ extensions: { retryAt: new Date(atMs).toISOString() } }))
        const response = {
          errors: [...errors, ...late],
          ...(hasData && { data }),
          extensions: { upstream: {} },
        }
        expect((await digest(response)).failures).toEqual({
          hasData,
          retryAtMs: retryAtMs.length === 0 ? null : Math.max(...retryAtMs),
        })
      },
    ),
  )
})

describe('a large answer is read in turns', () => {
  const TEXT = 'x'.repeat(8 * CHARS_PER_TURN)
  const ERRORS = Array.from({ length: 10_000 }, (_, index) => ({
    message: `The field ${index} was refused.`,
    path: ['nodes', index],
    extensions: { code: 'RATE_LIMITED', retryAt: new Date(index).toISOString() },
  }))

  it('whose data is large', async () => {
    const { turns, bytes } = await digest({ data: TEXT })
    expect(turns).toBeGreaterThanOrEqual(Math.floor(bytes / CHARS_PER_TURN))
  })

  it('whose errors are many: to read one takes as long as to hash eight times its bytes', async () => {
    const { turns, bytes, failures } = await digest({ errors: ERRORS, data: null })
    expect(turns).toBeGreaterThanOrEqual(Math.floor((8 * bytes) / CHARS_PER_TURN) - 1)
    expect(failures).toEqual({ hasData: true, retryAtMs: 9_999 })
  })

  it.each<[string, readonly object[]]>([
    ['one of whose replies is large', [{ status: 200, value: [TEXT] }]],
    ['whose replies are many', ERRORS.map((value) => ({ status: 200, value }))],
  ])('of a subscription, %s; what was hashed before is not hashed again', async (_what, replies) => {
    expect((await digest({ data: 1 }, replies)).turns).toBeGreaterThanOrEqual(8)
    expect((await digest({ data: 1 }, replies)).turns).toBe(0)
  })

  it('and an ordinary one at once', async () => {
    expect((await digest({ data: 'x'.repeat(CHARS_PER_TURN / 2) }, [{ status: 200, value: 1 }])).turns).toBe(
      0,
    )
  })
})
