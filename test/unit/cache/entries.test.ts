// An answer that takes the place of another one is found as if it had come alone.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { createEntries } from '../../../src/cache/entries.ts'
import { heldFor, toOutdated } from '../../../src/cache/held.ts'
import type { HeldAnswer } from '../../../src/cache/held.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const { key: scope } = buildScope()
const call = buildCall({ endpoint: READS.retrieveDesignSummary, path: { design_id: 'd-1' } })
const { key } = call
const OWN = { operation: 'retrieveDesignSummary', path: { design_id: 'd-1' } } as const

function hold(bytes = 10): HeldAnswer {
  const answer = buildReply({ id: 'd-1' }, { bytes })
  const held = heldFor(key, scope, call, { answer, doubts: 0, settledAtMs: -Infinity })
  if (!held) throw new Error('an answer is held')
  return held
}

it('an entry stays in its index when it is replaced, and leaves it when it goes', () => {
  const { entries, index } = createEntries(1_000_000)
  for (const held of [hold(), hold(), hold()]) {
    entries.set(key, held)
    expect(index.find(scope, OWN)).toEqual([key])
    expect(held.life.isHeld).toBe(true)
  }
  entries.delete(key)
  expect(index.find(scope, OWN)).toEqual([])
})

it('an entry that becomes outdated, or new again, is in one index only', () => {
  const { entries, index, outdatedIndex } = createEntries(1_000_000)
  const found = () => [index.find(scope, OWN).length, outdatedIndex.find(scope, OWN).length]
  entries.set(key, hold())
  expect(found()).toEqual([1, 0])
  entries.set(key, toOutdated(hold()))
  expect(found()).toEqual([0, 1])
  entries.set(key, hold())
  expect(found()).toEqual([1, 0])
})

it('what is replaced by something too large leaves its index, also when others come next', () => {
  const { entries, index } = createEntries(10_000)
  entries.set(key, hold())
  entries.set(key, hold(20_000))
  expect(entries.has(key)).toBe(false)
  expect(index.find(scope, OWN)).toEqual([])
  entries.set(key, hold())
  expect(index.find(scope, OWN)).toEqual([key])
})

it('what makes room for a larger copy of another entry leaves its index, and the copy stays', () => {
  const { entries, index } = createEntries(10_000)
  const other = { operation: 'retrieveDesignSummary', path: { design_id: 'd-2' } } as const
  entries.set('other', { ...hold(), key: 'other', asked: { endpoint: call.endpoint, path: other.path } })
  entries.set(key, hold())
  entries.set(key, hold(2_900))
  expect([index.find(scope, other), index.find(scope, OWN)]).toEqual([[], [key]])
})

it('a copy that shows another parent is touched with that parent', () => {
  const cache = createCache({ maxBytes: 1_000_000, clock: createManualClock() })
  for (const project_id of ['p-1', 'p-2']) cache.store(call, buildReply({ id: 'd-1', project_id }))
  expect(cache.read(call)).not.toBeNull()
  cache.drop(scope, [{ operation: 'retrieveDesignSummary', path: { project_id: 'p-3' } }])
  expect(cache.read(call)).not.toBeNull()
  cache.drop(scope, [{ operation: 'retrieveDesignSummary', path: { project_id: 'p-2' } }])
  expect(cache.read(call)).toBeNull()
})
