// What one replica holds of a page, where another one has seen that items have moved between it and a page beside it.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import type { Call } from '../../../src/rest/call.ts'
import { buildCall, buildReply } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const page = (number: number): Call =>
  buildCall({ endpoint: READS.listProjects, path: {}, query: { page: String(number), per_page: '250' } })

function open() {
  const clock = createManualClock(1000)
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  return {
    cache,
    store: (call: Call, askedAtMs: number) =>
      cache.store(call, buildReply([{ id: 'p-1' }], { sentAtMs: askedAtMs, answeredAtMs: 1000 })),
    noteMove: (call: Call, atMs: number) => cache.noteMove(call.terms.scope.key, call, atMs),
    ageOf: (call: Call) => cache.read(call)?.age ?? null,
  }
}

it('that was asked for before is kept for the case that Aurora fails, and others are as they were', () => {
  const { store, noteMove, ageOf } = open()
  store(page(1), 900)
  store(page(2), 900)
  noteMove(page(2), 950)

  expect([ageOf(page(1)), ageOf(page(2))]).toEqual(['fresh', 'old'])
})

it('that was asked for since is as it was', () => {
  const { store, noteMove, ageOf } = open()
  store(page(2), 960)
  noteMove(page(2), 950)

  expect(ageOf(page(2))).toBe('fresh')
})

it('that comes late is not stored, and what is asked for afterwards is', () => {
  const { store, noteMove, ageOf } = open()
  noteMove(page(2), 950)
  store(page(2), 940)
  expect(ageOf(page(2))).toBe(null)

  store(page(2), 960)
  expect(ageOf(page(2))).toBe('fresh')
})

it('that another replica has asked for at the same moment is not from before, though it is dated otherwise here', () => {
  const { cache, noteMove } = open()
  const ofOther = (tookMs: number) => buildReply([{ id: 'p-1' }], { tookMs, answeredAtMs: 1000 })
  noteMove(page(2), 950)

  expect([80, 160].map((tookMs) => cache.isBeforeMove(page(2), ofOther(tookMs)))).toEqual([false, true])
})
