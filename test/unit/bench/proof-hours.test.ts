// What proof saves and what it costs, over hours that take a moment.
import { expect, it } from 'vitest'
import { passHours } from '../../../bench/proof-hours.ts'

const FRESH_MS = 2 * 60 * 60_000
const ORDINARY_MS = 5 * 60_000

it('where webhooks arrive, a good part of the calls is spared within the first hour, and nothing is older than without proof', async () => {
  const ordinary = await passHours({ hours: 1, loss: 0, freshMs: null })
  const proven = await passHours({ hours: 1, loss: 0, freshMs: FRESH_MS })
  expect(proven.provenShare).toBeGreaterThan(0.5)
  expect(proven.calls).toBeLessThan(0.75 * ordinary.calls)
  // On its way, a webhook takes a second.
  expect(proven.worstStaleMs).toBeLessThanOrEqual(1000)
})

it('where none arrives, nothing is ever proven: the calls and the ages are those without proof', async () => {
  const ordinary = await passHours({ hours: 0.5, loss: 1, freshMs: null })
  const lost = await passHours({ hours: 0.5, loss: 1, freshMs: FRESH_MS })
  expect(lost).toEqual(ordinary)
  expect(lost.provenShare).toBe(0)
  expect(lost.worstStaleMs).toBeLessThan(ORDINARY_MS)
})

it('where some are lost, nothing is older than the setting', async () => {
  const { worstStaleMs, provenShare } = await passHours({ hours: 1, loss: 0.1, freshMs: 30 * 60_000 })
  expect(worstStaleMs).toBeLessThan(30 * 60_000)
  expect(provenShare).toBeLessThan(1)
})
