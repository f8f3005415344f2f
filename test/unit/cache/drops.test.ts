// What is remembered of writes: enough for every read that may be under way, for each tenant by itself, in bounded memory.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createDrops } from '../../../src/cache/drops.ts'
import { isTouched, readNameOf } from '../../../src/cache/read-name.ts'
import type { Mark, ReadName } from '../../../src/cache/read-name.ts'
import type { Touch } from '../../../src/cache/invalidation.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import type { ScopeKey } from '../../../src/rest/scope.ts'
import { buildScope } from '../../support/builders.ts'

const { key: sun } = buildScope('sk_of_sun')
const { key: moon } = buildScope('sk_of_moon')
const touchOf = (id: string): readonly Touch[] => [{ operation: 'retrieveProject', path: { project_id: id } }]
const readOf = (scope: ScopeKey, id: string): ReadName =>
  readNameOf(scope, { endpoint: READS.retrieveProject, path: { project_id: id } }, {})
const scopeAt = (index: number): ScopeKey => buildScope(`sk_${index}`).key

describe('drops', () => {
  it('a read is touched by a drop of its object since it began, and by no other', () => {
    const drops = createDrops()
    const before = drops.mark()
    drops.add(sun, touchOf('p-1'))
    const after = drops.mark()
    expect(drops.haveTouched(readOf(sun, 'p-1'), before)).toBe(true)
    expect(drops.haveTouched(readOf(sun, 'p-1'), after)).toBe(false)
    expect(drops.haveTouched(readOf(sun, 'p-2'), before)).toBe(false)
    expect(drops.haveTouched(readOf(moon, 'p-1'), before)).toBe(false)
  })

  it('the writes of a thousand other tenants leave a read untouched, and what touched it is still known', () => {
    const drops = createDrops()
    const before = drops.mark()
    drops.add(sun, touchOf('p-1'))
    for (let write = 0; write < 4000; write += 1) drops.add(scopeAt(write % 1000), touchOf('p-1'))
    expect(drops.haveTouched(readOf(sun, 'p-1'), before)).toBe(true)
    expect(drops.haveTouched(readOf(sun, 'p-2'), before)).toBe(false)
    expect(drops.haveTouched(readOf(moon, 'p-1'), before)).toBe(false)
  })

  it('what may have been forgotten counts as touched: for the scope whose drop it was, or for all', () => {
    const drops = createDrops()
    const scopes = Array.from({ length: 40 }, (_, index) => scopeAt(index))
    const before = drops.mark()
    for (let write = 0; write < 20_001; write += 1) drops.add(sun, touchOf(`p-${write}`))
    expect(drops.haveTouched(readOf(sun, 'p-x'), before)).toBe(true)
    expect(drops.haveTouched(readOf(sun, 'p-x'), before + 10_000)).toBe(false)
    expect(drops.haveTouched(readOf(moon, 'p-x'), before)).toBe(false)
    for (let write = 0; write < 62_000; write += 1)
      drops.add(scopes[write % scopes.length] ?? sun, touchOf(`p-${write}`))
    expect(drops.haveTouched(readOf(moon, 'p-x'), before)).toBe(true)
    expect(drops.haveTouched(readOf(moon, 'p-x'), drops.mark())).toBe(false)
  })

  it('what is touched again is not the first that is forgotten, as it would be by its first touch', () => {
    const drops = createDrops()
    drops.add(sun, touchOf('p-again'))
    for (let write = 0; write < 9_000; write += 1) drops.add(sun, touchOf(`p-${write}`))
    const before = drops.mark()
    drops.add(sun, touchOf('p-again'))
    for (let write = 0; write < 2_000; write += 1) drops.add(sun, touchOf(`q-${write}`))
    expect(drops.haveTouched(readOf(sun, 'p-again'), before)).toBe(true)
    expect(drops.haveTouched(readOf(sun, 'another'), before)).toBe(false)
  })

  it('where each object is touched twice, what was touched lately is never forgotten before what was touched long ago', () => {
    const drops = createDrops()
    const marks: Mark[] = []
    for (let write = 0; write < 45_000; write += 1) {
      drops.add(sun, touchOf(`p-${write}`))
      if (write >= 5) drops.add(sun, touchOf(`p-${write - 5}`))
      marks.push(drops.mark())
      const since = marks.at(-9_000)
      if (since !== undefined && drops.haveTouched(readOf(sun, 'another'), since))
        expect.unreachable(`${write}`)
    }
    expect(drops.haveTouched(readOf(sun, 'another'), marks.at(-20_500) ?? 0)).toBe(true)
  })

  it('a touch with two ids touches the reads that may have both, and one without ids touches all reads of its operation', () => {
    const drops = createDrops()
    const { retrievePerformanceSimulationStatus: endpoint } = READS
    const { operation } = endpoint
    const statusOf = (design_id: string, job_id?: string): ReadName =>
      readNameOf(sun, { endpoint, path: { design_id, ...(job_id !== undefined && { job_id }) } }, {})
    const before = drops.mark()
    drops.add(sun, [{ operation, path: { design_id: 'd-1', job_id: 'J-1' } }])
    drops.add(sun, [{ operation, path: { design_id: 'd-1', job_id: 'j-2' } }])
    for (const read of [statusOf('D-1', 'j-1'), statusOf('d-1', 'j-2'), statusOf('d-1')])
      expect(drops.haveTouched(read, before)).toBe(true)
    for (const read of [statusOf('d-1', 'j-3'), statusOf('d-2', 'j-1'), readOf(sun, 'd-1')])
      expect(drops.haveTouched(read, before)).toBe(false)
    expect(drops.haveTouched(statusOf('d-1', 'j-1'), before + 1)).toBe(false)
    drops.add(sun, [{ operation, path: {} }])
    expect(drops.haveTouched(statusOf('d-2', 'j-1'), before + 2)).toBe(true)
    expect(drops.haveTouched(readOf(sun, 'd-2'), before + 2)).toBe(false)
  })

  it('a touch of a tenant is one of all its scopes, and an equal one counts once', () => {
    const drops = createDrops()
    const before = drops.mark()
    for (let event = 0; event < 20_000; event += 1) drops.add(tenantOf(sun), touchOf('p-1'))
    for (const scope of [sun, moon]) {
      expect(drops.haveTouched(readOf(scope, 'P-1'), before)).toBe(true)
      expect(drops.haveTouched(readOf(scope, 'p-1'), drops.mark())).toBe(false)
      expect(drops.haveTouched(readOf(scope, 'p-2'), before)).toBe(false)
    }
    const stranger = buildScope('sk_of_sun', 'another-tenant').key
    expect(drops.haveTouched(readOf(stranger, 'p-1'), before)).toBe(false)
  })

  it('what is not settled stays so for its reads, also when it was forgotten', () => {
    const drops = createDrops()
    drops.add(tenantOf(sun), touchOf('p-1'), 5000)
    drops.add(tenantOf(sun), touchOf('p-1'), 4000)
    expect(drops.settledAtMs(readOf(moon, 'p-1'))).toBe(5000)
    expect(drops.settledAtMs(readOf(moon, 'p-2'))).toBe(-Infinity)
    for (let event = 0; event < 20_000; event += 1) drops.add(tenantOf(sun), touchOf(`q-${event}`))
    expect(drops.settledAtMs(readOf(moon, 'p-1'))).toBe(5000)
    drops.addAll()
    expect(drops.settledAtMs(readOf(moon, 'p-1'))).toBe(5000)
  })

  it('what a scope has touched is not settled for its own reads alone', () => {
    const drops = createDrops()
    drops.add(sun, touchOf('p-1'), 5000)
    expect(drops.settledAtMs(readOf(sun, 'p-1'))).toBe(5000)
    expect(drops.settledAtMs(readOf(sun, 'p-2'))).toBe(-Infinity)
    expect(drops.settledAtMs(readOf(moon, 'p-1'))).toBe(-Infinity)
    expect([4999, 5000].map((atMs) => drops.isSettledBy(sun, atMs))).toEqual([false, true])
    expect(drops.isSettledBy(moon, 0)).toBe(true)
    drops.add(tenantOf(sun), touchOf('p-2'), 7000)
    expect([6999, 7000].map((atMs) => drops.isSettledBy(moon, atMs))).toEqual([false, true])
  })

  it('after something unknown was touched, every read that began before counts as touched', () => {
    const drops = createDrops()
    drops.add(sun, touchOf('p-1'))
    const before = drops.mark()
    drops.addAll()
    expect(drops.haveTouched(readOf(moon, 'p-x'), before)).toBe(true)
    const after = drops.mark()
    expect(drops.haveTouched(readOf(moon, 'p-x'), after)).toBe(false)
    drops.add(sun, touchOf('p-1'))
    expect(drops.haveTouched(readOf(sun, 'p-1'), after)).toBe(true)
    expect(drops.haveTouched(readOf(sun, 'p-2'), after)).toBe(false)
  })

  it('whatever was dropped, no drop since the begin of a read is missed', () => {
    const id = fc.constantFrom('p-1', 'P-1', 'p-2')
    const scope = fc.constantFrom(sun, moon)
    const step = fc.oneof(
      { weight: 40, arbitrary: fc.record({ scope, id, times: fc.constantFrom(1, 1, 1, 150) }) },
      { weight: 1, arbitrary: fc.constant('all' as const) },
    )
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        scope,
        id,
        fc.nat(200),
        (steps, readScope, readId, at) => {
          const drops = createDrops()
          const history: { scope: ScopeKey | null; touches: readonly Touch[]; mark: Mark }[] = []
          for (const each of steps) {
            if (each === 'all') {
              drops.addAll()
              history.push({ scope: null, touches: [], mark: drops.mark() })
              continue
            }
            for (let time = 0; time < each.times; time += 1) {
              drops.add(each.scope, touchOf(each.id))
              history.push({ scope: each.scope, touches: touchOf(each.id), mark: drops.mark() })
            }
          }
          const since = Math.max(0, drops.mark() - at)
          const read = readOf(readScope, readId)
          const isReallyTouched = history.some(
            (drop) => drop.mark > since && (drop.scope === null || isTouched(read, drop.scope, drop.touches)),
          )
          // Nothing is forgotten, so the answer is exact.
          expect(drops.haveTouched(read, since)).toBe(isReallyTouched)
        },
      ),
    )
  })
})
