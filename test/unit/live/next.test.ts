// When a watched answer is made anew, where webhooks prove that a part is fresh for longer than its ordinary age.
import { expect, it } from 'vitest'
import { decideNext } from '../../../src/live/schedule.ts'
import type { Moment, Purpose } from '../../../src/live/schedule.ts'
import { toMade } from '../../../src/live/made.ts'
import type { Made } from '../../../src/live/made.ts'
import type { UsedReply } from '../../../src/rest/terms.ts'
import { toAnswered } from '../../support/answered.ts'

const MINUTE_MS = 60_000
const LIFETIME = { freshMs: 5 * MINUTE_MS, staleMs: 10 * MINUTE_MS, keptMs: 24 * 60 * MINUTE_MS }
const PROVEN_MS = 120 * MINUTE_MS

interface Part {
  readonly answeredAtMs: number
  readonly isProven: boolean
}

async function makeAt(nowMs: number, parts: readonly Part[], response: object = { data: {} }) {
  const state = { holds: true }
  const trust = {
    holds: () => state.holds,
    endedAtMs: () => Infinity,
    freshMs: PROVEN_MS,
    noteUse() {},
  }
  const used = parts.map(
    ({ answeredAtMs, isProven }) =>
      ({
        answeredAtMs,
        lifetime: LIFETIME,
        ...(isProven && { proven: { trust, lifetime: { ...LIFETIME, freshMs: PROVEN_MS } } }),
        answer: new WeakRef({}),
      }) as unknown as UsedReply,
  )
  const answered = await toAnswered(response, { parts: used })
  const made: Made = toMade(answered, { mark: 0, atMs: nowMs })
  const next = (purpose: Purpose = 'change', before: Partial<Moment> = {}) =>
    decideNext(made, { nowMs, wallMs: nowMs, sinceMs: nowMs, changeAtMs: nowMs, purpose, ...before })
  return { state, next }
}

it('what is fresh by proof alone has not failed: it is looked at again after its ordinary age', async () => {
  const { next } = await makeAt(30 * MINUTE_MS, [{ answeredAtMs: 0, isProven: true }])
  for (const purpose of ['change', 'age'] as const)
    expect(next(purpose)).toEqual({ purpose: 'age', atMs: 35 * MINUTE_MS })
})

it('but no later than the proof ends for it', async () => {
  const { next } = await makeAt(118 * MINUTE_MS, [{ answeredAtMs: 0, isProven: true }])
  expect(next()).toEqual({ purpose: 'age', atMs: 120 * MINUTE_MS })
})

it('and no later than another part goes stale that nothing proves', async () => {
  const parts = [
    { answeredAtMs: 0, isProven: true },
    { answeredAtMs: 28 * MINUTE_MS, isProven: false },
  ]
  expect((await makeAt(30 * MINUTE_MS, parts)).next()).toEqual({ purpose: 'age', atMs: 33 * MINUTE_MS })
})

it('where no trust holds any more, it has failed to get what is fresh', async () => {
  const { state, next } = await makeAt(30 * MINUTE_MS, [{ answeredAtMs: 0, isProven: true }])
  state.holds = false
  expect(next()).toMatchObject({ purpose: 'retry' })
})

it.each([true, false])(
  'what is young is looked at when its ordinary age ends (proven: %s)',
  async (isProven) => {
    const { next } = await makeAt(3 * MINUTE_MS, [{ answeredAtMs: 0, isProven }])
    expect(next()).toEqual({ purpose: 'age', atMs: 5 * MINUTE_MS })
  },
)

it('a change that got only an older copy is read again after seconds, and then less and less often', async () => {
  const nowMs = 60 * MINUTE_MS
  const { next } = await makeAt(nowMs, [{ answeredAtMs: nowMs - 10 * MINUTE_MS, isProven: false }])
  const after = (changeMs: number) => next('retry', { sinceMs: 0, changeAtMs: nowMs - changeMs })
  expect(next('change', { sinceMs: 0 })).toEqual({ purpose: 'retry', atMs: nowMs + 5000 })
  expect(after(20_000)).toEqual({ purpose: 'retry', atMs: nowMs + 5000 })
  expect(after(2 * MINUTE_MS)).toEqual({ purpose: 'retry', atMs: nowMs + MINUTE_MS / 2 })
})

it.each([
  { what: 'alone', ageMs: MINUTE_MS, afterMs: 5 * MINUTE_MS },
  { what: 'beside an older copy of what has changed', ageMs: 10 * MINUTE_MS, afterMs: 5000 },
])('a field that has failed for an hour, $what', async ({ ageMs, afterMs }) => {
  const nowMs = 60 * MINUTE_MS
  const failed = { errors: [{ message: 'm', extensions: { code: 'FORBIDDEN' } }], data: { a: null } }
  const { next } = await makeAt(nowMs, [{ answeredAtMs: nowMs - ageMs, isProven: false }], failed)
  expect(next('change', { sinceMs: 0 })).toEqual({ purpose: 'retry', atMs: nowMs + afterMs })
})
