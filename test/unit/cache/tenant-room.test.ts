// What the tenants that share the cache lose to each other where it is full.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const KB = 1024
/** Of which fifteen parts of sixteen are for entries. */
const MAX_BYTES = 1024 * KB
const FEW_BYTES = (MAX_BYTES * 15) / 16 / 16

const scopes = new Map<string, ReturnType<typeof buildScope>>()
function scopeOf(tenant: string) {
  const scope = scopes.get(tenant) ?? buildScope('token', tenant)
  scopes.set(tenant, scope)
  return scope
}

function open(times = 1) {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: times * MAX_BYTES, clock })
  const callOf = (tenant: string, nr: number) =>
    buildCall({ path: { project_id: `p-${nr}` }, scope: scopeOf(tenant) })
  const store = (tenant: string, nr: number, bytes = 3 * KB): void =>
    cache.store(callOf(tenant, nr), buildReply({ id: `p-${nr}` }, { bytes: Math.floor(bytes / 3) }))
  const has = (tenant: string, nr: number): boolean => cache.glance.read(callOf(tenant, nr)) !== null
  const countOf = (tenant: string, length = 1000): number =>
    Array.from({ length }, (_, nr) => nr).filter((nr) => has(tenant, nr)).length
  return { cache, store, has, countOf }
}

describe('a cache that is full', () => {
  it('keeps what a tenant has that has few, however much another one reads, and however long ago it was used', () => {
    const { cache, store, countOf } = open()
    for (let nr = 0; nr < 10; nr += 1) store('quiet', nr)
    for (let nr = 0; nr < 5_000; nr += 1) {
      store('busy', nr % 1000)
      expect(cache.size().bytes).toBeLessThanOrEqual(MAX_BYTES)
    }
    expect(countOf('quiet')).toBe(10)
    expect(countOf('busy')).toBeGreaterThan(200)
  })

  it('keeps small entries, however many they are, where another tenant needs much room at once', () => {
    const { store, countOf } = open(64)
    for (let nr = 0; nr < 3_000; nr += 1) store('quiet', nr, 3)
    for (let nr = 0; nr < 100; nr += 1) store('busy', nr, 1500 * KB)
    expect(countOf('quiet', 3_000)).toBe(3_000)
    expect(countOf('busy')).toBeGreaterThan(30)
  })

  it('takes in an entry that has no room beside what is spared', () => {
    const { cache, store, has } = open()
    for (let nr = 0; nr < 50; nr += 1) for (const tenant of ['a', 'b', 'c', 'd']) store(tenant, nr % 14)
    store('busy', 0, 900 * KB)
    expect(has('busy', 0)).toBe(true)
    expect(cache.size().bytes).toBeLessThanOrEqual(MAX_BYTES)
  })

  it('takes from a tenant that has more, down to few, what it used longest ago', () => {
    const { store, has, countOf } = open()
    for (let nr = 0; nr < 100; nr += 1) store('quiet', nr)
    for (let nr = 0; nr < 1000; nr += 1) store('busy', nr)
    const left = countOf('quiet')
    expect(left * 3.5 * KB).toBeGreaterThan(FEW_BYTES - 8 * KB)
    expect(left * 3.5 * KB).toBeLessThan(FEW_BYTES + 8 * KB)
    expect([has('quiet', 0), has('quiet', 99)]).toEqual([false, true])
  })

  it('is all for a sole tenant, whose entries leave in the order of their use', () => {
    const { store, has } = open()
    for (let nr = 0; nr < 200; nr += 1) store('sole', nr)
    for (let nr = 200; nr < 400; nr += 1) store('sole', nr)
    expect([has('sole', 399), has('sole', 200), has('sole', 0)]).toEqual([true, true, false])
  })

  it('keeps a quarter at the most for tenants that have few, such as those that are there no more', () => {
    const { store, countOf } = open()
    for (let tenant = 0; tenant < 100; tenant += 1)
      for (let nr = 0; nr < 5; nr += 1) store(`small-${tenant}`, nr)
    for (let nr = 0; nr < 1000; nr += 1) store('busy', nr)
    const small = Array.from({ length: 100 }, (_, tenant) => countOf(`small-${tenant}`))
    const bytes = small.reduce((sum, count) => sum + count, 0) * 3.5 * KB
    expect(bytes).toBeLessThan(MAX_BYTES / 4)
    expect(bytes).toBeGreaterThan(MAX_BYTES / 5)
  })
})

it('no history of tenants takes more than the cache has', () => {
  const step = fc.record({
    tenant: fc.constantFrom('a', 'b', 'c', 'd'),
    nr: fc.nat(30),
    bytes: fc.integer({ min: 3, max: 950 * KB }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { cache, store, has } = open()
      for (const { tenant, nr, bytes } of steps) {
        store(tenant, nr, bytes)
        expect(cache.size().bytes).toBeLessThanOrEqual(MAX_BYTES)
        expect(has(tenant, nr)).toBe(true)
      }
    }),
  )
})
